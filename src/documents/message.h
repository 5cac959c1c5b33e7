// A message of the document axis as edXML says it (QCVN 102:2016/BTTTT, amendment 1:2022): a document that is new,
// updates, replaces or recalls another, or a status about one. Plain values, any thread; files are held in memory.
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace hl::documents {

/// An agency as a message names it. Only its code says who it is.
struct Organisation {
    std::string organ_id;  // either syntax, as sent
    std::string in_charge, name, address, email, telephone, fax, website;
    auto operator<=>(const Organisation&) const = default;
};

struct Code {
    std::string number, notation;  // "125" and "UBND-NC"
    [[nodiscard]] std::string full() const { return number.empty() ? notation : number + "/" + notation; }
    auto operator<=>(const Code&) const = default;
};

/// Another document, as a reply, a recall or a status refers to it.
struct ResponseFor {
    std::string organ_id;
    Code code;
    std::optional<Date> promulgated;
    std::string document_id;
    bool operator==(const ResponseFor&) const = default;
};

struct DocumentType {
    std::string type, detail, name;
    bool operator==(const DocumentType&) const = default;
};

struct Signer {
    std::string competence, position, full_name;
    bool operator==(const Signer&) const = default;
};

struct OtherInfo {
    int priority = 0;  // see Profile::priorities
    std::string sphere, typer_notation;
    std::optional<int> copies, pages;
    std::string direction;
    std::vector<std::string> appendixes;
    bool operator==(const OtherInfo&) const = default;
};

struct Trace {
    std::string organ_id;
    Instant at;  // whole seconds
    bool operator==(const Trace&) const = default;
};

struct Staff {
    std::string department, name, mobile, email;
    bool operator==(const Staff&) const = default;
};

enum class Business { fresh = 0, recall = 1, update = 2, replacement = 3 };

struct Receiver {
    std::string organ_id;
    bool added = true;  // false: taken from the list of receivers
    bool operator==(const Receiver&) const = default;
};

/// What an update changes.
struct Change {
    std::optional<bool> of_content, of_receivers;
    std::vector<Receiver> receivers;
    bool operator==(const Change&) const = default;
};

struct Replaced {
    std::string document_id;
    std::vector<std::string> organ_ids;  // for whom; empty: for all
    bool operator==(const Replaced&) const = default;
};

struct Attachment {
    std::string content_id;  // without "cid:"
    std::string name, content_type, description;
    std::string bytes;  // the file itself; in the message it travels as the base64 of a ZIP
    bool operator==(const Attachment&) const = default;
};

struct BusinessMessage {
    Organisation from;
    std::vector<Organisation> to;
    std::string document_id;
    Code code;
    std::string place;
    std::optional<Date> promulgated;
    DocumentType type;
    std::string subject, content;
    Signer signer;
    std::optional<Date> due;
    std::vector<std::string> to_places;
    OtherInfo other;
    std::vector<ResponseFor> response_for;
    std::optional<int> steering;  // 1 none, 2 directs, 3 reports
    std::vector<Trace> trace;
    Business business = Business::fresh;
    std::string reason;
    std::optional<bool> paper;  // also sent on paper
    std::string of_document;    // Bussiness/DocumentId: the one that an update changes
    std::optional<Change> change;
    std::vector<Replaced> replaced;
    std::optional<Staff> staff;
    std::vector<Attachment> attachments;
    bool operator==(const BusinessMessage&) const = default;
};

struct StatusMessage {
    Organisation from;
    ResponseFor response_for;
    std::optional<Staff> staff;
    std::string code;  // "03"
    std::string description;
    Instant at;  // whole seconds
    bool operator==(const StatusMessage&) const = default;
};

using Message = std::variant<BusinessMessage, StatusMessage>;

/// "H50.01,2026/11/28,125/UBND-NC": what a document is called on the axis.
[[nodiscard]] std::string make_document_id(std::string_view organ_id, Date promulgated, const Code& code);

/// "2026/11/28" and "2026/11/28 08:05:09", in the province's time.
[[nodiscard]] std::string edxml_date(Date d);
[[nodiscard]] std::string edxml_time(Instant t);
[[nodiscard]] std::optional<Date> parse_edxml_date(std::string_view text);
[[nodiscard]] std::optional<Instant> parse_edxml_time(std::string_view text);

}  // namespace hl::documents
