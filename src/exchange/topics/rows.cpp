#include "exchange/topics/rows.h"

#include "exchange/topics/queries.h"

namespace hl::exchange::topics {

namespace {

constexpr std::string_view select_topic =
    "SELECT id, title, owner, next_position, retention_hours, dead_hours, attempts, largest_message, created_at, "
    "closed_at FROM exchange_topic WHERE id = ?";
constexpr std::string_view select_topic_locked =
    "SELECT id, title, owner, next_position, retention_hours, dead_hours, attempts, largest_message, created_at, "
    "closed_at FROM exchange_topic WHERE id = ? FOR UPDATE";
constexpr std::string_view select_topics =
    "SELECT id, title, owner, next_position, retention_hours, dead_hours, attempts, largest_message, created_at, "
    "closed_at FROM exchange_topic ORDER BY id";
constexpr std::string_view select_subscription =
    "SELECT id, topic, subscriber, push_to, position, paused, created_at, ended_at FROM exchange_subscription "
    "WHERE id = ?";
constexpr std::string_view select_subscription_locked =
    "SELECT id, topic, subscriber, push_to, position, paused, created_at, ended_at FROM exchange_subscription "
    "WHERE id = ? FOR UPDATE";
constexpr std::string_view select_subscriptions =
    "SELECT id, topic, subscriber, push_to, position, paused, created_at, ended_at FROM exchange_subscription "
    "WHERE ended_at IS NULL AND (? = '' OR topic = ?) ORDER BY id";
constexpr std::string_view select_messages =
    "SELECT m.topic, m.position, m.ordering_key, m.message_id, m.at, m.content_type, m.body, m.signature, m.log_record "
    "FROM exchange_topic_message m WHERE m.topic = ? AND m.position > ? ORDER BY m.position LIMIT ?";
constexpr std::string_view select_dead =
    "SELECT subscription, first, last, attempts, reason, expired, at FROM exchange_dead_letter WHERE subscription = ? "
    "AND first > ? ORDER BY first LIMIT ?";
constexpr std::string_view count_dead = "SELECT COUNT(*) FROM exchange_dead_letter WHERE subscription = ?";
constexpr std::string_view count_under_way = "SELECT COUNT(*) FROM exchange_delivery WHERE subscription = ?";
constexpr std::string_view select_worst =
    "SELECT problem FROM exchange_delivery WHERE subscription = ? AND problem <> '' ORDER BY attempts DESC, position "
    "LIMIT 1";
constexpr std::string_view select_oldest =
    "SELECT m.at FROM exchange_topic_message m WHERE m.topic = ? AND (m.position >= ? OR m.position IN (SELECT "
    "d.position FROM exchange_delivery d WHERE d.subscription = ?)) ORDER BY m.position LIMIT 1";
// A range grown since is one letter with the newest reason.
constexpr std::string_view insert_dead =
    "INSERT INTO exchange_dead_letter (subscription, first, last, topic, attempts, reason, expired, at) VALUES "
    "(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subscription, first) DO UPDATE SET last = excluded.last, attempts = "
    "excluded.attempts, reason = excluded.reason, expired = excluded.expired, at = excluded.at";

// What the table holds was written by to_text of a value that had been read.
ClientId client(std::string_view text) {
    auto read = client_from_text(text);
    return read.ok() ? std::move(*read) : ClientId{};
}

Topic read_topic(const store::Row& row) {
    Topic t;
    t.id = row.string(0);
    t.title = row.string(1);
    t.owner = client(row.text(2));
    t.next_position = row.integer(3);
    t.retention = std::chrono::hours{row.integer(4)};
    t.dead_retention = std::chrono::hours{row.integer(5)};
    t.attempts = row.integer(6);
    t.largest_message = row.integer(7);
    t.created = row.instant(8);
    t.closed = row.optional_instant(9);
    return t;
}

Subscription read_subscription(const store::Row& row) {
    Subscription s;
    s.id = row.string(0);
    s.topic = row.string(1);
    s.subscriber = client(row.text(2));
    if (auto service = parse_service(row.text(3)); service.ok()) s.push_to = std::move(*service);
    s.position = row.integer(4);
    s.paused = row.integer(5) != 0;
    s.created = row.instant(6);
    s.ended = row.optional_instant(7);
    return s;
}

int64_t count(store::Reader& reader, std::string_view sql, std::string_view id) {
    return reader.first(sql, {id}, [](const store::Row& row) { return row.integer(0); }).value_or(0);
}

}  // namespace

std::optional<Topic> topic_where(store::Reader& reader, std::string_view id, bool locked) {
    return reader.first(locked ? select_topic_locked : select_topic, {id}, read_topic);
}
std::optional<Subscription> subscription_where(store::Reader& reader, std::string_view id, bool locked) {
    return reader.first(locked ? select_subscription_locked : select_subscription, {id}, read_subscription);
}

Result<Subscription> live_subscription(store::Transaction& tx, std::string_view id) {
    auto found = subscription_where(tx, id, true);
    if (!found || found->ended) return unknown_subscription();
    return std::move(*found);
}

Message read_message(const store::Row& row) {
    return {row.string(0), row.integer(1), row.string(2), row.string(3), row.instant(4),
            row.string(5), row.string(6),  row.string(7), row.string(8)};
}

Error unknown_topic() {
    return {ErrorKind::not_found, "topic.unknown", "Không có chủ đề này. Xem danh sách chủ đề.",
            "There is no such topic. See the list of topics."};
}
Error unknown_subscription() {
    return {ErrorKind::not_found, "subscription.unknown",
            "Không có đăng ký nhận này hoặc đã kết thúc. Hãy đăng ký lại.",
            "There is no such subscription, or it has ended. Subscribe again."};
}

void bury(store::Transaction& tx, const NewDeadLetter& letter, Instant now) {
    tx.execute(insert_dead, {letter.subscription, letter.first, letter.last, letter.topic, letter.attempts,
                             letter.reason.substr(0, 1000), letter.expired ? 1 : 0, now});
}

std::optional<Topic> find_topic(store::Reader& reader, std::string_view id) {
    return topic_where(reader, id, false);
}
std::vector<Topic> all_topics(store::Reader& reader) {
    return reader.all(select_topics, {}, read_topic);
}
std::optional<Subscription> find_subscription(store::Reader& reader, std::string_view id) {
    return subscription_where(reader, id, false);
}
std::vector<Subscription> subscriptions(store::Reader& reader, std::string_view topic) {
    return reader.all(select_subscriptions, {topic, topic}, read_subscription);
}

std::vector<Message> read_messages(store::Reader& reader, std::string_view topic, int64_t after, int64_t limit) {
    return reader.all(select_messages, {topic, after, limit}, read_message);
}
std::optional<Message> find_message(store::Reader& reader, std::string_view topic, int64_t position) {
    auto found = read_messages(reader, topic, position - 1, 1);
    if (found.empty() || found[0].position != position) return std::nullopt;
    return std::move(found[0]);
}

std::vector<DeadLetter> dead_letters(store::Reader& reader, std::string_view subscription, int64_t after,
                                     int64_t limit) {
    return reader.all(select_dead, {subscription, after, limit}, [](const store::Row& row) {
        return DeadLetter{row.string(0), row.integer(1),      row.integer(2), row.integer(3),
                          row.string(4), row.integer(5) != 0, row.instant(6)};
    });
}

Backlog backlog(store::Reader& reader, const Subscription& subscription) {
    Backlog out;
    const auto topic = find_topic(reader, subscription.topic);
    if (!topic) return out;
    out.waiting = topic->next_position - subscription.position + count(reader, count_under_way, subscription.id);
    out.dead = count(reader, count_dead, subscription.id);
    out.problem =
        reader.first(select_worst, {subscription.id}, [](const store::Row& row) { return row.string(0); }).value_or("");
    out.oldest = reader.first(select_oldest, {subscription.topic, subscription.position, subscription.id},
                              [](const store::Row& row) { return row.instant(0); });
    return out;
}

}  // namespace hl::exchange::topics
