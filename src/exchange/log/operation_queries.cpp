// Asking for operational records and usage.
#include <boost/json/serialize.hpp>
#include <set>

#include "base/json.h"
#include "exchange/log/operations.h"

namespace hl::exchange {

namespace {

constexpr std::string_view select_operations =
    "SELECT ts, data FROM exchange_operation WHERE ts >= ? AND ts <= ? ORDER BY ts, id LIMIT ?";
constexpr std::string_view select_operations_of =
    "SELECT ts, data FROM exchange_operation WHERE ts >= ? AND ts <= ? AND (client = ? OR provider = ?) ORDER BY ts, "
    "id LIMIT ?";
constexpr std::string_view select_usage =
    "SELECT hour, side, client, service, messages, failed, request_bytes, response_bytes, durations FROM "
    "exchange_usage WHERE hour "
    ">= ? AND hour < ? AND (? = '' OR client = ?) AND (? = '' OR service = ?) ORDER BY hour, side, client, service, "
    "node";

constexpr int64_t hour_ms = 3'600'000;
constexpr int most_records = 100'000;

Error wrong_query(std::string at) {
    return Error{ErrorKind::invalid, "exchange.operations",
                 "Yêu cầu dữ liệu giám sát không hợp lệ; hãy kiểm tra khoảng thời gian, tên trường và giới hạn.",
                 "The request for operational data is not valid: check the times, the names of fields and the limit."}
        .pointing(std::move(at));
}

/// Every name that X-Road knows.
const std::set<std::string, std::less<>>& field_names() {
    static const std::set<std::string, std::less<>> names = [] {
        OperationRecord all;
        const std::string text = "x";
        const Instant at{};
        all.server_internal_ip = all.service_type = all.rest_method = all.rest_path = all.xroad_version = text;
        all.represented_party_class = all.represented_party_code = all.message_id = all.user_id = all.issue = text;
        all.protocol_version = all.client_server_address = all.service_server_address = text;
        all.fault_code = all.fault_string = all.request_id = text;
        all.request_in = all.request_out = all.response_in = all.response_out = at;
        all.client = ClientId{text, text, text, text};
        all.service = ServiceId{*all.client, text, text};
        all.request_size = all.response_size = all.request_mime_size = all.request_attachment_count = 0;
        all.response_mime_size = all.response_attachment_count = all.status_code = 0;
        std::set<std::string, std::less<>> out;
        for (const auto& member : to_json(all)) out.emplace(member.key());
        return out;
    }();
    return names;
}

struct Stored {
    int64_t ts;
    std::string data;
};

Result<std::string> chosen(const std::string& data, const std::vector<std::string>& fields) {
    if (fields.empty()) return data;
    TRY(const auto value, parse_json(data));
    json::object out;
    for (const auto& field : fields)
        if (const auto* member = value.as_object().if_contains(field)) out[field] = *member;
    return json::serialize(out);
}

}  // namespace

Result<OperationPage> Operations::query(const OperationQuery& what) const {
    if (what.from > what.to) return wrong_query("/recordsFrom");
    if (what.limit < 1 || what.limit > most_records) return wrong_query("/limit");
    for (size_t i = 0; i < what.fields.size(); ++i)
        if (!field_names().contains(what.fields[i])) return wrong_query(fmt::format("/outputField/{}", i));
    const auto client = what.client ? to_text(*what.client) : "";
    TRY(auto found, store_.read([&](store::Reader& r) -> Result<std::vector<Stored>> {
        const auto read = [](const store::Row& row) { return Stored{row.integer(0), row.string(1)}; };
        auto rows = what.client
                        ? r.all(select_operations_of, {what.from, what.to, client, client, what.limit + 1}, read)
                        : r.all(select_operations, {what.from, what.to, what.limit + 1}, read);
        if (rows.size() <= static_cast<size_t>(what.limit) || rows.front().ts != rows.back().ts) return rows;
        // All in one second: that second is given whole, or asking for the rest would never end.
        const auto ts = rows.front().ts;
        rows = what.client ? r.all(select_operations_of, {ts, ts, client, client, most_records}, read)
                           : r.all(select_operations, {ts, ts, most_records}, read);
        const auto more = what.client ? r.all(select_operations_of, {ts + 1, what.to, client, client, 1}, read)
                                      : r.all(select_operations, {ts + 1, what.to, 1}, read);
        rows.insert(rows.end(), more.begin(), more.end());
        return rows;
    }));
    OperationPage page;
    if (found.size() > static_cast<size_t>(what.limit) && found.back().ts != found.front().ts) {
        // A second is given whole or not at all, so that the next request begins where this one ended.
        page.next_from = found.back().ts;
        while (!found.empty() && found.back().ts >= *page.next_from) found.pop_back();
    }
    page.json = "{\"records\":[";
    for (const auto& row : found) {
        TRY(auto text, chosen(row.data, what.fields));
        if (page.count++ > 0) page.json += ',';
        page.json += text;
    }
    page.json += "]}";
    return page;
}

Result<std::vector<UsageRow>> Operations::usage(const UsageQuery& what) const {
    if (what.from > what.to) return wrong_query("/from");
    if (what.limit < 1 || what.limit > most_records) return wrong_query("/limit");
    const auto client = what.client ? to_text(*what.client) : "";
    const auto service = what.service ? to_text(*what.service) : "";
    const auto hour_from = (to_ms(what.from) + hour_ms - 1) / hour_ms,
               hour_to = (to_ms(what.to) + hour_ms - 1) / hour_ms;
    return store_.read([&](store::Reader& r) -> Result<std::vector<UsageRow>> {
        std::vector<UsageRow> out;
        std::vector<DurationHistogram> durations;
        r.query(select_usage, {hour_from, hour_to, client, client, service, service}, [&](const store::Row& row) {
            const auto hour = from_ms(row.integer(0) * hour_ms);
            const auto side = static_cast<Side>(row.integer(1));
            // Nodes are summed up.
            if (out.empty() || out.back().hour != hour || out.back().side != side || out.back().client != row.text(2) ||
                out.back().service != row.text(3)) {
                if (out.size() >= static_cast<size_t>(what.limit)) return;
                out.push_back({.hour = hour, .side = side, .client = row.string(2), .service = row.string(3)});
                durations.emplace_back();
            }
            auto& sum = out.back();
            sum.messages += row.integer(4);
            sum.failed += row.integer(5);
            sum.request_bytes += row.integer(6);
            sum.response_bytes += row.integer(7);
            if (const auto one = DurationHistogram::from_text(row.text(8))) durations.back().add(*one);
        });
        for (size_t i = 0; i < out.size(); ++i) {
            out[i].timed = durations[i].count();
            out[i].p50_ms = durations[i].quantile(0.50);
            out[i].p95_ms = durations[i].quantile(0.95);
            out[i].p99_ms = durations[i].quantile(0.99);
        }
        return out;
    });
}

}  // namespace hl::exchange
