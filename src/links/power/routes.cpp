#include "links/power/routes.h"

#include "access/query_values.h"
#include "links/power/partner.h"

namespace hl::power {

namespace {

using access::Answer;
using access::Call;

json::value or_null(const std::optional<Instant>& at) {
    return at ? json::value(to_rfc3339(*at)) : json::value();
}

json::object view(const Lane& lane, Instant now) {
    const auto judgement = judge(lane, now);
    json::value late;
    if (judgement == LaneJudgement::late || judgement == LaneJudgement::late_running) {
        const auto end = lane.finished_at ? *lane.finished_at : lane.ended_at ? *lane.ended_at : now;
        late = (to_ms(end) - to_ms(*lane.due)) / 60'000;
    }
    return {{"code", lane.code.value},
            {"task", lane.task},
            {"agency", lane.agency.value},
            {"started_at", to_rfc3339(lane.started_at)},
            {"due", or_null(lane.due)},
            {"word", lane.word},
            {"moved_at", or_null(lane.moved_at)},
            {"finished_at", or_null(lane.finished_at)},
            {"ended_at", or_null(lane.ended_at)},
            {"judgement", to_string(judgement)},
            {"late_minutes", late}};
}

Result<Answer> list(store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, access::Right::read_statistics, call.now));
    TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 500));
    const auto code = call.request.query_value("code").value_or("");
    const auto found = code.empty() ? lanes(reader, call.now + std::chrono::hours{1}, static_cast<int>(limit))
                                    : lanes_of(reader, code);
    json::array items;
    for (const auto& lane : found) items.push_back(view(lane, call.now));
    const auto year = at_local(Date{local_date(call.now).year() / 1 / 1}, 0);
    const auto c = count_lanes(reader, year, call.now + std::chrono::hours{1}, call.now);
    json::array waiting;
    for (const auto& p : pending_finishes(reader))
        waiting.push_back({{"number", p.number}, {"code", p.code}, {"at", to_rfc3339(p.at)}, {"problem", p.problem}});
    return Answer{json::object{{"items", items},
                               {"year", json::object{{"running", c.running},
                                                     {"late_running", c.late_running},
                                                     {"in_time", c.in_time},
                                                     {"late", c.late},
                                                     {"dropped", c.dropped},
                                                     {"unknown", c.unknown}}},
                               {"waiting", waiting}}};
}

}  // namespace

void add_routes(access::Api& api) {
    api.query("/api/v1/power/lanes", list);
}

}  // namespace hl::power
