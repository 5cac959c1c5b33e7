// The same tables for spreadsheets. What is not known is an empty cell, never a zero.
#include "base/csv.h"
#include "ioc/index766/views.h"

namespace hl::index766 {

namespace {

std::string cell(const std::optional<Points>& points) {
    return points ? points_text(*points) : std::string{};
}
/// Of a sum: nothing of it known is no zero.
std::string cell(const Sum& sum) {
    return sum.of > 0 ? points_text(sum.points) : std::string{};
}
std::string cell(int64_t n) {
    return std::to_string(n);
}
std::string cell(const std::optional<Instant>& t) {
    return t ? to_rfc3339_local(*t) : std::string{};
}

}  // namespace

std::string csv(const Asked& a, const IndexScore& score) {
    std::string out{csv_mark};
    append_csv_row(
        out, {"period", "agency", "group", "criterion", "name", "standing", "numerator", "denominator", "met", "lost",
              "also_lost", "unknown", "not_applicable", "points", "low", "high", "max", "max_verified", "article"});
    for (const auto& g : score.groups)
        for (const auto& s : g.criteria) {
            const auto& c = *s.criterion;
            const bool counted = c.fact.has_value();
            const auto n = [&](int64_t v) { return counted ? cell(v) : std::string{}; };
            append_csv_row(out, {a.period.text, a.agency.value, g.group->code, c.code, c.name.vi, to_string(s.standing),
                                 n(s.numerator), n(s.denominator), n(s.met), n(s.lost), n(s.also_lost), n(s.unknown),
                                 n(s.not_applicable), cell(s.points), points_text(s.low), points_text(s.high),
                                 points_text(c.max), c.max_verified ? "yes" : "no", c.article});
        }
    append_csv_row(out, {a.period.text, a.agency.value, "", "total", "", "", "", "", "", "", "", "", "",
                         cell(score.sum), points_text(score.sum.low), points_text(score.sum.high),
                         points_text(score.sum.max), "", a.rules.instrument});
    return out;
}

std::string csv_agencies(const Asked& a, const std::map<std::string, Counts>& counts) {
    std::string out{csv_mark};
    append_csv_row(out, {"period", "agency", "name", "group", "points", "of", "low", "high", "max"});
    const auto row = [&](const std::string& id, const std::string& name, std::string_view group, const Sum& sum) {
        append_csv_row(out, {a.period.text, id, name, group, cell(sum), points_text(sum.of), points_text(sum.low),
                             points_text(sum.high), points_text(sum.max)});
    };
    for (const auto& [id, n] : counts) {
        const auto whole = score(a.rules, n);
        const auto name = agency_name(a.organisation, AgencyId{id}, a.now);
        for (const auto& g : whole.groups) row(id, name, g.group->code, g.sum);
        row(id, name, "total", whole.sum);
    }
    return out;
}

std::string csv(const Asked& a, const DossierLines& lines, const std::map<std::string, Points>& gains) {
    std::string out{csv_mark};
    append_csv_row(out, {"period", "code", "agency", "procedure", "received_at", "ended_at", "outcome", "reason",
                         "overdue_minutes", "mendable", "gain"});
    for (const auto& line : lines.items) {
        const auto* row = outcome_of(line.fact, line.letter);
        const auto gain = gains.find(line.facts.agency.value);
        append_csv_row(out,
                       {a.period.text, line.facts.code.value, line.facts.agency.value, line.facts.procedure.value,
                        cell(line.facts.received_at), cell(line.facts.ended_at), row ? row->vi : "", line.reason.vi,
                        line.reason.minutes ? cell(*line.reason.minutes) : std::string{}, line.mendable ? "yes" : "no",
                        line.mendable && gain != gains.end() ? points_text(gain->second) : std::string{}});
    }
    return out;
}

}  // namespace hl::index766
