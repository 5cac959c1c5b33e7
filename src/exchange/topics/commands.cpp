#include "exchange/topics/commands.h"

#include "base/crypto.h"
#include "exchange/topics/events.h"
#include "exchange/topics/rows.h"

namespace hl::exchange::topics {

namespace {

constexpr std::string_view insert_topic =
    "INSERT INTO exchange_topic (id, title, owner, next_position, retention_hours, dead_hours, attempts, "
    "largest_message, created_at, closed_at) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, NULL)";
constexpr std::string_view update_topic =
    "UPDATE exchange_topic SET title = ?, retention_hours = ?, dead_hours = ?, attempts = ?, largest_message = ? "
    "WHERE id = ?";
constexpr std::string_view end_topic = "UPDATE exchange_topic SET closed_at = ? WHERE id = ? AND closed_at IS NULL";
constexpr std::string_view insert_subscription =
    "INSERT INTO exchange_subscription (id, topic, subscriber, push_to, position, paused, created_at, ended_at) VALUES "
    "(?, ?, ?, ?, ?, 0, ?, NULL)";
constexpr std::string_view end_subscription = "UPDATE exchange_subscription SET ended_at = ? WHERE id = ?";
constexpr std::string_view pause_subscription = "UPDATE exchange_subscription SET paused = ? WHERE id = ?";
constexpr std::string_view move_subscription = "UPDATE exchange_subscription SET position = ? WHERE id = ?";
constexpr std::string_view delete_deliveries = "DELETE FROM exchange_delivery WHERE subscription = ?";
constexpr std::string_view select_dead =
    "SELECT last, expired FROM exchange_dead_letter WHERE subscription = ? AND first = ?";
constexpr std::string_view delete_dead = "DELETE FROM exchange_dead_letter WHERE subscription = ? AND first = ?";
// One that was moved back meanwhile may be under way already.
constexpr std::string_view insert_delivery =
    "INSERT INTO exchange_delivery (subscription, position, ordering_key, attempts, due_at, lease, problem) "
    "SELECT s.id, m.position, m.ordering_key, 0, 0, '', '' FROM exchange_topic_message m, exchange_subscription s "
    "WHERE s.id = ? AND m.topic = s.topic AND m.position >= ? AND m.position <= ? AND m.position < s.position "
    "ON CONFLICT (subscription, position) DO NOTHING";

void append(store::Transaction& tx, std::string_view type, std::string_view topic, std::string_view actor, Instant now,
            boost::json::object data) {
    data["topic"] = topic;
    tx.append(
        {std::string{type}, 1, fmt::format("exchange_topic:{}", topic), std::string{actor}, now, std::move(data)});
}

bool good_id(std::string_view id) {
    return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_';
    });
}

Result<void> check(const TopicSettings& s) {
    if (!good_id(s.id))
        return Error{ErrorKind::invalid, "topic.id", "Mã chủ đề gồm chữ không dấu, số và - . _, dài tối đa 100.",
                     "A topic's id has letters, digits and - . _, at most 100.", "/id"};
    using std::chrono::hours;
    if (s.title.empty() || s.retention < hours{1} || s.retention > hours{24 * 3660} || s.dead_retention < s.retention ||
        s.dead_retention > hours{24 * 3660} || s.attempts < 1 || s.attempts > 1000 || s.largest_message < 1 ||
        s.largest_message > (16 << 20))
        return Error{
            ErrorKind::invalid, "topic.settings",
            "Ghi tên; thời gian lưu từ 1 giờ đến 10 năm, thông điệp không giao được lưu không ngắn hơn; số lần gửi 1 "
            "đến 1000; tin "
            "lớn nhất đến 16 MB.",
            "Give a title; a retention of 1 hour to 10 years, dead letters kept no shorter; 1 to 1000 attempts; "
            "messages of at most 16 MB."};
    return Nothing{};
}

boost::json::object described(const Topic& topic, const Subscription& s) {
    return {{"topic", topic.id}, {"subscription", s.id}};
}

Result<std::pair<int64_t, bool>> dead_at(store::Transaction& tx, std::string_view subscription, int64_t first) {
    auto found = tx.first(select_dead, {subscription, first}, [](const store::Row& row) {
        return std::pair{row.integer(0), row.integer(1) != 0};
    });
    if (!found)
        return Error{ErrorKind::not_found, "dead_letter.unknown",
                     "Không có thông điệp không giao được ở vị trí này. Xem lại danh sách.",
                     "There is no such dead letter. See the list again."};
    return *found;
}

}  // namespace

Result<Topic> create_topic(store::Transaction& tx, const TopicSettings& s, std::string_view actor, Instant now) {
    TRY_VOID(check(s));
    if (s.owner.subsystem.empty())
        return Error{ErrorKind::invalid, "topic.settings", "Chủ của chủ đề phải là một hệ thống.",
                     "A topic's owner must be a subsystem.", "/owner"};
    if (topic_where(tx, s.id, false))
        return Error{ErrorKind::conflict, "topic.exists", "Đã có chủ đề mang mã này. Chọn mã khác.",
                     "There is a topic of this id. Choose another.", "/id"};
    tx.execute(insert_topic, {s.id, s.title, to_text(s.owner), s.retention.count(), s.dead_retention.count(),
                              s.attempts, s.largest_message, now});
    append(tx, events::topic_created, s.id, actor, now,
           {{"owner", to_text(s.owner)}, {"retention_hours", s.retention.count()}, {"attempts", s.attempts}});
    return *topic_where(tx, s.id, false);
}

