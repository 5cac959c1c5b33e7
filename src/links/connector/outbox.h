// The outbox: what is to be told to a partner, in the tables, and the follower that fills it from the ledger in the
// same transaction as its cursor. One row a message; a snapshot that has not gone out is moved to the newer event
// instead of standing in line twice. Rows of one key go out in their order, keys beside one another.
#pragma once
#include "links/connector/connector.h"
#include "store/followers.h"

namespace hl::connector {

/// Below 10 somebody still owes work on it.
enum class MessageState : int {
    queued = 1,
    held = 2,        // a datum is missing
    dead = 3,        // refused, or tried too often
    accepted = 10,   // the partner has it
    unneeded = 11,   // nothing had to be told
    explained = 12,  // somebody laid it aside and said why
};
[[nodiscard]] std::string_view to_string(MessageState state);
[[nodiscard]] std::optional<MessageState> message_state_from(std::string_view word);

struct MessageRow {
    Message message;
    std::string connector;
    MessageState state = MessageState::queued;
    Instant not_before;
    std::string holder;  // who works on it just now
    bool built = false;
    SubjectId subject;
    std::string mapping;
    json::object facts;
    json::array marks;
    std::string reason_code, reason_datum;
    Words reason;
    std::optional<Instant> first_try, last_try, accepted_at;
    int64_t merged = 0;  // events that it stands for beside its own
    bool snapshot = true;
};

/// Puts a message into the outbox: for the follower, for commands (replay) and for connectors whose messages do not
/// come from events. `not_before`: not tried earlier.
void enqueue(store::Transaction& tx, std::string_view connector, const Wanted& wanted, int64_t position, Instant now);
/// All held messages of the connector are looked at again.
int64_t release_held(store::Transaction& tx, std::string_view connector);

/// Its position is the connector's place in the ledger.
class OutboxFollower final : public store::Follower {
  public:
    OutboxFollower(std::shared_ptr<Connector> connector, const Clock& clock, std::function<void()> wake);
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] int version() const override { return connector_->version(); }
    /// The writer is held that long: a year of events must not keep the desks waiting.
    [[nodiscard]] int64_t batch_events() const override { return 200; }
    /// What was accepted stays; what waits is made anew.
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;
    void committed(std::span<const store::StoredEvent>) override { wake_(); }

  private:
    std::shared_ptr<Connector> connector_;
    const Clock& clock_;
    std::function<void()> wake_;
};

struct MessageQuery {
    std::string connector;
    std::optional<MessageState> state{};  // nothing: all
    std::string key{};                    // empty: all
    int64_t before = 0;                   // number; 0: from the newest
    int limit = 50;
};
[[nodiscard]] std::vector<MessageRow> find_messages(store::Reader& reader, const MessageQuery& query);
/// Errors: link.message_unknown.
[[nodiscard]] Result<MessageRow> load_message(store::Reader& reader, std::string_view connector, int64_t number);

struct Counts {
    int64_t queued = 0, held = 0, dead = 0, retrying = 0;
    int64_t behind = 0;             // more that stand behind a held or refused one of their key
    std::optional<Instant> oldest;  // of what waits
};
[[nodiscard]] Counts count_open(store::Reader& reader, std::string_view connector);

/// What the partner holds, as far as it told us by accepting.
struct KeyRow {
    std::string key, kind, stream;
    int64_t position = 0;
    bool snapshot = true;
    json::object facts;
    json::array marks;
    Instant accepted_at;
};
[[nodiscard]] std::optional<KeyRow> accepted_key(store::Reader& reader, std::string_view connector,
                                                 std::string_view key, std::string_view kind);
/// By key, then kind; keys greater than `after`. A key's rows are never split between two pages.
[[nodiscard]] std::vector<KeyRow> accepted_keys(store::Reader& reader, std::string_view connector,
                                                std::string_view after, int limit);
/// Does anything wait for this key.
[[nodiscard]] bool is_waiting(store::Reader& reader, std::string_view connector, std::string_view key);

}  // namespace hl::connector
