#include "links/connector/outbox.h"

#include "links/connector/rows.h"

namespace hl::connector {

namespace {

struct StateWord {
    MessageState state;
    std::string_view word;
};
constexpr StateWord state_words[] = {
    {MessageState::queued, "queued"},     {MessageState::held, "held"},         {MessageState::dead, "dead"},
    {MessageState::accepted, "accepted"}, {MessageState::unneeded, "unneeded"}, {MessageState::explained, "explained"},
};

// "number > 0 AND state < 10" in these words: the index of what waits, by key, is asked, neither that of a key's whole
// past nor that of all that waits.
constexpr std::string_view select_mergeable =
    "SELECT number, position, state FROM link_message WHERE connector = ? AND key = ? AND kind = ? AND number > 0 AND "
    "state < 10 AND "
    "holder = '' AND snapshot = 1 ORDER BY number DESC LIMIT 1 FOR UPDATE";
constexpr std::string_view merge_waiting =
    "UPDATE link_message SET position = ?, stream = ?, merged = merged + 1, built = 0 WHERE number = ? AND holder = "
    "''";
constexpr std::string_view merge_stuck =
    "UPDATE link_message SET position = ?, stream = ?, merged = merged + 1, built = 0, state = 1, not_before = 0, "
    "attempts = 0, reason_code = '', reason_datum = '', reason_vi = '', reason_en = '' WHERE number = ? AND holder = "
    "''";
constexpr std::string_view insert_message =
    "INSERT INTO link_message (connector, key, kind, stream, position, snapshot, state, not_before, holder, attempts, "
    "is_update, made_at, merged, subject, mapping, facts, marks, reason_code, reason_datum, reason_vi, reason_en) "
    "VALUES (?, ?, ?, ?, ?, ?, 1, 0, '', 0, 0, ?, 0, '', '', '{}', '[]', '', '', '', '')";
constexpr std::string_view select_refused =
    "SELECT number FROM link_message WHERE connector = ? AND key = ? AND number > 0 AND state < 10 AND +state = 3 AND "
    "snapshot = 1 AND holder = '' ORDER BY number FOR UPDATE";
constexpr std::string_view insert_behind =
    "INSERT INTO link_message (connector, key, kind, stream, position, snapshot, state, not_before, holder, attempts, "
    "is_update, made_at, merged, subject, mapping, facts, marks, reason_code, reason_datum, reason_vi, reason_en) "
    "SELECT connector, key, kind, stream, position, snapshot, 1, 0, '', 0, is_update, made_at, merged, '', '', '{}', "
    "'[]', '', '', '', '' FROM link_message WHERE number = ?";
constexpr std::string_view select_accepted_position =
    "SELECT position FROM link_key WHERE connector = ? AND key = ? AND kind = ?";
constexpr std::string_view free_held =
    "UPDATE link_message SET state = 1, not_before = 0, built = 0, reason_code = '', reason_datum = '', reason_vi = "
    "'', reason_en = '' WHERE connector = ? AND state < 10 AND state = 2";
constexpr std::string_view drop_waiting = "DELETE FROM link_message WHERE connector = ? AND state < 10 AND holder = ''";

#define HL_KEY_COLUMNS "key, kind, stream, position, snapshot, facts, marks, accepted_at"
constexpr std::string_view select_key =
    "SELECT " HL_KEY_COLUMNS " FROM link_key WHERE connector = ? AND key = ? AND kind = ?";
constexpr std::string_view select_keys =
    "SELECT " HL_KEY_COLUMNS " FROM link_key WHERE connector = ? AND key > ? ORDER BY key, kind LIMIT ?";
constexpr std::string_view select_waiting =
    "SELECT 1 FROM link_message WHERE connector = ? AND key = ? AND number > 0 AND state < 10 LIMIT 1";

KeyRow key_from(const store::Row& r) {
    return {r.string(0),           r.string(1), r.string(2), r.integer(3), r.integer(4) != 0, object_from(r.text(5)),
            array_from(r.text(6)), r.instant(7)};
}

}  // namespace

std::string_view to_string(MessageState state) {
    for (const auto& row : state_words)
        if (row.state == state) return row.word;
    return "queued";
}

std::optional<MessageState> message_state_from(std::string_view word) {
    for (const auto& row : state_words)
        if (row.word == word) return row.state;
    return std::nullopt;
}

json::object object_from(std::string_view text) {
    auto value = parse_json(text);
    if (value.ok() && value->is_object()) return std::move(value->get_object());
    return {};
}

json::array array_from(std::string_view text) {
    auto value = parse_json(text);
    if (value.ok() && value->is_array()) return std::move(value->get_array());
    return {};
}

MessageRow message_from(const store::Row& r) {
    MessageRow row;
    auto& m = row.message;
    m.number = r.integer(0);
    row.connector = r.string(1);
    m.key = r.string(2);
    m.kind = r.string(3);
    m.stream = r.string(4);
    m.position = r.integer(5);
    row.snapshot = r.integer(6) != 0;
    row.state = static_cast<MessageState>(r.integer(7));
    row.not_before = r.instant(8);
    row.holder = r.string(9);
    m.attempts = static_cast<int>(r.integer(10));
    m.update = r.integer(11) != 0;
    m.made_at = r.instant(12);
    row.merged = r.integer(13);
    row.subject = SubjectId{r.text(14)};
    row.mapping = r.string(15);
    row.built = r.integer(16) != 0;
    row.facts = object_from(r.text(17));
    row.marks = array_from(r.text(18));
    row.reason_code = r.string(19);
    row.reason_datum = r.string(20);
    row.reason = {r.string(21), r.string(22)};
    row.first_try = r.optional_instant(23);
    row.last_try = r.optional_instant(24);
    row.accepted_at = r.optional_instant(25);
    return row;
}

void enqueue(store::Transaction& tx, std::string_view connector, const Wanted& wanted, int64_t position, Instant now) {
    if (wanted.snapshot) {
        struct Waiting {
            int64_t number, position, state;
        };
        const auto waiting = tx.first(select_mergeable, {connector, wanted.key, wanted.kind}, [](const store::Row& r) {
            return Waiting{r.integer(0), r.integer(1), r.integer(2)};
        });
        if (waiting) {
            const bool queued = waiting->state == static_cast<int64_t>(MessageState::queued);
            const int64_t newest = std::max(position, waiting->position);
            // Somebody may have taken it in this moment: then it goes out as it was, and this one after it.
            if (tx.execute(queued ? merge_waiting : merge_stuck, {newest, wanted.stream, waiting->number}) == 1) return;
        }
    }
    const auto refused =
        tx.all(select_refused, {connector, wanted.key}, [](const store::Row& r) { return r.integer(0); });
    tx.execute(insert_message,
               {connector, wanted.key, wanted.kind, wanted.stream, position, wanted.snapshot ? 1 : 0, now});
    // A refused snapshot would stop this one for ever; what it lacked may be this one. So it stands behind it, anew.
    for (const int64_t number : refused) {
        tx.execute(insert_behind, {number});
        tx.execute(drop_message, {number});
    }
}

int64_t release_held(store::Transaction& tx, std::string_view connector) {
    return tx.execute(free_held, {connector});
}

OutboxFollower::OutboxFollower(std::shared_ptr<Connector> connector, const Clock& clock, std::function<void()> wake)
    : connector_(std::move(connector)), clock_(clock), wake_(std::move(wake)) {}

std::string OutboxFollower::name() const {
    return "links." + connector_->name();
}

void OutboxFollower::reset(store::Transaction& tx) {
    tx.execute(drop_waiting, {connector_->name()});
}

Result<void> OutboxFollower::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    const auto name = connector_->name();
    const Instant now = clock_.now();
    std::vector<Wanted> wanted;
    for (const auto& event : events) {
        if (event.type == "links.mappings_applied") {
            (void)release_held(tx, name);
            continue;
        }
        wanted.clear();
        TRY_VOID(connector_->wants(tx, event, wanted));
        for (const auto& w : wanted) {
            const auto had = tx.first(select_accepted_position, {name, w.key, w.kind},
                                      [](const store::Row& r) { return r.integer(0); });
            if (had && *had >= event.position) continue;  // read once more from the beginning
            enqueue(tx, name, w, event.position, now);
        }
    }
    return Nothing{};
}

