#include "exchange/topics/messages.h"
#include "exchange/topics/queries.h"
#include "exchange/topics/rows.h"

namespace hl::exchange::topics {

namespace {

// Positions follow the commits and times the clock: a message behind a younger one waits for it.
constexpr std::string_view select_first_kept =
    "SELECT position FROM exchange_topic_message WHERE topic = ? AND at >= ? ORDER BY position LIMIT 1";
constexpr std::string_view select_last =
    "SELECT position FROM exchange_topic_message WHERE topic = ? AND position < ? AND NOT EXISTS (SELECT 1 FROM "
    "exchange_dead_letter d WHERE d.topic = exchange_topic_message.topic AND d.expired = 0 AND d.first <= "
    "exchange_topic_message.position AND d.last >= exchange_topic_message.position) ORDER BY position LIMIT 1 OFFSET ?";
constexpr std::string_view select_stuck =
    "SELECT position, attempts, problem FROM exchange_delivery WHERE subscription = ? AND position < ? ORDER BY "
    "position";
constexpr std::string_view delete_stuck = "DELETE FROM exchange_delivery WHERE subscription = ? AND position < ?";
constexpr std::string_view move_subscription = "UPDATE exchange_subscription SET position = ? WHERE id = ?";
constexpr std::string_view lock_subscriptions =
    "SELECT id FROM exchange_subscription WHERE topic = ? AND ended_at IS NULL ORDER BY id FOR UPDATE";
// What a dead letter may still be redriven from stays until the letter goes.
constexpr std::string_view delete_messages =
    "DELETE FROM exchange_topic_message WHERE topic = ? AND position < ? AND NOT EXISTS (SELECT 1 FROM "
    "exchange_dead_letter d WHERE d.topic = exchange_topic_message.topic AND d.expired = 0 AND d.first <= "
    "exchange_topic_message.position AND d.last >= exchange_topic_message.position)";
constexpr std::string_view delete_old_letters = "DELETE FROM exchange_dead_letter WHERE topic = ? AND at < ?";

}  // namespace

Result<int64_t> remove_expired(store::Transaction& tx, std::string_view id, int64_t limit, Instant now) {
    const auto topic = topic_where(tx, id, true);
    if (!topic) return unknown_topic();
    tx.execute(delete_old_letters, {id, now - topic->dead_retention});
    const auto position = [](const store::Row& row) { return row.integer(0); };
    int64_t end = tx.first(select_first_kept, {id, now - topic->retention}, position).value_or(topic->next_position);
    if (const auto last = tx.first(select_last, {id, end, limit}, position)) end = *last;  // no more than `limit` now
    (void)tx.all(lock_subscriptions, {id}, [](const store::Row& row) { return row.string(0); });
    for (const auto& s : subscriptions(tx, id)) {
        struct Stuck {
            int64_t position, attempts;
            std::string problem;
        };
        for (const auto& stuck : tx.all(select_stuck, {s.id, end}, [](const store::Row& row) {
                 return Stuck{row.integer(0), row.integer(1), row.string(2)};
             }))
            bury(tx,
                 {s.id, id, stuck.position, stuck.position, stuck.attempts,
                  stuck.problem.empty() ? "expired before it was settled" : stuck.problem, true},
                 now);
        tx.execute(delete_stuck, {s.id, end});
        if (s.position >= end) continue;
        bury(tx, {s.id, id, s.position, end - 1, 0, "expired before it was taken", true}, now);
        tx.execute(move_subscription, {end, s.id});
    }
    return tx.execute(delete_messages, {id, end});
}

}  // namespace hl::exchange::topics
