// Arrivals by week and unusual changes over HTTP.
#include "access/query_values.h"
#include "ioc/forecast/routes.h"
#include "ioc/forecast/views.h"
#include "ioc/indicators/routes.h"

namespace hl::forecast {

using access::Answer;
using access::Call;
using access::Right;

namespace {

constexpr int shown_weeks = 26;

std::string param(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}

/// What the call may see, narrowed to the agency it asks for.
Result<Sight> sight_of(const Call& call) {
    TRY(const auto see, ioc::viewable(call.actor, call.now));
    Sight sight{see, !see};
    if (const AgencyId agency{param(call, "agency")}; !agency.empty()) {
        TRY_VOID(access::require(call.actor, Right::view_ioc, agency, call.now));
        sight.agencies = std::vector{agency};
    }
    return sight;
}

Result<std::shared_ptr<const directory::Calendar>> calendar_of(const Lore& lore, const Sight& sight) {
    const auto calendar =
        lore.calendar({}, sight.agencies && sight.agencies->size() == 1 ? sight.agencies->front() : AgencyId{});
    if (calendar) return calendar;
    return Error{ErrorKind::conflict, "forecast.no_calendar", "Chưa có lịch làm việc. Hãy nạp gói dữ liệu tỉnh.",
                 "There is no working calendar. Apply a pack first."};
}

Result<Answer> intake(store::Reader& reader, const RouteSources& s, const Call& call) {
    TRY(const auto sight, sight_of(call));
    const auto book = s.book();
    TRY(const auto calendar, calendar_of(s.lore(), sight));
    const Date today = local_date(call.now);
    ioc::Where where;
    where.agencies = sight.agencies;
    where.procedure = param(call, "procedure");
    const auto by = param(call, "by");
    if (!by.empty() && by != "agency" && by != "procedure")
        return Error{ErrorKind::invalid, "forecast.by", "by là agency hoặc procedure.", "by is agency or procedure.",
                     "by"};
    TRY(const auto asked, arrivals_of(reader, *book, where, call.now));
    const Telling telling{asked.suppress_below, sight.small};
    json::object out{{"as_of", to_rfc3339_local(call.now)},
                     {"position", or_null(asked.position)},
                     {"indicator", "HCC.TIEP_NHAN"},
                     {"past", past_weeks(asked.arrivals, today, shown_weeks, telling)},
                     {"forecast", view(forecast_intake(asked.arrivals, *calendar, today), telling)}};
    json::array items;
    if (!by.empty()) {
        TRY(const auto limit, access::number_in_query(call, "limit", 20, 1, 100));
        TRY(const auto each,
            arrivals_by(reader, *book, where, by == "agency" ? ioc::Dimension::agency : ioc::Dimension::procedure,
                        static_cast<size_t>(limit), call.now));
        for (const auto& [key, arrivals] : each)
            items.push_back({{"key", key},
                             {"past", past_weeks(arrivals, today, shown_weeks, telling)},
                             {"forecast", view(forecast_intake(arrivals, *calendar, today), telling)}});
    }
    out["items"] = std::move(items);
    return Answer{std::move(out)};
}

Result<Answer> changes(store::Reader& reader, const RouteSources& s, const Call& call) {
    ChangeQuestion q;
    TRY(q.sight, sight_of(call));
    q.now = call.now;
    q.indicator = param(call, "indicator");
    if (const auto text = param(call, "period"); !text.empty()) {
        TRY(q.period, ioc::parse_period(text));
    } else {
        const auto word = param(call, "grain");
        const auto grain = word.empty() ? ioc::Grain::week : ioc::grain_from(word).value_or(ioc::Grain::hour);
        q.period = ioc::period_of(grain, call.now).next(-1);
    }
    if (q.period.grain != ioc::Grain::week && q.period.grain != ioc::Grain::month)
        return Error{ErrorKind::invalid, "forecast.grain", "So sánh được theo tuần hoặc tháng đã kết thúc.",
                     "Weeks and months that have ended can be compared.", "grain"};
    const auto book = s.book();
    TRY(const auto calendar, calendar_of(s.lore(), q.sight));
    TRY(const auto found, find_changes(reader, *book, *calendar, q));
    json::array items;
    for (const auto& c : found.items) items.push_back(view(c));
    return Answer{json::object{{"period", q.period.text()},
                               {"words", q.period.words()},
                               {"position", or_null(found.position)},
                               {"compared_with", q.periods},
                               {"false_share", q.false_share},
                               {"tested", found.tested},
                               {"too_little", found.untested},
                               {"items", std::move(items)}}};
}

}  // namespace

void add_series_routes(access::Api& api, const RouteSources& s) {
    access::RouteOptions slow;
    slow.slow = true;
    api.query(
        "/api/v1/ioc/forecast/intake",
        [s](store::Reader& reader, const Call& call) -> Result<Answer> { return intake(reader, s, call); }, slow);
    api.query(
        "/api/v1/ioc/forecast/changes",
        [s](store::Reader& reader, const Call& call) -> Result<Answer> { return changes(reader, s, call); }, slow);
}

}  // namespace hl::forecast
