#include "ioc/index766/routes.h"

#include <charconv>

#include "dossiers/statistics.h"
#include "ioc/index766/follower.h"

namespace hl::index766 {

using access::Answer;
using access::Call;
using access::Right;

namespace {

std::string param(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}

/// ?month=2026-11, ?quarter=2026-Q4 or ?year=2026; the present month when none is said.
Result<Period> period_param(const Call& call) {
    for (const auto name : {"month", "quarter", "year"})
        if (const auto text = param(call, name); !text.empty()) return period_from(text);
    return month_period(dossiers::month_of(call.now));
}

Result<bool> wants_csv(const Call& call) {
    const auto format = param(call, "format");
    if (format.empty() || format == "json") return false;
    if (format == "csv") return true;
    return Error{ErrorKind::invalid, "query.format", "format phải là json hoặc csv.", "format is json or csv.",
                 "/format"};
}

Answer as_csv(std::string bytes, const std::string& name) {
    Answer answer;
    answer.bytes = std::move(bytes);
    answer.headers = {{"Content-Type", "text/csv; charset=utf-8"},
                      {"Content-Disposition", fmt::format("attachment; filename=\"{}.csv\"", name)}};
    return answer;
}

Result<int> limit_param(const Call& call, int otherwise, int most) {
    const auto text = param(call, "limit");
    if (text.empty()) return otherwise;
    int n = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (problem != std::errc{} || end != text.data() + text.size() || n < 1 || n > most)
        return Error{ErrorKind::invalid, "query.limit", fmt::format("limit phải từ 1 đến {}.", most),
                     fmt::format("limit must be from 1 to {}.", most), "/limit"};
    return n;
}

/// What a request is answered with; lives as long as the handler runs.
struct Session {
    dossiers::Context ctx;
    std::shared_ptr<const RuleBook> book;
    const RuleSet* rules = nullptr;
    Period period;
    AgencyId agency;
    [[nodiscard]] Asked asked(store::Reader& reader, Instant now) const {
        return {*rules, *ctx.directory, period, agency, now, store::follower_position(reader, Index766{})};
    }
    [[nodiscard]] Lore lore() const { return {ctx.catalogue, ctx.calendars}; }
};

Result<Session> session(store::Reader& reader, const RouteSources& sources, const Call& call) {
    Session s;
    s.ctx = sources.context();
    TRY(s.period, period_param(call));
    TRY(s.book, sources.rules.get(reader));
    TRY(s.rules, s.book->at(s.period.to));
    s.agency = AgencyId{param(call, "agency")};
    if (!s.agency.empty() && !s.ctx.directory->agency(s.agency))
        return Error{ErrorKind::not_found, "directory.agency", "Không có cơ quan này.", "There is no such agency.",
                     "/agency"};
    return s;
}

/// May the actor see the dossiers behind these figures? Who leads the province's committee leads the province.
Result<void> may_see_dossiers(const Session& s, const Call& call) {
    if (s.agency.empty())
        for (const auto* agency :
             s.ctx.directory->agencies_at(local_date(call.now), directory::AgencyKind::province_committee))
            if (access::require(call.actor, Right::view_ioc, agency->id, call.now).ok()) return Nothing{};
    return access::require(call.actor, Right::view_ioc, s.agency, call.now);
}

/// What mending one dossier brings its agency, for the agencies of the lines.
std::map<std::string, Points> gains_of(store::Reader& reader, const Session& s, const DossierLines& lines,
                                       const std::string& criterion, Instant now) {
    std::map<std::string, Points> out;
    for (const auto& line : lines.items) {
        if (!line.mendable || out.contains(line.facts.agency.value)) continue;
        const auto whole = score(*s.rules, counts_of(reader, line.facts.agency, s.period, now));
        out[line.facts.agency.value] = whole.criterion(criterion)->gain_of(1);
    }
    return out;
}

Result<Verdict> verdict_param(const Call& call) {
    const auto word = param(call, "verdict");
    for (const auto verdict : {Verdict::lost, Verdict::met, Verdict::unknown, Verdict::not_applicable})
        if (word == to_string(verdict) || (word.empty() && verdict == Verdict::lost)) return verdict;
    return Error{ErrorKind::invalid, "query.verdict", "verdict phải là lost, met, unknown hoặc not_applicable.",
                 "verdict is lost, met, unknown or not_applicable.", "/verdict"};
}

void add_scores(access::Api& api, const RouteSources& sources) {
    api.query("/api/v1/ioc/index766", [sources](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        TRY(const auto as_table, wants_csv(call));
        TRY(const auto s, session(reader, sources, call));
        const auto whole = score(*s.rules, counts_of(reader, s.agency, s.period, call.now));
        const auto asked = s.asked(reader, call.now);
        if (as_table) return as_csv(csv(asked, whole), "chi-so-766-" + s.period.text);
        return Answer{view(asked, whole)};
    });
    api.query("/api/v1/ioc/index766/agencies", [sources](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        TRY(const auto as_table, wants_csv(call));
        TRY(const auto s, session(reader, sources, call));
        auto counts = counts_by_agency(reader, s.period, call.now);
        const auto kind = param(call, "kind");
        std::erase_if(counts, [&](const auto& row) {
            const auto* agency = s.ctx.directory->agency(AgencyId{row.first});
            if (!s.agency.empty() && !s.ctx.directory->within(AgencyId{row.first}, s.agency, local_date(call.now)))
                return true;
            if (kind.empty()) return false;
            const bool commune = agency && !agency->versions.empty() &&
                                 agency->versions.back().kind == directory::AgencyKind::commune_committee;
            return (kind == "commune") != commune;
        });
        if (!kind.empty() && kind != "commune" && kind != "other")
            return Error{ErrorKind::invalid, "query.kind", "kind phải là commune hoặc other.",
                         "kind is commune or other.", "/kind"};
        const auto asked = s.asked(reader, call.now);
        if (as_table) return as_csv(csv_agencies(asked, counts), "chi-so-766-co-quan-" + s.period.text);
        return Answer{view_agencies(asked, counts)};
    });
    api.query("/api/v1/ioc/index766/rules", [sources](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        TRY(const auto book, sources.rules.get(reader));
        return Answer{view(*book)};
    });
}

void add_dossiers(access::Api& api, const RouteSources& sources) {
    api.query("/api/v1/ioc/index766/dossiers", [sources](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto as_table, wants_csv(call));
        TRY(const auto s, session(reader, sources, call));
        TRY_VOID(may_see_dossiers(s, call));
        DossierQuery q;
        q.agency = s.agency;
        q.period = s.period;
        q.criterion = param(call, "criterion");
        TRY(q.verdict, verdict_param(call));
        q.mendable = param(call, "mendable") == "true";
        q.cursor = param(call, "cursor");
        TRY(q.limit, limit_param(call, as_table ? 10'000 : 50, as_table ? 10'000 : 200));
        TRY(const auto lines, dossiers_of(reader, *s.rules, s.lore(), q, call.now));
        const auto gains = gains_of(reader, s, lines, q.criterion, call.now);
        const auto asked = s.asked(reader, call.now);
        if (as_table) return as_csv(csv(asked, lines, gains), "chi-so-766-ho-so-" + s.period.text);
        return Answer{view(asked, q, lines, gains)};
    });
    api.query("/api/v1/ioc/index766/dossiers/{code}",
              [sources](store::Reader& reader, const Call& call) -> Result<Answer> {
                  TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
                  TRY(const auto s, session(reader, sources, call));
                  TRY(const auto facts, facts_of(reader, call.param("code")));
                  TRY_VOID(access::require(call.actor, Right::view_ioc, facts.agency, call.now));
                  const auto whole = score(*s.rules, counts_of(reader, facts.agency, s.period, call.now));
                  return Answer{
                      view(s.asked(reader, call.now), explain(facts, *s.rules, s.lore(), s.period, call.now), whole)};
              });
}

void add_comparison(access::Api& api, const RouteSources& sources) {
    access::RouteOptions options;
    options.raw_body = true;
    api.raw(
        "POST", "/api/v1/ioc/index766/comparison",
        [sources](const Call& call) -> Result<Answer> {
            TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
            TRY(const auto published, read_published(call.request.body, "body"));
            return sources.store.read([&](store::Reader& reader) -> Result<Answer> {
                TRY(const auto s, session(reader, sources, call));
                std::vector<Difference> differences;
                for (const auto& p : published) {
                    TRY(const auto* rules, s.book->at(p.period.to));
                    TRY(auto d, compare(p, score(*rules, counts_of(reader, p.agency, p.period, call.now))));
                    differences.push_back(std::move(d));
                }
                return Answer{view(s.asked(reader, call.now), differences)};
            });
        },
        options);
}

}  // namespace

void add_routes(access::Api& api, RouteSources sources) {
    add_scores(api, sources);
    add_dossiers(api, sources);
    add_comparison(api, sources);
}

}  // namespace hl::index766
