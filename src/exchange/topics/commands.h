// Topics and subscriptions made and changed. Each runs in the caller's transaction and appends its event; the caller
// has checked who may do it (rights are the registry's). `actor` is the label of who did it.
#pragma once
#include "exchange/topics/topic.h"
#include "store/db.h"

namespace hl::exchange::topics {

struct TopicSettings {
    std::string id, title;
    ClientId owner;
    std::chrono::hours retention{24 * 30}, dead_retention{24 * 90};
    int64_t attempts = 10, largest_message = 1 << 20;
};
/// Errors: topic.id, topic.settings, topic.exists.
[[nodiscard]] Result<Topic> create_topic(store::Transaction& tx, const TopicSettings& settings, std::string_view actor,
                                         Instant now);
/// Title, retentions, attempts, largest message. Errors: topic.unknown, topic.settings.
[[nodiscard]] Result<void> change_topic(store::Transaction& tx, const TopicSettings& settings, std::string_view actor,
                                        Instant now);
/// Errors: topic.unknown.
[[nodiscard]] Result<void> close_topic(store::Transaction& tx, std::string_view topic, std::string_view actor,
                                       Instant now);

struct NewSubscription {
    std::string topic;
    ClientId subscriber;
    std::optional<ServiceId> push_to{};
    std::optional<int64_t> from{};  // a position; absent: what is published from now on
};
/// Errors: topic.unknown, topic.closed, topic.position.
[[nodiscard]] Result<Subscription> subscribe(store::Transaction& tx, const NewSubscription& wanted,
                                             std::string_view actor, Random& random, Instant now);
/// What is under way is dropped; dead letters stay until they age. Errors: subscription.unknown.
[[nodiscard]] Result<void> unsubscribe(store::Transaction& tx, std::string_view subscription, std::string_view actor,
                                       Instant now);
/// Errors: subscription.unknown.
[[nodiscard]] Result<void> set_paused(store::Transaction& tx, std::string_view subscription, bool paused,
                                      std::string_view actor, Instant now);
/// Replay or leap: goes on at `position`; what is under way is dropped. Errors: subscription.unknown, topic.position.
[[nodiscard]] Result<void> move_to(store::Transaction& tx, std::string_view subscription, int64_t position,
                                   std::string_view actor, Instant now);

/// Dead letters from `first` on (as listed) are delivered again, or given up. Those that expired cannot be delivered.
/// Errors: subscription.unknown, dead_letter.unknown, dead_letter.expired.
[[nodiscard]] Result<void> redrive(store::Transaction& tx, std::string_view subscription, int64_t first,
                                   std::string_view actor, Instant now);
[[nodiscard]] Result<void> drop_dead(store::Transaction& tx, std::string_view subscription, int64_t first,
                                     std::string_view actor, Instant now);

}  // namespace hl::exchange::topics
