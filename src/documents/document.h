// A document in an agency's in-box or out-box, its states and what may be done in each: data, not branches. Plain
// values; any thread. Every document has a state of sending, receiving or processing (Decree 30/2020/NĐ-CP, Article
// 4.2 c, d).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "documents/message.h"

namespace hl::documents {

using DocumentKey = Id<struct DocumentKeyTag>;

enum class Direction { in, out };
enum class State {
    arrived,     // in: stands in the in-box, not in the register
    registered,  // in: received, has its number; out: has its number, not sent
    assigned,
    processing,
    finished,
    refused,
    sent,         // out
    taking_back,  // out: the receivers have been asked to give it back
    taken_back,   // either
};
enum class Command { enroll, refuse, assign, start, finish, send, take_back, answer };

[[nodiscard]] std::string_view to_string(Direction d);
[[nodiscard]] std::string_view to_string(State s);
[[nodiscard]] std::optional<Direction> direction_from(std::string_view word);
[[nodiscard]] std::optional<State> state_from(std::string_view word);
/// May this be done to a document of this direction in this state?
[[nodiscard]] bool allowed(Direction d, State s, Command c);
[[nodiscard]] std::vector<std::string> allowed_words(Direction d, State s);

struct ReceiverRow {
    std::string organ_id, name;
    std::optional<Instant> sent_at;
    std::string status;  // the newest by the receiver's own clock; empty: none yet
    std::optional<Instant> status_at;
};
struct StatusRow {
    int64_t number = 0;
    bool given = false;  // by us; otherwise received
    std::string organ_id, code, description, actor;
    Instant at;
};
struct FileRow {
    int64_t position = 0;
    std::string content_id, name, type, description, sha256;
    int64_t size = 0;
    FileHash content;
};
struct RelationRow {
    std::string relation;  // "replies", "replaces", "updates", "recalls"
    std::string document_id;
    DocumentKey other;  // empty: not in this agency's boxes
};

/// How its signature stood when it was last looked at.
struct SignatureRow {
    std::string certificate;  // SHA-256
    bool weak = false;
    std::optional<Instant> stamped_at;
    std::string bound_by, reasons;  // see standing.h
    std::optional<Instant> as_of;
    Instant judged_at;
    std::string overruled_by, overruled_why;
    std::optional<Instant> overruled_at;
};

struct Document {
    DocumentKey key;
    AgencyId agency;
    Direction direction = Direction::in;
    std::string channel;  // "axis", "paper", "mail"
    std::string document_id, from_organ, from_name, number, notation, place;
    std::optional<Date> promulgated;
    std::string kind, subject;
    int priority = 0;
    Business business = Business::fresh;
    std::string reason;
    State state = State::arrived;
    std::string asked;  // "take_back": the sender wants it back; "recall", "update"…: this one asks it of another
    Instant arrived_at;
    std::optional<Instant> register_by, registered_at, assigned_at, finished_at, sent_at;
    std::optional<Date> due;
    std::string register_name;
    std::optional<int64_t> register_year, register_number;
    OfficerId officer;
    std::string signature;  // "valid", "weak", "none", "unbound", "revoked", "unchecked": see standing.h
    std::string signer;     // subject of the certificate
    FileHash content;       // the edXML as received or sent; empty: none
    int64_t version = 1;
    std::optional<SignatureRow> judged;  // absent: unsigned, or judged before signers were

    std::vector<ReceiverRow> receivers;  // out
    std::vector<StatusRow> statuses;
    std::vector<FileRow> files;
    std::vector<RelationRow> relations;
};

}  // namespace hl::documents