std::vector<MessageRow> find_messages(store::Reader& reader, const MessageQuery& q) {
    const int64_t before = q.before > 0 ? q.before : std::numeric_limits<int64_t>::max();
    if (!q.key.empty())
        return reader.all(
            "SELECT " HL_MESSAGE_COLUMNS
            " FROM link_message WHERE connector = ? AND key = ? AND number < ? ORDER BY number DESC LIMIT ?",
            {q.connector, q.key, before, q.limit}, message_from);
    if (q.state && *q.state < MessageState::accepted)
        return reader.all(
            "SELECT " HL_MESSAGE_COLUMNS
            " FROM link_message WHERE connector = ? AND state < 10 AND state = ? AND +number < ? ORDER BY "
            "number DESC LIMIT ?",
            {q.connector, static_cast<int>(*q.state), before, q.limit}, message_from);
    if (q.state)
        return reader.all("SELECT " HL_MESSAGE_COLUMNS
                          " FROM link_message WHERE connector = ? AND state = ? AND number < ? ORDER BY number DESC "
                          "LIMIT ?",
                          {q.connector, static_cast<int>(*q.state), before, q.limit}, message_from);
    return reader.all("SELECT " HL_MESSAGE_COLUMNS
                      " FROM link_message WHERE connector = ? AND number < ? ORDER BY number DESC LIMIT ?",
                      {q.connector, before, q.limit}, message_from);
}