Result<void> change_topic(store::Transaction& tx, const TopicSettings& s, std::string_view actor, Instant now) {
    TRY_VOID(check(s));
    if (tx.execute(update_topic,
                   {s.title, s.retention.count(), s.dead_retention.count(), s.attempts, s.largest_message, s.id}) == 0)
        return unknown_topic();
    append(tx, events::topic_changed, s.id, actor, now,
           {{"retention_hours", s.retention.count()}, {"attempts", s.attempts}});
    return Nothing{};
}

Result<void> close_topic(store::Transaction& tx, std::string_view topic, std::string_view actor, Instant now) {
    if (!topic_where(tx, topic, true)) return unknown_topic();
    if (tx.execute(end_topic, {now, topic}) > 0) append(tx, events::topic_closed, topic, actor, now, {});
    return Nothing{};
}

Result<Subscription> subscribe(store::Transaction& tx, const NewSubscription& wanted, std::string_view actor,
                               Random& random, Instant now) {
    // Locked: a message published meanwhile is either before "from now on" or behind it, never in between.
    const auto topic = topic_where(tx, wanted.topic, true);
    if (!topic) return unknown_topic();
    if (topic->closed)
        return Error{ErrorKind::conflict, "topic.closed", "Chủ đề đã đóng, không có tin mới.",
                     "The topic is closed; there will be nothing new."};
    Subscription s;
    s.id = crypto::to_hex(crypto::random_bytes(random, 8));
    s.topic = wanted.topic;
    s.subscriber = wanted.subscriber;
    s.push_to = wanted.push_to;
    s.position = wanted.from.value_or(topic->next_position);
    s.created = now;
    if (s.position < 1 || s.position > topic->next_position)
        return Error{ErrorKind::invalid, "topic.position",
                     fmt::format("Vị trí phải từ 1 đến {}.", topic->next_position),
                     fmt::format("The position must be from 1 to {}.", topic->next_position), "/from"};
    const auto push_to = s.push_to ? to_path(*s.push_to) : std::string{};
    tx.execute(insert_subscription, {s.id, s.topic, to_text(s.subscriber), push_to, s.position, now});
    auto data = described(*topic, s);
    data["subscriber"] = to_text(s.subscriber);
    data["push_to"] = push_to;
    data["from"] = s.position;
    append(tx, events::subscribed, s.topic, actor, now, std::move(data));
    return s;
}

Result<void> unsubscribe(store::Transaction& tx, std::string_view subscription, std::string_view actor, Instant now) {
    TRY(const auto s, live_subscription(tx, subscription));
    tx.execute(delete_deliveries, {subscription});
    tx.execute(end_subscription, {now, subscription});
    append(tx, events::unsubscribed, s.topic, actor, now, {{"subscription", subscription}});
    return Nothing{};
}

Result<void> set_paused(store::Transaction& tx, std::string_view subscription, bool paused, std::string_view actor,
                        Instant now) {
    TRY(const auto s, live_subscription(tx, subscription));
    if (s.paused == paused) return Nothing{};
    tx.execute(pause_subscription, {paused ? 1 : 0, subscription});
    append(tx, paused ? events::paused : events::resumed, s.topic, actor, now, {{"subscription", subscription}});
    return Nothing{};
}

Result<void> move_to(store::Transaction& tx, std::string_view subscription, int64_t position, std::string_view actor,
                     Instant now) {
    TRY(const auto s, live_subscription(tx, subscription));
    const auto topic = topic_where(tx, s.topic, false);
    if (!topic) return unknown_topic();
    if (position < 1 || position > topic->next_position)
        return Error{ErrorKind::invalid, "topic.position",
                     fmt::format("Vị trí phải từ 1 đến {}.", topic->next_position),
                     fmt::format("The position must be from 1 to {}.", topic->next_position), "/position"};
    tx.execute(delete_deliveries, {subscription});
    tx.execute(move_subscription, {position, subscription});
    append(tx, events::moved, s.topic, actor, now,
           {{"subscription", subscription}, {"from", s.position}, {"to", position}});
    return Nothing{};
}

Result<void> redrive(store::Transaction& tx, std::string_view subscription, int64_t first, std::string_view actor,
                     Instant now) {
    TRY(const auto s, live_subscription(tx, subscription));
    TRY(const auto letter, dead_at(tx, subscription, first));
    if (letter.second)
        return Error{ErrorKind::conflict, "dead_letter.expired",
                     "Tin đã quá thời gian lưu nên không còn. Hỏi bên phát để nhận lại.",
                     "The message is past its retention and gone. Ask the publisher for it."};
    tx.execute(insert_delivery, {subscription, first, letter.first});
    tx.execute(delete_dead, {subscription, first});
    append(tx, events::redriven, s.topic, actor, now,
           {{"subscription", subscription}, {"first", first}, {"last", letter.first}});
    return Nothing{};
}

Result<void> drop_dead(store::Transaction& tx, std::string_view subscription, int64_t first, std::string_view actor,
                       Instant now) {
    const auto s = subscription_where(tx, subscription, true);
    if (!s) return unknown_subscription();
    TRY(const auto letter, dead_at(tx, subscription, first));
    tx.execute(delete_dead, {subscription, first});
    append(tx, events::dropped, s->topic, actor, now,
           {{"subscription", subscription}, {"first", first}, {"last", letter.first}});
    return Nothing{};
}

}  // namespace hl::exchange::topics
