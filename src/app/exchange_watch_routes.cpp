// How the exchange fares, as this server's gateway has it: usage by hour, operational records, how services do.
// Identifiers, counts and times: nothing personal.
#include "app/exchange_routes.h"
#include "base/json.h"

namespace hl::app {

namespace {

using access::Answer;
using access::Call;
using access::Right;

/// Those who run the exchange, connect systems to it, or audit it.
Result<void> require_watcher(const Call& call) {
    if (access::require_anywhere(call.actor, Right::use_exchange, call.now).ok() ||
        access::require_anywhere(call.actor, Right::read_ledger, call.now).ok())
        return Nothing{};
    return access::require_anywhere(call.actor, Right::manage_exchange, call.now);
}

json::value or_null(const std::optional<int64_t>& number) {
    return number ? json::value(*number) : json::value();
}

/// [from, to) of the query; the last 24 hours when nothing is said.
struct Period {
    Instant from, to;
};
Result<Period> period_in_query(const Call& call) {
    TRY(const auto from, time_in_query(call, "from"));
    TRY(const auto to, time_in_query(call, "to"));
    Period out;
    out.to = to.value_or(call.now);
    out.from = from.value_or(out.to - std::chrono::hours{24});
    if (out.to < out.from)
        return Error{ErrorKind::invalid, "query.value", "Thời điểm cuối phải không trước thời điểm đầu.",
                     "The end must not come before the beginning.", "/query/to"};
    return out;
}

Result<Answer> usage(Program& program, const Call& call) {
    TRY_VOID(require_watcher(call));
    TRY(const auto node, own_gateway(program));
    TRY(const auto period, period_in_query(call));
    exchange::UsageQuery what;
    what.from = period.from;
    what.to = period.to;
    TRY(what.client, client_in_query(call, "client"));
    if (const auto service = call.request.query_value("service"); service && !service->empty()) {
        auto id = exchange::parse_service(*service);
        if (!id.ok()) return std::move(id).error().pointing("/query/service");
        what.service = *std::move(id);
    }
    TRY(const auto rows, node->operations().usage(what));
    json::array items;
    for (const auto& row : rows) items.push_back(usage_view(row));
    return Answer{
        json::object{{"from", to_rfc3339(period.from)}, {"to", to_rfc3339(period.to)}, {"items", std::move(items)}}};
}

/// X-Road's operational records. A second is given whole or not at all, so `next` is where to go on.
Result<Answer> operations(Program& program, const Call& call) {
    TRY_VOID(require_watcher(call));
    TRY(const auto node, own_gateway(program));
    TRY(const auto period, period_in_query(call));
    exchange::OperationQuery what;
    what.from = to_ms(period.from) / 1000;
    what.to = to_ms(period.to) / 1000;
    TRY(what.client, client_in_query(call, "client"));
    TRY(const auto limit, number_in_query(call, "limit", 1, 10'000));
    what.limit = static_cast<int>(limit.value_or(200));
    if (const auto fields = call.request.query_value("fields"); fields && !fields->empty())
        for (size_t at = 0; at <= fields->size();) {
            const auto end = std::min(fields->find(',', at), fields->size());
            what.fields.push_back(fields->substr(at, end - at));
            at = end + 1;
        }
    TRY(const auto page, node->operations().query(what));
    TRY(auto body, parse_json(page.json));
    auto& out = body.as_object();
    out["next"] = page.next_from ? json::value(to_rfc3339(from_ms(*page.next_from * 1000))) : json::value();
    return Answer{std::move(body)};
}

/// Each service on each side, summed up over the period; with its circuit breaker where this gateway calls it.
Result<Answer> services(Program& program, const Call& call) {
    TRY_VOID(require_watcher(call));
    TRY(const auto node, own_gateway(program));
    TRY(const auto period, period_in_query(call));
    exchange::UsageQuery what;
    what.from = period.from;
    what.to = period.to;
    what.limit = 100'000;
    TRY(const auto rows, node->operations().usage(what));
    struct Sum {
        int64_t messages = 0, failed = 0, request_bytes = 0, response_bytes = 0;
        std::optional<int64_t> slowest_p95{};
        Instant last_hour;
    };
    std::map<std::pair<std::string, exchange::Side>, Sum> sums;
    for (const auto& row : rows) {
        auto& sum = sums[{row.service, row.side}];
        sum.messages += row.messages;
        sum.failed += row.failed;
        sum.request_bytes += row.request_bytes;
        sum.response_bytes += row.response_bytes;
        if (row.p95_ms) sum.slowest_p95 = std::max(sum.slowest_p95.value_or(0), *row.p95_ms);
        sum.last_hour = std::max(sum.last_hour, row.hour);
    }
    std::map<std::string, std::string, std::less<>> circuits;
    const auto health = node->gateway().health();
    if (const auto* list = health.if_contains("services"))
        for (const auto& one : list->as_array()) {
            const auto& o = one.as_object();
            circuits[std::string{o.at("service").as_string()}] = std::string{o.at("circuit").as_string()};
        }
    // A service that was not asked is known all the same.
    for (const auto& [service, circuit] : circuits) (void)sums[{service, exchange::Side::provider}];
    json::array items;
    for (const auto& [key, sum] : sums) {
        const auto circuit = key.second == exchange::Side::provider ? circuits.find(key.first) : circuits.end();
        items.push_back(
            json::object{{"service", key.first},
                         {"side", key.second == exchange::Side::client ? "client" : "provider"},
                         {"messages", sum.messages},
                         {"failed", sum.failed},
                         {"request_bytes", sum.request_bytes},
                         {"response_bytes", sum.response_bytes},
                         {"slowest_p95_ms", or_null(sum.slowest_p95)},
                         {"last_hour", sum.messages > 0 ? json::value(to_rfc3339(sum.last_hour)) : json::value()},
                         {"circuit", circuit == circuits.end() ? json::value() : json::value(circuit->second)}});
    }
    return Answer{
        json::object{{"from", to_rfc3339(period.from)}, {"to", to_rfc3339(period.to)}, {"items", std::move(items)}}};
}

}  // namespace

json::object usage_view(const exchange::UsageRow& row) {
    return {{"hour", to_rfc3339(row.hour)},
            {"side", row.side == exchange::Side::client ? "client" : "provider"},
            {"client", row.client},
            {"service", row.service},
            {"messages", row.messages},
            {"failed", row.failed},
            {"request_bytes", row.request_bytes},
            {"response_bytes", row.response_bytes},
            {"p50_ms", or_null(row.p50_ms)},
            {"p95_ms", or_null(row.p95_ms)},
            {"p99_ms", or_null(row.p99_ms)}};
}

void add_exchange_watch_routes(access::Api& api, Program& program) {
    // Raw: the gateway keeps its figures in a database of its own.
    api.raw("GET", "/api/v1/exchange/usage", [&program](const Call& call) { return usage(program, call); });
    api.raw("GET", "/api/v1/exchange/operations", [&program](const Call& call) { return operations(program, call); });
    api.raw("GET", "/api/v1/exchange/service-health", [&program](const Call& call) { return services(program, call); });
}

}  // namespace hl::app
