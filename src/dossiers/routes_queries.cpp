// GET routes: one dossier, its clocks and history, queues, search, tracking, statistics. What shows a person is logged
// as a read with its purpose before the answer leaves.
#include <charconv>

#include "dossiers/codes.h"
#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"
#include "dossiers/search.h"
#include "dossiers/statistics_xlsx.h"
#include "dossiers/tracking.h"

namespace hl::dossiers {

using access::Answer;
using access::Call;
using access::Right;
using access::Who;

namespace {

std::string text_param(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}

Result<int> limit_param(const Call& call, int otherwise, int most) {
    const auto text = text_param(call, "limit");
    if (text.empty()) return otherwise;
    int n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size() || n < 1 || n > most)
        return invalid("query.limit", fmt::format("limit phải từ 1 đến {}.", most),
                       fmt::format("limit must be from 1 to {}.", most), "/limit");
    return n;
}

Result<std::optional<State>> state_param(const Call& call) {
    const auto text = text_param(call, "state");
    if (text.empty()) return std::optional<State>{};
    const auto state = state_from(text);
    if (!state) return invalid("query.state", "Không có trạng thái này.", "There is no such state.", "/state");
    return state;
}

Result<int64_t> month_param(const Call& call, std::string_view name, Instant now) {
    const auto text = text_param(call, name);
    if (text.empty()) return month_of(now);
    const auto day = text.size() == 7 ? parse_date(text + "-01") : Result<Date>{Error{}};
    if (!day.ok())
        return invalid("query.month", "Tháng phải có dạng 2026-11.", "A month looks like 2026-11.",
                       "/" + std::string{name});
    return month_of(std::chrono::year_month{day->year(), day->month()});
}

void add_one(access::Api& api, const ContextSource& context) {
    access::RouteOptions personal;
    personal.purpose = "giải quyết hồ sơ thủ tục hành chính";
    api.query(
        "/api/v1/dossiers/{code}",
        [context](store::Reader& reader, const Call& call) -> Result<Answer> {
            const auto ctx = context();
            TRY(const auto d, find_dossier(reader, call.actor, call.param("code"), call.now));
            TRY(const auto whole, load_whole(reader, ctx, d));
            Answer answer{view(whole, ctx), 200, {{"ETag", etag_of(d)}}};
            if (whole.person) answer.reads.push_back(read_of(call, "dossier", d.subject.value));
            return answer;
        },
        personal);
    api.query("/api/v1/dossiers/{code}/clock", [context](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto d, find_dossier(reader, call.actor, call.param("code"), call.now));
        TRY(const auto clocks, clocks_of(reader, context(), d, call.now));
        return Answer{view(clocks), 200, {{"ETag", etag_of(d)}}};
    });
    api.query("/api/v1/dossiers/{code}/history", [context](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto d, find_dossier(reader, call.actor, call.param("code"), call.now));
        TRY(const auto entries, history_of(reader, context(), d));
        json::array items;
        for (const auto& e : entries) items.push_back(view(e));
        return Answer{json::object{{"code", d.code.value}, {"items", std::move(items)}}, 200, {{"ETag", etag_of(d)}}};
    });
}

void add_lists(access::Api& api, const ContextSource& context) {
    access::RouteOptions personal;
    personal.purpose = "tìm hồ sơ thủ tục hành chính";
    api.query(
        "/api/v1/dossiers",
        [context](store::Reader& reader, const Call& call) -> Result<Answer> {
            TRY(const auto limit, limit_param(call, 50, 200));
            TRY(const auto state, state_param(call));
            if (const auto words = text_param(call, "search"); !words.empty()) {
                TRY(const auto page, search_dossiers(reader, context(), call.actor,
                                                     {words, text_param(call, "cursor"), limit}, call.now));
                // Finding somebody by name or number is a read of who has dossiers, even when nothing is found.
                Answer answer{view(page, context(), call.now)};
                answer.reads.push_back(read_of(call, "search", fmt::format("{} hồ sơ", page.items.size())));
                return answer;
            }
            const AgencyId agency{text_param(call, "agency")};
            if (agency.empty())
                return invalid("query.agency", "Hãy nêu từ cần tìm (search) hoặc cơ quan (agency).",
                               "Give words to search for, or an agency.", "/search");
            TRY_VOID(access::require(call.actor, Right::read_dossier, agency, call.now));
            TRY(const auto page, list_dossiers(reader, {agency, state, text_param(call, "cursor"), limit}));
            return Answer{view(page, context(), call.now)};
        },
        personal);
    api.query("/api/v1/queues", [context](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto limit, limit_param(call, 50, 200));
        QueueQuery q;
        q.agency = AgencyId{text_param(call, "agency")};
        q.officer = OfficerId{text_param(call, "officer")};
        if (q.officer.value == "me") q.officer = call.actor.officer;
        q.function = text_param(call, "function");
        q.step = text_param(call, "step");
        q.unclaimed = text_param(call, "unclaimed") == "true";
        q.cursor = text_param(call, "cursor");
        q.limit = limit;
        if (!q.agency.empty()) TRY_VOID(access::require(call.actor, Right::read_dossier, q.agency, call.now));
        // Another officer's queue is the head's business.
        if (!q.officer.empty() && q.officer != call.actor.officer)
            TRY_VOID(access::require_anywhere(call.actor, Right::reassign_dossier, call.now));
        TRY(const auto page, queue(reader, q));
        return Answer{view(page, context(), call.now)};
    });
}

