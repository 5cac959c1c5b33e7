// Taking messages and settling them, for a subscriber that asks.
#include "exchange/topics/messages.h"
#include "exchange/topics/route_parts.h"

namespace hl::exchange::topics {

namespace {

using access::Answer;
using access::Call;

constexpr int64_t longest_wait_s = 60, longest_lease_s = 3600, most_at_once = 200;

/// Taking changes something though it is a GET: a link in a browser, which sends its cookie along, must not do it.
Error for_systems() {
    return {ErrorKind::denied, "subscription.for_systems",
            "Chỉ hệ thống nhận tin, bằng khóa API hoặc mã phiên trong Authorization; trình duyệt thì không.",
            "Messages are for systems: come with an API key or a token in Authorization, not with a browser's cookie."};
}

Result<PullRequest> read_pull(const TopicRouteContext& c, const Call& call) {
    if (call.request.header("Authorization").empty()) return for_systems();
    TRY(const auto s, c.store.read([&](store::Reader& reader) -> Result<Subscription> {
        TRY(auto own, own_subscription(c, reader, call, false));
        TRY_VOID(c.takes_part(reader, own.subscriber, call.now));
        return own;
    }));
    PullRequest out;
    out.subscription = s.id;
    out.who = s.subscriber;
    const auto most = std::numeric_limits<int64_t>::max();
    if (call.request.query_value("after")) {
        TRY(out.after, number_in_query(call, "after", 0, most, 0));
    }
    TRY(out.settings.limit, number_in_query(call, "limit", 1, most_at_once, 50));
    TRY(const auto wait, number_in_query(call, "wait", 0, longest_wait_s, 0));
    TRY(const auto lease, number_in_query(call, "lease", 1, longest_lease_s, 30));
    // Who shares the work among several settles each message by its lease; a position would settle the others' too.
    const auto parallel = call.request.query_value("parallel").value_or("false");
    if (parallel != "true" && parallel != "false")
        return Error{ErrorKind::invalid, "query.value", "parallel là true hoặc false.", "parallel is true or false.",
                     "/query/parallel"};
    out.settings.strict = parallel == "false";
    if (!out.settings.strict && out.after)
        return Error{ErrorKind::invalid, "subscription.parallel",
                     "Khi nhiều nơi cùng nhận (parallel=true), xác nhận từng tin bằng lease, không dùng after.",
                     "Where several take in parallel, acknowledge each message by its lease, not with after.",
                     "/query/after"};
    out.wait = std::chrono::seconds{wait};
    out.settings.lease = std::chrono::seconds{lease};
    return out;
}

void pull_some(const TopicRouteContext& c, const std::shared_ptr<const Call>& call,
               std::function<void(Result<Answer>)> answer) {
    auto request = read_pull(c, *call);
    if (!request.ok()) return answer(std::move(request).error());
    auto subscription = request->subscription;
    c.polls.pull(*std::move(request), [call, answer = std::move(answer),
                                       subscription = std::move(subscription)](Result<std::vector<Delivery>> got) {
        if (!got.ok()) return answer(std::move(got).error());
        Answer out{to_json(*got)};
        out.headers = {{"Cache-Control", "no-store"}};
        // A machine takes what is meant for it. A person who looks may see other people.
        if (call->actor.kind == access::ActorKind::officer && !got->empty())
            out.reads.push_back({call->actor.label(), call->actor.purpose, "exchange_message",
                                 fmt::format("subscription:{}", subscription), call->request.request_id, call->now});
        answer(std::move(out));
    });
}

struct Settled {
    int64_t position = 0;
    std::string lease;
};
Settled read_settled(JsonReader& in) {
    Settled out;
    out.position = in.integer("position", 1, std::numeric_limits<int64_t>::max());
    out.lease = in.text("lease", 100);
    return out;
}

Result<Answer> settle(const TopicRouteContext& c, store::Transaction& tx, const Call& call) {
    TRY(const auto s, own_subscription(c, tx, call, false));
    JsonReader in(call.body);
    std::vector<Settled> settled;
    for (const auto& [item, at] : in.array("messages", most_at_once)) {
        JsonReader one(*item, at);
        settled.push_back(read_settled(one));
        in.absorb(std::move(one));
    }
    TRY_VOID(in.finish());
    for (const auto& one : settled) TRY_VOID(acknowledge(tx, s.id, s.subscriber, one.position, one.lease));
    c.signals.tell_after(tx, s.topic);  // what waited behind them may go on
    return Answer{{}, 204};
}

Result<Answer> fail_one(const TopicRouteContext& c, store::Transaction& tx, const Call& call) {
    TRY(const auto s, own_subscription(c, tx, call, false));
    JsonReader in(call.body);
    const auto one = read_settled(in);
    const auto reason = in.text("reason", 1000);
    const auto wait = in.optional_integer("retry_after", 0, 24 * 3600).value_or(0);
    TRY_VOID(in.finish());
    TRY(const auto outcome,
        fail(tx, s.id, s.subscriber, one.position, one.lease, reason, call.now + std::chrono::seconds{wait}, call.now));
    c.signals.tell_after(tx, s.topic);
    return Answer{json::object{{"outcome", outcome == Failed::again ? "again" : "dead"}}};
}

}  // namespace

void add_delivery_routes(access::Api& api, const TopicRouteContext& c) {
    const std::string one = "/api/v1/exchange/subscriptions/{subscription}";
    api.later("GET", one + "/messages",
              [c](const std::shared_ptr<const Call>& call, std::function<void(Result<Answer>)> answer) {
                  pull_some(c, call, std::move(answer));
              },
              {.purpose = "nhận tin của chủ đề"});
    api.command("POST", one + "/acknowledgements",
                [c](store::Transaction& tx, const Call& call) { return settle(c, tx, call); });
    api.command("POST", one + "/failures",
                [c](store::Transaction& tx, const Call& call) { return fail_one(c, tx, call); });
}

}  // namespace hl::exchange::topics
