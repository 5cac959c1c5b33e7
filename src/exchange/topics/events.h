// What this part tells the ledger: changes of topics and subscriptions, not the messages. Payload member names are the
// wire names; a shape never changes, it gets a new version.
#pragma once
#include <string_view>

namespace hl::exchange::topics::events {
inline constexpr std::string_view topic_created =
    "exchange.topic_created";  // v1 {topic, owner, retention_hours, attempts}
inline constexpr std::string_view topic_changed = "exchange.topic_changed";  // v1 {topic, retention_hours, attempts}
inline constexpr std::string_view topic_closed = "exchange.topic_closed";    // v1 {topic}
inline constexpr std::string_view reader_admitted = "exchange.topic_reader_admitted";    // v1 {topic, client, basis}
inline constexpr std::string_view reader_dismissed = "exchange.topic_reader_dismissed";  // v1 {topic, client}
inline constexpr std::string_view subscribed =
    "exchange.topic_subscribed";  // v1 {topic, subscription, subscriber, push_to, from}
inline constexpr std::string_view unsubscribed = "exchange.topic_unsubscribed";     // v1 {topic, subscription}
inline constexpr std::string_view paused = "exchange.topic_subscription_paused";    // v1 {topic, subscription}
inline constexpr std::string_view resumed = "exchange.topic_subscription_resumed";  // v1 {topic, subscription}
inline constexpr std::string_view moved =
    "exchange.topic_subscription_moved";  // v1 {topic, subscription, from, to}: a replay or a leap
inline constexpr std::string_view redriven = "exchange.topic_dead_redriven";  // v1 {topic, subscription, first, last}
inline constexpr std::string_view dropped = "exchange.topic_dead_dropped";    // v1 {topic, subscription, first, last}
}  // namespace hl::exchange::topics::events
