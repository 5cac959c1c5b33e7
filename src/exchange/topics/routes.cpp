#include "exchange/topics/routes.h"

#include <charconv>

#include "exchange/topics/route_parts.h"
#include "exchange/topics/rows.h"

namespace hl::exchange::topics {

using access::Call;
using access::Right;

namespace {

std::optional<int64_t> number(std::string_view text) {
    int64_t out = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

}  // namespace

Result<void> require_exchange(const Call& call) {
    if (access::require_anywhere(call.actor, Right::use_exchange, call.now).ok() ||
        access::require_anywhere(call.actor, Right::read_ledger, call.now).ok())
        return Nothing{};
    return access::require_anywhere(call.actor, Right::manage_exchange, call.now);
}

Result<Topic> topic_in_path(store::Reader& reader, const Call& call) {
    auto found = find_topic(reader, call.param("topic"));
    if (!found) return unknown_topic();
    return *std::move(found);
}

Result<Topic> own_topic(const TopicRouteContext& c, store::Reader& reader, const Call& call) {
    TRY_VOID(require_exchange(call));
    TRY(auto topic, topic_in_path(reader, call));
    TRY_VOID(c.acts_for(reader, call.actor, topic.owner, call.now));
    return topic;
}

Result<Subscription> own_subscription(const TopicRouteContext& c, store::Reader& reader, const Call& call,
                                      bool owner_too) {
    TRY_VOID(require_exchange(call));
    auto found = find_subscription(reader, call.param("subscription"));
    if (!found) return unknown_subscription();
    auto allowed = c.acts_for(reader, call.actor, found->subscriber, call.now);
    if (!allowed.ok() && owner_too)
        if (const auto topic = find_topic(reader, found->topic))
            allowed = c.acts_for(reader, call.actor, topic->owner, call.now);
    TRY_VOID(std::move(allowed));
    return *std::move(found);
}

ClientId client_in_body(JsonReader& in, std::string_view key) {
    const auto text = in.text(key, 1500);
    if (text.empty()) return {};
    auto out = parse_client(text);
    if (out.ok()) return *std::move(out);
    in.fail(key, out.error().code, out.error().vi, out.error().en);
    return {};
}

Result<int64_t> number_in_query(const Call& call, std::string_view name, int64_t min, int64_t max, int64_t otherwise) {
    const auto text = call.request.query_value(name);
    if (!text || text->empty()) return otherwise;
    const auto out = number(*text);
    if (out && *out >= min && *out <= max) return *out;
    return Error{ErrorKind::invalid, "query.value", fmt::format("{} phải là số từ {} đến {}.", name, min, max),
                 fmt::format("{} must be a number from {} to {}.", name, min, max), fmt::format("/query/{}", name)};
}

Result<int64_t> position_in_path(const Call& call, std::string_view name) {
    if (const auto out = number(call.param(name)); out && *out > 0) return *out;
    return Error{ErrorKind::not_found, "topic.position", "Vị trí không hợp lệ.", "The position is none."};
}

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value() : json::value(text);
}

void add_topic_routes(access::Api& api, const TopicRouteContext& context) {
    add_owner_routes(api, context);
    add_subscription_routes(api, context);
    add_delivery_routes(api, context);
}

}  // namespace hl::exchange::topics