/// A workbook to keep: named after its period.
Result<Answer> as_workbook(const StatisticsBook& book) {
    Answer answer;
    TRY(answer.bytes, to_xlsx(book));
    answer.headers = {{"Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                      {"Content-Disposition", fmt::format("attachment; filename=\"thong-ke-{}-{}.xlsx\"",
                                                          month_text(book.query.from), month_text(book.query.to))}};
    return answer;
}

json::object figures(const StatisticsRow& row, GroupBy by) {
    auto out = view(row);
    if (!open_is_known(by))
        for (const char* key : {"in_progress", "overdue", "due_unknown"}) out[key] = nullptr;
    return out;
}

void add_statistics(access::Api& api, const ContextSource& context) {
    access::RouteOptions options;
    options.slow = true;  // a workbook takes milliseconds to write
    const auto answer = [context](store::Reader& reader, const Call& call) -> Result<Answer> {
        StatisticsQuery q;
        TRY(const auto format, wanted_format(call.request, {Format::json, Format::xlsx}));
        TRY(q.from, month_param(call, "from", call.now));
        TRY(q.to, month_param(call, "to", call.now));
        if (q.to < q.from || q.to - q.from > 119)
            return invalid("query.month", "Kỳ thống kê phải từ 1 đến 120 tháng.", "The period must be 1 to 120 months.",
                           "/to");
        q.agency = AgencyId{text_param(call, "agency")};
        static const std::map<std::string, GroupBy, std::less<>> groupings{
            {"", GroupBy::total},         {"total", GroupBy::total},         {"agency", GroupBy::agency},
            {"sector", GroupBy::sector},  {"procedure", GroupBy::procedure}, {"month", GroupBy::month},
            {"channel", GroupBy::channel}};
        const auto by = text_param(call, "by");
        const auto found = groupings.find(by);
        if (found == groupings.end())
            return invalid("query.by", "by phải là total, agency, sector, procedure, month hoặc channel.",
                           "by must be total, agency, sector, procedure, month or channel.", "/by");
        q.by = found->second;
        TRY_VOID(q.agency.empty() ? access::require_anywhere(call.actor, Right::read_statistics, call.now)
                                  : access::require(call.actor, Right::read_statistics, q.agency, call.now));
        auto found_rows = statistics(reader, q, call.now);
        const auto position = store::follower_position(reader, DossierStatistics{});
        if (format == Format::xlsx)
            return as_workbook(statistics_book(context(), q, std::move(found_rows), call.now, position));
        json::array rows;
        for (const auto& row : found_rows) rows.push_back(figures(row, q.by));
        return Answer{json::object{{"from", month_text(q.from)},
                                   {"to", month_text(q.to)},
                                   {"by", by.empty() ? "total" : by},
                                   {"as_of", to_rfc3339_local(call.now)},
                                   {"position", position ? json::value(*position) : json::value()},
                                   {"rows", std::move(rows)}}};
    };
    api.query("/api/v1/statistics", answer, options);
}

}  // namespace

void add_query_routes(access::Api& api, const ContextSource& context, PhoneGuesses& guesses) {
    add_one(api, context);
    add_lists(api, context);
    add_statistics(api, context);
    access::RouteOptions anyone;
    anyone.who = Who::anyone;
    anyone.purpose = tracking_purpose;
    api.query(
        "/api/v1/tracking",
        [context, &guesses](store::Reader& reader, const Call& call) -> Result<Answer> {
            const auto ctx = context();
            TRY(const auto found, track_slowly(reader, ctx, guesses, text_param(call, "code"),
                                               text_param(call, "phone"), call.request.remote, call.now));
            Answer answer{view(found, ctx)};
            answer.reads.push_back(read_of_tracking(found, call.actor, call.request.request_id, call.now));
            return answer;
        },
        anyone);
}

}  // namespace hl::dossiers
