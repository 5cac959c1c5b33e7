#include "exchange/topics/messages.h"

#include "exchange/topics/rows.h"

namespace hl::exchange::topics {

namespace {

constexpr std::string_view select_by_id =
    "SELECT position, body FROM exchange_topic_message WHERE topic = ? AND message_id = ?";
constexpr std::string_view advance_topic = "UPDATE exchange_topic SET next_position = ? WHERE id = ?";
constexpr std::string_view insert_message =
    "INSERT INTO exchange_topic_message (topic, position, ordering_key, message_id, at, content_type, body, signature, "
    "log_record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view select_under_way =
    "SELECT position, ordering_key, attempts, due_at, problem, lease FROM exchange_delivery WHERE subscription = ? "
    "ORDER "
    "BY position";
constexpr std::string_view select_new =
    "SELECT position, ordering_key FROM exchange_topic_message WHERE topic = ? AND position >= ? ORDER BY position "
    "LIMIT ?";
constexpr std::string_view insert_new =
    "INSERT INTO exchange_delivery (subscription, position, ordering_key, attempts, due_at, lease, problem) "
    "SELECT s.id, m.position, m.ordering_key, 0, 0, '', '' FROM exchange_topic_message m, exchange_subscription s "
    "WHERE s.id = ? AND m.topic = s.topic AND m.position >= ? AND m.position <= ?";
constexpr std::string_view move_subscription = "UPDATE exchange_subscription SET position = ? WHERE id = ?";
constexpr std::string_view lease_one =
    "UPDATE exchange_delivery SET attempts = attempts + 1, due_at = ?, lease = ? WHERE subscription = ? AND position = "
    "?";
constexpr std::string_view select_message =
    "SELECT m.topic, m.position, m.ordering_key, m.message_id, m.at, m.content_type, m.body, m.signature, m.log_record "
    "FROM exchange_topic_message m WHERE m.topic = ? AND m.position = ?";
constexpr std::string_view select_delivery =
    "SELECT lease, attempts FROM exchange_delivery WHERE subscription = ? AND position = ?";
constexpr std::string_view delete_delivery = "DELETE FROM exchange_delivery WHERE subscription = ? AND position = ?";
constexpr std::string_view delete_given =
    "DELETE FROM exchange_delivery WHERE subscription = ? AND position <= ? AND attempts > 0 AND lease <> ''";
constexpr std::string_view put_off =
    "UPDATE exchange_delivery SET due_at = ?, lease = '', problem = ? WHERE subscription = ? AND position = ?";

constexpr std::string_view never_acknowledged = "no acknowledgement before the lease ended";

struct UnderWay {
    int64_t position = 0;
    std::string key;
    int64_t attempts = 0;
    Instant due;
    std::string problem, lease;
};

Result<Subscription> own_subscription(store::Transaction& tx, std::string_view id, const ClientId& who) {
    TRY(auto s, live_subscription(tx, id));
    if (s.subscriber != who)
        return Error{ErrorKind::denied, "subscription.not_yours", "Đăng ký nhận này là của hệ thống khác.",
                     "This subscription is another subsystem's."};
    return s;
}

/// Brings messages behind the subscription's position under way, as many as the window has room for.
void fill_window(store::Transaction& tx, const Subscription& s, int64_t window, std::vector<UnderWay>& under_way) {
    const int64_t room = window - std::ssize(under_way);
    if (room <= 0) return;
    auto more = tx.all(select_new, {s.topic, s.position, room}, [](const store::Row& row) {
        return UnderWay{row.integer(0), row.string(1), 0, Instant{}, {}, {}};
    });
    if (more.empty()) return;
    tx.execute(insert_new, {s.id, s.position, more.back().position});
    tx.execute(move_subscription, {more.back().position + 1, s.id});
    std::move(more.begin(), more.end(), std::back_inserter(under_way));
}

}  // namespace

Result<int64_t> publish(store::Transaction& tx, const ClientId& sender, Message m, Instant now) {
    // The lock makes positions dense and their order that of the commits: a reader who saw 6 has seen 5.
    const auto topic = topic_where(tx, m.topic, true);
    if (!topic) return unknown_topic();
    if (topic->owner != sender)
        return Error{ErrorKind::denied, "topic.not_owner", "Chỉ hệ thống chủ của chủ đề được phát tin.",
                     "Only the topic's owner publishes to it."};
    if (topic->closed)
        return Error{ErrorKind::conflict, "topic.closed", "Chủ đề đã đóng. Mở chủ đề mới để phát tin.",
                     "The topic is closed. Open a new one to publish."};
    if (std::ssize(m.body) > topic->largest_message)
        return Error{
            ErrorKind::too_large, "topic.message_size",
            fmt::format("Tin lớn hơn {} byte. Gửi địa chỉ của nội dung thay cho nội dung.", topic->largest_message),
            fmt::format("The message is over {} bytes. Send where its content is instead.", topic->largest_message)};
    if (m.message_id.empty())
        return Error{ErrorKind::invalid, "topic.message_id", "Thiếu mã của tin.", "The message's id is missing."};
    const auto before = tx.first(select_by_id, {m.topic, m.message_id}, [](const store::Row& row) {
        return std::pair{row.integer(0), row.string(1)};
    });
    if (before && before->second == m.body) return before->first;
    if (before)
        return Error{ErrorKind::conflict, "topic.message_id",
                     "Mã này đã dùng cho một tin có nội dung khác. Đặt mã mới.",
                     "This id was used for a message with another body. Give it a new one."};
    const int64_t position = topic->next_position;
    tx.post(advance_topic, {position + 1, m.topic});
    tx.post(insert_message, {m.topic, position, m.key, m.message_id, now, m.content_type, store::Blob{m.body},
                             m.signature, m.log_record});
    return position;
}

Result<std::vector<Delivery>> take(store::Transaction& tx, std::string_view subscription, const ClientId& who,
                                   const TakeSettings& settings, Instant now) {
    TRY(const auto s, own_subscription(tx, subscription, who));
    std::vector<Delivery> out;
    if (s.paused) return out;
    const auto topic = topic_where(tx, s.topic, false);
    if (!topic) return unknown_topic();
    auto under_way = tx.all(select_under_way, {subscription}, [](const store::Row& row) {
        return UnderWay{row.integer(0), row.string(1), row.integer(2), row.instant(3), row.string(4), row.string(5)};
    });
    fill_window(tx, s, settings.window, under_way);

    std::string lease;  // one for the batch
    int64_t bytes = 0;
    std::set<std::string> blocked;  // keys with an unsettled message that this batch does not hold, or holds alone
    for (const auto& u : under_way) {
        if (std::ssize(out) >= settings.limit) break;
        if (!u.key.empty() && blocked.contains(u.key)) continue;
        const bool due = u.due <= now;
        if (settings.strict && !due && !u.lease.empty()) break;
        if (due && u.attempts >= topic->attempts) {
            bury(tx,
                 {subscription, s.topic, u.position, u.position, u.attempts,
                  u.problem.empty() ? never_acknowledged : std::string_view{u.problem}, false},
                 now);
            tx.execute(delete_delivery, {subscription, u.position});
            continue;
        }
        if (due) {
            auto message = tx.first(select_message, {s.topic, u.position}, read_message);
            if (!message) {  // expired under our feet: remove_expired has buried it
                tx.execute(delete_delivery, {subscription, u.position});
                continue;
            }
            if (!out.empty() && bytes + std::ssize(message->body) > settings.bytes) break;
            bytes += std::ssize(message->body);
            Delivery d;
            d.message = std::move(*message);
            d.attempt = u.attempts + 1;
            if (lease.empty()) lease = std::to_string(tx.next_number("exchange_lease"));
            d.lease = lease;
            d.lease_until = now + settings.lease;
            tx.post(lease_one, {d.lease_until, d.lease, subscription, u.position});
            out.push_back(std::move(d));
        }
        if (!u.key.empty() && (!due || !settings.runs)) blocked.insert(u.key);
    }
    return out;
}

Result<void> acknowledge(store::Transaction& tx, std::string_view subscription, const ClientId& who, int64_t position,
                         std::string_view lease) {
    TRY(const auto s, own_subscription(tx, subscription, who));
    if (position < 1 || position >= s.position)
        return Error{ErrorKind::invalid, "topic.position", "Tin ở vị trí này chưa được giao.",
                     "The message at this position has not been given."};
    const auto held =
        tx.first(select_delivery, {subscription, position}, [](const store::Row& row) { return row.string(0); });
    if (!held) return Nothing{};
    if (*held != lease)
        return Error{ErrorKind::conflict, "delivery.lease",
                     "Hết hạn giữ tin nên tin đã được giao lại. Xử lý lần giao mới rồi xác nhận.",
                     "The lease ended and the message was given again. Acknowledge the new delivery."};
    tx.execute(delete_delivery, {subscription, position});
    return Nothing{};
}

Result<void> acknowledge_to(store::Transaction& tx, std::string_view subscription, const ClientId& who,
                            int64_t position) {
    TRY(const auto s, own_subscription(tx, subscription, who));
    tx.execute(delete_given, {subscription, position});
    return Nothing{};
}

Result<Failed> fail(store::Transaction& tx, std::string_view subscription, const ClientId& who, int64_t position,
                    std::string_view lease, std::string_view reason, Instant retry_at, Instant now) {
    TRY(const auto s, own_subscription(tx, subscription, who));
    const auto topic = topic_where(tx, s.topic, false);
    if (!topic) return unknown_topic();
    const auto held = tx.first(select_delivery, {subscription, position}, [](const store::Row& row) {
        return std::pair{row.string(0), row.integer(1)};
    });
    if (!held || held->first != lease)
        return Error{ErrorKind::conflict, "delivery.lease", "Tin này không còn do lần giao này giữ.",
                     "This delivery does not hold the message any more."};
    if (held->second >= topic->attempts) {
        bury(tx, {subscription, s.topic, position, position, held->second, reason, false}, now);
        tx.execute(delete_delivery, {subscription, position});
        return Failed::dead;
    }
    tx.execute(put_off, {std::max(retry_at, now), reason.substr(0, 1000), subscription, position});
    return Failed::again;
}

}  // namespace hl::exchange::topics