Result<MessageRow> load_message(store::Reader& reader, std::string_view connector, int64_t number) {
    auto row = reader.first("SELECT " HL_MESSAGE_COLUMNS " FROM link_message WHERE connector = ? AND number = ?",
                            {connector, number}, message_from);
    if (row) return std::move(*row);
    return Error{ErrorKind::not_found, "link.message_unknown", "Không có thông điệp này. Có thể đã hết hạn lưu.",
                 "There is no such message. It may have been dropped after its time."};
}

Counts count_open(store::Reader& reader, std::string_view connector) {
    Counts out;
    reader.query("SELECT state, COUNT(*) FROM link_message WHERE connector = ? AND state < 10 GROUP BY state",
                 {connector}, [&](const store::Row& r) {
                     const auto state = static_cast<MessageState>(r.integer(0));
                     (state == MessageState::queued ? out.queued
                      : state == MessageState::held ? out.held
                                                    : out.dead) = r.integer(1);
                 });
    if (out.queued > 0) {
        // The first whose turn it is, and those that were tried and wait.
        out.oldest = reader.first(
            "SELECT made_at FROM link_message WHERE connector = ? AND state = 1 ORDER BY not_before, number LIMIT 1",
            {connector}, [](const store::Row& r) { return r.instant(0); });
        reader.query(
            "SELECT COUNT(*), MIN(made_at) FROM link_message WHERE connector = ? AND state = 1 AND attempts > 0",
            {connector}, [&](const store::Row& r) {
                out.retrying = r.integer(0);
                if (const auto oldest = r.optional_instant(1))
                    out.oldest = out.oldest ? std::min(*out.oldest, *oldest) : oldest;
            });
    }
    if (out.held + out.dead == 0) return out;
    out.behind = reader
                     .first(
                         "SELECT COUNT(DISTINCT m.number) FROM link_message e JOIN link_message m ON m.connector = "
                         "e.connector AND m.key = e.key AND m.number > e.number AND m.state = 1 WHERE e.connector = ? "
                         "AND e.state IN (2, 3)",
                         {connector}, [](const store::Row& r) { return r.integer(0); })
                     .value_or(0);
    out.queued -= out.behind;
    return out;
}

std::optional<KeyRow> accepted_key(store::Reader& reader, std::string_view connector, std::string_view key,
                                   std::string_view kind) {
    return reader.first(select_key, {connector, key, kind}, key_from);
}

std::vector<KeyRow> accepted_keys(store::Reader& reader, std::string_view connector, std::string_view after,
                                  int limit) {
    auto rows = reader.all(select_keys, {connector, after, limit}, key_from);
    if (static_cast<int>(rows.size()) < limit) return rows;
    const auto last = rows.back().key;
    while (rows.size() > 1 && rows.back().key == last && rows.front().key != last) rows.pop_back();
    return rows;
}

bool is_waiting(store::Reader& reader, std::string_view connector, std::string_view key) {
    return reader.first(select_waiting, {connector, key}, [](const store::Row&) { return true; }).has_value();
}

}  // namespace hl::connector
