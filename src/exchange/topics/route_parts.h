// The parts that the topics' routes are put together from, and what they share. Private to this part.
#pragma once
#include "base/json.h"
#include "exchange/topics/queries.h"
#include "exchange/topics/routes.h"

namespace hl::exchange::topics {

void add_owner_routes(access::Api& api, const TopicRouteContext& context);         // topics, readers, publishing
void add_subscription_routes(access::Api& api, const TopicRouteContext& context);  // subscriptions, dead letters
void add_delivery_routes(access::Api& api, const TopicRouteContext& context);      // pull, acknowledge, fail

/// Those who use, run or audit the exchange.
[[nodiscard]] Result<void> require_exchange(const access::Call& call);
/// The topic that the path names. Error topic.unknown.
[[nodiscard]] Result<Topic> topic_in_path(store::Reader& reader, const access::Call& call);
/// … by somebody who acts for its owner.
[[nodiscard]] Result<Topic> own_topic(const TopicRouteContext& context, store::Reader& reader,
                                      const access::Call& call);
/// The subscription that the path names, by somebody who acts for its subscriber; with `owner_too`, also for the
/// topic's owner. Errors: subscription.unknown, access.denied.
[[nodiscard]] Result<Subscription> own_subscription(const TopicRouteContext& context, store::Reader& reader,
                                                    const access::Call& call, bool owner_too);
/// A required identifier of a member or subsystem in the body.
[[nodiscard]] ClientId client_in_body(JsonReader& in, std::string_view key);
[[nodiscard]] Result<int64_t> number_in_query(const access::Call& call, std::string_view name, int64_t min, int64_t max,
                                              int64_t otherwise);
/// A position in the path. Error topic.position.
[[nodiscard]] Result<int64_t> position_in_path(const access::Call& call, std::string_view name);
[[nodiscard]] json::value text_or_null(std::string_view text);

}  // namespace hl::exchange::topics
