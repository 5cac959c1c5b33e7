// What a subscriber does with its subscriptions: makes, holds, moves and ends them, looks after dead letters. The
// topic's owner sees them too, and may end them.
#include "exchange/topics/commands.h"
#include "exchange/topics/readers.h"
#include "exchange/topics/route_parts.h"

namespace hl::exchange::topics {

namespace {

using access::Answer;
using access::Call;

json::object view(store::Reader& reader, const Subscription& s) {
    const auto left = backlog(reader, s);
    return {{"subscription", s.id},
            {"topic", s.topic},
            {"subscriber", to_path(s.subscriber)},
            {"push_to", s.push_to ? json::value(to_path(*s.push_to)) : json::value()},
            {"position", s.position},
            {"paused", s.paused},
            {"created_at", to_rfc3339(s.created)},
            {"ended_at", s.ended ? json::value(to_rfc3339(*s.ended)) : json::value()},
            {"waiting", left.waiting},
            {"dead", left.dead},
            {"oldest", left.oldest ? json::value(to_rfc3339(*left.oldest)) : json::value()},
            {"problem", text_or_null(left.problem)}};
}

/// Those that the caller acts for on either side.
Result<Answer> listed(const TopicRouteContext& c, store::Reader& reader, const Call& call) {
    TRY_VOID(require_exchange(call));
    const bool all = access::require_anywhere(call.actor, access::Right::read_ledger, call.now).ok();
    std::map<ClientId, bool> known;
    const auto acts_for = [&](const ClientId& client) {
        const auto [it, fresh] = known.try_emplace(client, false);
        if (fresh) it->second = c.acts_for(reader, call.actor, client, call.now).ok();
        return it->second;
    };
    std::map<std::string, ClientId> owners;
    for (const auto& topic : all_topics(reader)) owners.emplace(topic.id, topic.owner);
    json::array items;
    for (const auto& s : subscriptions(reader, call.request.query_value("topic").value_or("")))
        if (all || acts_for(s.subscriber) || acts_for(owners[s.topic])) items.push_back(view(reader, s));
    return Answer{json::object{{"items", std::move(items)}}};
}

Result<Answer> make(const TopicRouteContext& c, store::Transaction& tx, const Call& call) {
    TRY_VOID(require_exchange(call));
    JsonReader in(call.body);
    NewSubscription wanted;
    wanted.topic = in.text("topic", 100);
    wanted.subscriber = client_in_body(in, "subscriber");
    const auto push_to = in.optional_text("push_to", 1500).value_or("");
    wanted.from = in.optional_integer("from", 1, std::numeric_limits<int64_t>::max());
    TRY_VOID(in.finish());
    TRY_VOID(c.acts_for(tx, call.actor, wanted.subscriber, call.now));
    TRY_VOID(c.takes_part(tx, wanted.subscriber, call.now));
    if (!push_to.empty()) {
        auto service = parse_service(push_to);
        if (!service.ok()) return std::move(service).error().pointing("/push_to");
        if (service->provider != wanted.subscriber)
            return Error{ErrorKind::invalid, "subscription.push_to",
                         "Tin được gửi tới dịch vụ của chính hệ thống đăng ký nhận.",
                         "Messages are delivered to a service of the subscriber's own.", "/push_to"};
        wanted.push_to = *std::move(service);
    }
    if (const auto topic = find_topic(tx, wanted.topic); topic && !may_subscribe(tx, *topic, wanted.subscriber))
        return Error{
            ErrorKind::denied, "topic.not_admitted",
            fmt::format("{} chưa cho phép hệ thống này nhận tin. Hãy đề nghị chủ của chủ đề.", to_text(topic->owner)),
            fmt::format("{} has not admitted this subsystem. Ask the topic's owner.", to_text(topic->owner))};
    TRY(const auto made, subscribe(tx, wanted, call.actor.label(), c.random, call.now));
    return Answer{view(tx, made), 201};
}

Result<Answer> hold(const TopicRouteContext& c, store::Transaction& tx, const Call& call) {
    TRY(const auto s, own_subscription(c, tx, call, false));
    JsonReader in(call.body);
    const bool paused = in.boolean("paused", true);
    TRY_VOID(in.finish());
    TRY_VOID(set_paused(tx, s.id, paused, call.actor.label(), call.now));
    if (!paused) c.signals.tell_after(tx, s.topic);
    return Answer{{}, 204};
}

Result<Answer> move(const TopicRouteContext& c, store::Transaction& tx, const Call& call) {
    TRY(const auto s, own_subscription(c, tx, call, false));
    JsonReader in(call.body);
    const auto position = in.integer("position", 1, std::numeric_limits<int64_t>::max());
    TRY_VOID(in.finish());
    TRY_VOID(move_to(tx, s.id, position, call.actor.label(), call.now));
    c.signals.tell_after(tx, s.topic);
    return Answer{{}, 204};
}

Result<Answer> dead(const TopicRouteContext& c, store::Reader& reader, const Call& call) {
    TRY(const auto s, own_subscription(c, reader, call, true));
    TRY(const auto after, number_in_query(call, "cursor", 0, std::numeric_limits<int64_t>::max(), 0));
    TRY(const auto limit, number_in_query(call, "limit", 1, 200, 50));
    auto letters = dead_letters(reader, s.id, after, limit + 1);
    const bool more = std::ssize(letters) > limit;
    if (more) letters.pop_back();
    json::array items;
    for (const auto& d : letters)
        items.push_back(json::object{{"first", d.first},
                                     {"last", d.last},
                                     {"attempts", d.attempts},
                                     {"reason", d.reason},
                                     {"expired", d.expired},
                                     {"at", to_rfc3339(d.at)}});
    const auto next = more ? json::value(std::to_string(letters.back().first)) : json::value();
    return Answer{json::object{{"items", std::move(items)}, {"next", next}}};
}

using Settle = Result<void> (*)(store::Transaction&, std::string_view, int64_t, std::string_view, Instant);
access::Command settling(const TopicRouteContext& c, Settle settle) {
    return [c, settle](store::Transaction& tx, const Call& call) -> Result<Answer> {
        TRY(const auto s, own_subscription(c, tx, call, false));
        TRY(const auto first, position_in_path(call, "first"));
        TRY_VOID(settle(tx, s.id, first, call.actor.label(), call.now));
        c.signals.tell_after(tx, s.topic);
        return Answer{{}, 204};
    };
}

}  // namespace

void add_subscription_routes(access::Api& api, const TopicRouteContext& c) {
    const std::string one = "/api/v1/exchange/subscriptions/{subscription}";
    api.query("/api/v1/exchange/subscriptions",
              [c](store::Reader& reader, const Call& call) { return listed(c, reader, call); }, {.slow = true});
    api.query(one, [c](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto s, own_subscription(c, reader, call, true));
        return Answer{view(reader, s)};
    });
    api.command("POST", "/api/v1/exchange/subscriptions",
                [c](store::Transaction& tx, const Call& call) { return make(c, tx, call); });
    api.command("POST", one + "/pausing", [c](store::Transaction& tx, const Call& call) { return hold(c, tx, call); });
    api.command("POST", one + "/moving", [c](store::Transaction& tx, const Call& call) { return move(c, tx, call); });
    api.command("POST", one + "/ending", [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
        TRY(const auto s, own_subscription(c, tx, call, true));
        TRY_VOID(unsubscribe(tx, s.id, call.actor.label(), call.now));
        return Answer{{}, 204};
    });
    api.query(one + "/dead-letters", [c](store::Reader& reader, const Call& call) { return dead(c, reader, call); });
    api.command("POST", one + "/dead-letters/{first}/redriving", settling(c, redrive));
    api.command("POST", one + "/dead-letters/{first}/dropping", settling(c, drop_dead));
}

}  // namespace hl::exchange::topics
