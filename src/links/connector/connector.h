// What a connector to one partner must say of itself. The bones (outbox.h, runner.h, reconcile.h, journal.h) do the
// rest alike for all: rows written with the follower's cursor, bytes stored once built, order within a key, retry,
// breaker, dead letters, comparison, journal. A Connector is called from several threads at once: `wants` by the
// follower, `build` on a snapshot, `send`, `look_up` and tasks by workers without any transaction. It keeps no state
// of its own but a session, under its own lock.
//
// The rule behind all of it: nothing is invented. What lacks a required datum is held and says which; what the
// partner's vocabulary cannot say goes out as the nearest earlier state and is marked.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "access/access.h"
#include "base/json.h"
#include "links/connector/line.h"
#include "store/ledger.h"

namespace hl::connector {

struct Words {
    std::string vi, en;
};

/// What the partner is to be told because of an event.
struct Wanted {
    std::string key;   // the business key by which the partner knows it: a dossier code, a payment's reference…
    std::string kind;  // the connector's own word: "dossier", "progress", "order"…
    /// The ledger's stream it is about; what `build` reads.
    std::string stream;
    /// A snapshot: while it has not gone out, a newer one takes its place. False: each goes out, in order.
    bool snapshot = true;
};

/// A row of the outbox, as `build` and `send` see it.
struct Message {
    int64_t number = 0;
    std::string key, kind, stream;
    int64_t position = 0;  // of the event: the message says what was so then
    int attempts = 0;      // that began before this one
    bool update = false;   // the partner has this key already: it has accepted it, or says so
    Instant made_at;
};

/// Said less than is so, because the partner's vocabulary has no word: "status" sent as 4 for signing.
struct Mark {
    std::string field, code;  // code: "earlier_state", "cut"…
    Words why;
};

struct Built {
    std::string bytes;  // the same every time it is sent; what belongs to a session is added by `send`
    /// Whose personal data it holds: bytes are sealed with his key and go when he is erased. Empty: nobody's (they are
    /// sealed all the same, with the connector's key).
    SubjectId subject{};
    /// What a comparison with the partner looks at, by the partner's field names. No personal data: it is shown and
    /// kept unsealed.
    json::object facts{};
    std::vector<Mark> marks{};
    std::string mapping{};  // hash of the mapping it was made by
    /// The reading of personal data that building was; logged before it is sent.
    std::optional<access::PersonalRead> read{};
};
/// A required datum is missing. Looked at again when something about the key happens or the mapping changes.
struct Held {
    std::string code;   // "datum.missing", "status.unknown", "subject.erased"…
    std::string datum;  // the partner's name of it: "NgayHenTra"
    Words why;
};
/// Nothing needs to be told after all.
struct Unneeded {};
using Building = std::variant<Built, Held, Unneeded>;

enum class Verdict {
    accepted,
    exists,   // it has this key already: sent once more at once, with `update`
    refused,  // it will not have it as it is: a dead letter
    again,    // no answer, or one that says nothing about the message: tried again later
};
struct Reply {
    Verdict verdict = Verdict::again;
    std::string code{};   // the partner's, or http.timeout…
    std::string datum{};  // the refused one, when the partner names it
    Words why{};
    /// `again` because the partner does not serve anybody just now: counts for the breaker.
    bool trouble = true;
    /// `again`, but not before then (quiet hours, a way out that rests): such an attempt counts for nothing.
    std::optional<Instant> not_before{};
};

/// Something done at intervals besides the outbox: the catalogue fetched, dossiers filed there taken in.
struct Task {
    std::string name;
    Words title;
    std::chrono::seconds every{3600};
    /// The report is kept and shown: counts and codes, no personal data. Runs in a worker's thread.
    std::function<Result<json::object>(Line&, Instant now)> run;
};

/// One page of what the partner holds; an empty `next` is the end.
struct Holding {
    std::string key;
    json::object facts;
};
struct Holdings {
    std::vector<Holding> items;
    std::string next;
};

class Connector {
  public:
    virtual ~Connector() = default;
    [[nodiscard]] virtual std::string name() const = 0;  // "portal": in addresses, settings, tables; never changes
    [[nodiscard]] virtual Words title() const = 0;
    /// Another number makes the follower begin at the first event again (the outbox keeps what was accepted).
    [[nodiscard]] virtual int version() const { return 1; }

    /// Adds what this event asks to tell, in the order in which it must go out. Runs in the follower's transaction.
    [[nodiscard]] virtual Result<void> wants(store::Reader& reader, const store::StoredEvent& event,
                                             std::vector<Wanted>& out) = 0;
    /// Once a batch, on the snapshot that it is built on: what all its messages need may be kept for `send`.
    virtual void begin_batch(store::Reader&, Instant) {}
    /// From the events up to `message.position` and the person as he is sealed.
    [[nodiscard]] virtual Result<Building> build(store::Reader& reader, const Message& message, Instant now) = 0;
    [[nodiscard]] virtual Reply send(Line& line, const Message& message, std::string_view bytes) = 0;

    /// Can the partner be asked what it has of a key?
    [[nodiscard]] virtual bool can_look_up() const { return false; }
    /// Nothing: it has none. Fields that it does not say are left out and not compared.
    [[nodiscard]] virtual Result<std::optional<json::object>> look_up(Line& line, const std::string& key);
    /// Can it list what it has? Only then is "missing here" found.
    [[nodiscard]] virtual bool can_list() const { return false; }
    [[nodiscard]] virtual Result<Holdings> list(Line& line, const std::string& cursor);

    [[nodiscard]] virtual std::vector<Task> tasks() { return {}; }
    /// The page of a key in this program ("/desk/…"), for "leads to the dossier"; empty: none.
    [[nodiscard]] virtual std::string page_of(const std::string& key) const;
};

}  // namespace hl::connector
