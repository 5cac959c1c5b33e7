// The seven forms of Circular 03/2025/TT-VPCP, Annex I, as data and as paper: 01 receipt, 02 supplement, 03 refusal,
// 04 apology and extension, 05 stop, 06 control slip, 07 register. Pure functions of plain structs; whoever calls them
// has checked the right and logs the read. Empty values print as a blank to fill in by hand: nothing is invented.
#pragma once
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dossiers/document.h"
#include "dossiers/dossier.h"

namespace hl::dossiers {

struct SlipPerson {
    std::string name, id_number, address, phone, email;
};
/// What every form needs.
struct SlipHead {
    std::string upper_agency, agency, place;
    std::string number;  // running number of the form at the one-stop: "12"
    std::string desk;    // abbreviation after the number: "TTPVHCC"
    Instant made_at;
    std::string tracking;  // what the QR code says: address of the tracking page with the dossier code
};

struct ReceiptSlip {  // form 01
    SlipHead head;
    std::string code, procedure;
    SlipPerson applicant;
    std::optional<SlipPerson> authorised;
    std::string authority_paper;
    std::string request;
    std::vector<std::string> papers;  // "Tờ khai … (bản chính: 1, bản sao: 0)"
    std::optional<int> sets;          // how many sets were handed in
    std::string legal_time;           // "5 ngày làm việc"; empty = not verified
    Instant received;
    std::optional<Instant> due;
    bool due_provisional = false;
    std::string due_rule;  // calendar version and rule the date was computed by
    std::string result_place;
    std::string register_volume, register_number;
    std::string receiver;
};
struct SupplementSlip {  // form 02
    SlipHead head;
    std::string code, procedure;
    SlipPerson applicant;
    std::vector<std::string> items;
    std::string reason;
    std::string contact, contact_phone, guide;
};
struct RefusalSlip {  // form 03
    SlipHead head;
    std::string code, procedure;
    SlipPerson applicant;
    std::vector<std::string> reasons;
    std::string receiver;
};
struct ApologySlip {  // form 04
    SlipHead head;
    std::string code, procedure;
    SlipPerson applicant;
    Instant received;
    std::optional<Instant> promised;
    std::string reason;
    std::optional<Instant> promised_again;
    std::string signer, signer_title;
};
struct StopSlip {  // form 05
    SlipHead head;
    std::string code, procedure;
    SlipPerson applicant;
    std::string reason;
    Instant stopped;
    bool at_citizens_request = true;
    std::string signer, signer_title;
    std::string basis{};  // instrument and article, when the agency stopped it
};
struct ControlSlip {  // form 06
    SlipHead head;
    std::string code, procedure, deciding_agency;
    std::vector<std::string> cooperating;
    Instant received;
    std::optional<Instant> due;
    struct Row {
        std::string unit;  // who has it: "Bộ phận một cửa → Phòng Kinh tế"
        Instant handed_over;
        std::optional<bool> on_time;  // of completed work with a due time; nothing else is judged
        bool early = false;
        std::string note, giver, receiver;
        TaskState state = TaskState::open;
        std::optional<Instant> ended{};
    };
    std::vector<Row> rows;
};
struct RegisterSlip {  // form 07
    SlipHead head;
    std::string title;  // sector or group, period
    struct Row {
        std::string code, procedure, applicant, address_phone, lead_agency;
        std::optional<Instant> received, due, returned;
        std::string method;  // how the result was returned: desk | post | electronic
    };
    std::vector<Row> rows;
    int64_t first_number = 1;  // of the first row, when these rows go on where others ended
    std::string next{};        // cursor of the rows that did not fit; empty: this is the end
};

[[nodiscard]] Document to_document(const ReceiptSlip& slip);
[[nodiscard]] Document to_document(const SupplementSlip& slip);
[[nodiscard]] Document to_document(const RefusalSlip& slip);
[[nodiscard]] Document to_document(const ApologySlip& slip);
[[nodiscard]] Document to_document(const StopSlip& slip);
[[nodiscard]] Document to_document(const ControlSlip& slip);
[[nodiscard]] Document to_document(const RegisterSlip& slip);

[[nodiscard]] boost::json::object to_json(const ReceiptSlip& slip);
[[nodiscard]] boost::json::object to_json(const SupplementSlip& slip);
[[nodiscard]] boost::json::object to_json(const RefusalSlip& slip);
[[nodiscard]] boost::json::object to_json(const ApologySlip& slip);
[[nodiscard]] boost::json::object to_json(const StopSlip& slip);
[[nodiscard]] boost::json::object to_json(const ControlSlip& slip);
[[nodiscard]] boost::json::object to_json(const RegisterSlip& slip);

}  // namespace hl::dossiers
