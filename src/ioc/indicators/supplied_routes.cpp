// Values handed in as workbooks, the template, and how fetching them from other systems goes.
#include "access/query_values.h"
#include "ioc/indicators/routes.h"
#include "ioc/indicators/supplied_pull.h"
#include "ioc/indicators/views.h"

namespace hl::ioc {

using access::Answer;
using access::Call;
using access::Right;

namespace {

constexpr std::string_view xlsx_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

std::string param(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}

Result<Answer> take_workbook(const RouteSources& s, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, Right::supply_indicators, call.now));
    const auto source = param(call, "source"), name = param(call, "batch");
    const bool check = param(call, "check") == "true";
    if ((source.empty() || name.empty()) && !check)
        return Error{ErrorKind::invalid, "ioc.batch_name", "Cần source (tên hệ thống) và batch (số lô) trên địa chỉ.",
                     "The address needs source (the system's name) and batch (its number).", "batch"};
    TRY(const auto batch, read_xlsx_batch(call.request.body, source, name));
    const auto book = s.book();
    if (check) {
        TRY(const auto found, s.store.read([&](store::Reader& r) -> Result<Intake> {
            return check_batch(r, *book, call.actor, batch, call.now);
        }));
        return Answer{view(found)};
    }
    TRY(const auto done,
        s.store.write([&](store::Transaction& tx) { return store_batch(tx, *book, call.actor, batch, call.now); }));
    return Answer{view(done)};
}

Result<Answer> give_template(const RouteSources& s, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, Right::supply_indicators, call.now));
    auto period = period_of(Grain::month, call.now).next(-1);
    if (const auto text = param(call, "period"); !text.empty()) {
        TRY(period, parse_period(text));
    }
    const auto word = param(call, "kind");
    const auto kind = word.empty() ? std::optional{ValueKind::performed} : kind_from(word);
    if (!kind)
        return Error{ErrorKind::invalid, "value.kind",
                     "Loại số liệu là plan (1), estimate (2), performed (3) hoặc official (4).",
                     "The kind is plan (1), estimate (2), performed (3) or official (4).", "kind"};
    const auto book = s.book();
    Answer out;
    TRY(out.bytes, write_template(*book, call.actor, period, *kind, call.now));
    out.headers = {{"Content-Type", std::string{xlsx_type}},
                   {"Content-Disposition", fmt::format("attachment; filename=\"so-lieu-{}.xlsx\"", period.text())}};
    return out;
}

json::value or_null(const std::optional<Instant>& t) {
    return t ? json::value(to_rfc3339_local(*t)) : json::value();
}

}  // namespace

void add_supplied_routes(access::Api& api, const RouteSources& s) {
    access::RouteOptions raw;
    raw.raw_body = true;
    raw.max_body = 8u << 20;
    // Not commands: what a check says is not an answer to be repeated, and a batch has its own number.
    api.raw(
        "POST", "/api/v1/ioc/values/xlsx", [s](const Call& call) { return take_workbook(s, call); }, raw);
    api.raw("GET", "/api/v1/ioc/values/template", [s](const Call& call) { return give_template(s, call); });
    api.query("/api/v1/ioc/pulls", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        json::array items;
        for (const auto& p : pull_states(reader)) {
            json::value problem;
            if (!p.problem.empty())
                problem = json::object{{"code", p.problem}, {"vi", p.vi}, {"en", p.en}, {"at", p.at}};
            items.push_back({{"source", p.source},
                             {"tried_at", to_rfc3339_local(p.tried_at)},
                             {"good_at", or_null(p.good_at)},
                             {"stored_at", or_null(p.stored_at)},
                             {"asked", p.asked},
                             {"missing", p.missing},
                             {"problems", p.problems},
                             {"problem", std::move(problem)}});
        }
        return Answer{json::object{{"items", std::move(items)}}};
    });
}

}  // namespace hl::ioc
