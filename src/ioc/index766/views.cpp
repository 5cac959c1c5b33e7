#include "ioc/index766/views.h"

#include "dossiers/statistics.h"

namespace hl::index766 {

namespace {

json::value number(Points points) {
    return static_cast<double>(points) / 100;
}
json::value number(const std::optional<Points>& points) {
    return points ? number(*points) : json::value();
}
json::value or_null(const std::optional<int64_t>& n) {
    return n ? json::value(*n) : json::value();
}
json::value or_null(const std::optional<Instant>& t) {
    return t ? json::value(to_rfc3339_local(*t)) : json::value();
}
json::object view(const Words& words) {
    return {{"vi", words.vi}, {"en", words.en}};
}
json::array view(const std::vector<Words>& list) {
    json::array out;
    for (const auto& words : list) out.push_back(view(words));
    return out;
}
json::object view(const Reason& reason) {
    return {{"vi", reason.vi}, {"en", reason.en}, {"overdue_minutes", or_null(reason.minutes)}};
}
json::value view(Fact fact, char letter) {
    const auto* row = outcome_of(fact, letter);
    if (!row) return nullptr;
    return json::object{{"fact", row_of(fact).word}, {"word", row->word}, {"vi", row->vi}, {"en", row->en}};
}
/// Of what nothing is known the points are unknown, not zero.
void put(json::object& out, const Sum& sum) {
    out["points"] = sum.of > 0 ? number(sum.points) : json::value();
    out["of"] = number(sum.of);
    out["low"] = number(sum.low);
    out["high"] = number(sum.high);
    out["max"] = number(sum.max);
}
json::object view(const directory::Directory& organisation, const std::string& id, Instant now) {
    return {{"id", id}, {"name", agency_name(organisation, AgencyId{id}, now)}};
}

json::object head(const Asked& a) {
    const auto end = end_of(a.period, a.now);
    json::object rules{{"id", a.rules.id},
                       {"instrument", a.rules.instrument},
                       {"from", to_iso(a.rules.from)},
                       {"to", a.rules.to ? json::value(to_iso(*a.rules.to)) : json::value()},
                       {"file", a.rules.file},
                       {"unverified", view(a.rules.unverified)}};
    return {{"period", a.period.text},
            {"from", dossiers::month_text(a.period.from)},
            {"to", dossiers::month_text(a.period.to)},
            {"provisional", end.provisional},
            {"period_end", to_rfc3339_local(end.at)},
            {"as_of", to_rfc3339_local(a.now)},
            {"position", or_null(a.position)},
            {"rules", std::move(rules)}};
}

/// Numerator ÷ denominator as per cent with two decimals.
json::value rate(const Score& s) {
    if (s.denominator == 0 || !s.points) return nullptr;
    return static_cast<double>((2 * s.numerator * 10'000 + s.denominator) / (2 * s.denominator)) / 100;
}

json::object view(const Score& s) {
    const auto& c = *s.criterion;
    json::object out{{"code", c.code},
                     {"name", view(c.name)},
                     {"article", c.article},
                     {"standing", to_string(s.standing)},
                     {"points", number(s.points)},
                     {"low", number(s.low)},
                     {"high", number(s.high)},
                     {"max", number(c.max)},
                     {"max_verified", c.max_verified},
                     {"full_at", c.full_at},
                     {"numerator", s.numerator},
                     {"denominator", s.denominator},
                     {"rate", rate(s)},
                     {"met", s.met},
                     {"lost", s.lost},
                     {"also_lost", s.also_lost},
                     {"unknown", s.unknown},
                     {"not_applicable", s.not_applicable},
                     {"unknown_counts", to_string(c.unknown_counts)},
                     {"factor", c.times.empty() ? json::value() : json::value(c.times)},
                     {"factor_assumed", s.factor_assumed},
                     {"mendable", s.mendable},
                     {"gain_of_one", number(s.mendable > 0 ? s.gain_of(1) : 0)},
                     {"gain_of_all", number(s.gain_of(s.mendable))},
                     {"unverified", view(c.unverified)}};
    out["fact"] = c.fact ? json::value(row_of(*c.fact).word) : json::value();
    out["no_source"] = c.fact ? json::value() : json::value(view(c.no_source));
    out["mend"] = c.mendable.empty() ? json::value() : json::value(view(c.mend));
    return out;
}

}  // namespace

std::string agency_name(const directory::Directory& organisation, const AgencyId& agency, Instant now) {
    const auto* found = organisation.agency(agency);
    if (!found || found->versions.empty()) return agency.value;
    const auto* version = found->at(local_date(now));
    return version ? version->name : found->versions.back().name;
}

json::object view(const Asked& a, const IndexScore& score) {
    auto out = head(a);
    out["agency"] = a.agency.empty() ? json::value() : json::value(view(a.organisation, a.agency.value, a.now));
    put(out, score.sum);
    json::array groups;
    for (const auto& g : score.groups) {
        json::object group{{"code", g.group->code}, {"name", view(g.group->name)}};
        put(group, g.sum);
        json::array criteria;
        for (const auto& s : g.criteria) criteria.push_back(view(s));
        group["criteria"] = std::move(criteria);
        groups.push_back(std::move(group));
    }
    out["groups"] = std::move(groups);
    return out;
}

json::object view_agencies(const Asked& a, const std::map<std::string, Counts>& counts) {
    auto out = head(a);
    json::array rows;
    for (const auto& [id, n] : counts) {
        const auto whole = score(a.rules, n);
        auto row = view(a.organisation, id, a.now);
        put(row, whole.sum);
        json::array groups;
        for (const auto& g : whole.groups) {
            json::object group{{"code", g.group->code}};
            put(group, g.sum);
            json::array criteria;
            for (const auto& s : g.criteria)
                if (s.criterion->fact)
                    criteria.push_back({{"code", s.criterion->code},
                                        {"points", number(s.points)},
                                        {"numerator", s.numerator},
                                        {"denominator", s.denominator},
                                        {"lost", s.lost},
                                        {"unknown", s.unknown}});
            group["criteria"] = std::move(criteria);
            groups.push_back(std::move(group));
        }
        row["groups"] = std::move(groups);
        rows.push_back(std::move(row));
    }
    out["items"] = std::move(rows);
    return out;
}

json::object view(const Asked& a, const DossierQuery& q, const DossierLines& lines,
                  const std::map<std::string, Points>& gains) {
    auto out = head(a);
    out["agency"] = a.agency.empty() ? json::value() : json::value(view(a.organisation, a.agency.value, a.now));
    out["criterion"] = q.criterion;
    out["verdict"] = to_string(q.verdict);
    json::array items;
    for (const auto& line : lines.items) {
        const auto gain = gains.find(line.facts.agency.value);
        items.push_back({{"code", line.facts.code.value},
                         {"agency", view(a.organisation, line.facts.agency.value, a.now)},
                         {"procedure", line.facts.procedure.value},
                         {"received_at", or_null(line.facts.received_at)},
                         {"ended_at", or_null(line.facts.ended_at)},
                         {"outcome", view(line.fact, line.letter)},
                         {"reason", view(line.reason)},
                         {"mendable", line.mendable},
                         {"gain", line.mendable && gain != gains.end() ? number(gain->second) : json::value()}});
    }
    out["items"] = std::move(items);
    out["next"] = lines.next.empty() ? json::value() : json::value(lines.next);
    return out;
}

json::object view(const Asked& a, const Explanation& e, const IndexScore& of_agency) {
    auto out = head(a);
    out["code"] = e.facts.code.value;
    out["agency"] = view(a.organisation, e.facts.agency.value, a.now);
    out["procedure"] = e.facts.procedure.value;
    out["state"] = dossiers::to_string(e.facts.state);
    out["received_at"] = or_null(e.facts.received_at);
    out["ended_at"] = or_null(e.facts.ended_at);
    json::array criteria;
    for (const auto& c : e.criteria) {
        const auto* s = of_agency.criterion(c.criterion->code);
        criteria.push_back({{"criterion", c.criterion->code},
                            {"name", view(c.criterion->name)},
                            {"article", c.criterion->article},
                            {"verdict", c.verdict ? json::value(to_string(*c.verdict)) : json::value()},
                            {"outcome", view(*c.criterion->fact, c.letter)},
                            {"reason", view(c.reason)},
                            {"mendable", c.mendable},
                            {"mend", c.mendable ? json::value(view(c.criterion->mend)) : json::value()},
                            {"gain", c.mendable && s ? number(s->gain_of(1)) : json::value()}});
    }
    out["criteria"] = std::move(criteria);
    return out;
}

json::object view(const Asked& a, const std::vector<Difference>& differences) {
    auto out = head(a);
    out.erase("period"), out.erase("from"), out.erase("to"), out.erase("provisional"), out.erase("period_end");
    json::array items;
    for (const auto& d : differences) {
        const auto& p = d.published;
        items.push_back(
            {{"line", p.line},
             {"period", p.period.text},
             {"agency", p.agency.empty() ? json::value() : json::value(view(a.organisation, p.agency.value, a.now))},
             {"criterion", p.criterion},
             {"agrees", d.agrees},
             {"published", json::object{{"points", number(p.points)},
                                        {"numerator", or_null(p.numerator)},
                                        {"denominator", or_null(p.denominator)}}},
             {"ours", json::object{{"points", number(d.ours)},
                                   {"numerator", or_null(d.numerator)},
                                   {"denominator", or_null(d.denominator)},
                                   {"low", number(d.low)},
                                   {"high", number(d.high)}}},
             {"by", number(d.by)},
             {"because", view(d.because)}});
    }
    out["items"] = std::move(items);
    return out;
}

json::object view(const RuleBook& book) {
    json::array sets;
    for (const auto& set : book.sets) {
        json::array groups;
        for (const auto& g : set.groups) {
            json::array criteria;
            for (const auto& c : g.criteria) {
                json::object outcomes;
                for (const auto verdict : {Verdict::met, Verdict::lost, Verdict::not_applicable, Verdict::unknown}) {
                    json::array words;
                    for (const auto& [letter, v] : c.verdicts)
                        if (v == verdict) words.push_back(view(*c.fact, letter));
                    outcomes[to_string(verdict)] = std::move(words);
                }
                criteria.push_back({{"code", c.code},
                                    {"name", view(c.name)},
                                    {"article", c.article},
                                    {"max", number(c.max)},
                                    {"max_verified", c.max_verified},
                                    {"full_at", c.full_at},
                                    {"fact", c.fact ? json::value(row_of(*c.fact).word) : json::value()},
                                    {"no_source", c.fact ? json::value() : json::value(view(c.no_source))},
                                    {"outcomes", std::move(outcomes)},
                                    {"unknown_counts", to_string(c.unknown_counts)},
                                    {"factor", c.times.empty() ? json::value() : json::value(c.times)},
                                    {"unverified", view(c.unverified)}});
            }
            groups.push_back(
                {{"code", g.code}, {"name", view(g.name)}, {"max", number(g.max)}, {"criteria", std::move(criteria)}});
        }
        sets.push_back({{"id", set.id},
                        {"instrument", set.instrument},
                        {"from", to_iso(set.from)},
                        {"to", set.to ? json::value(to_iso(*set.to)) : json::value()},
                        {"file", set.file},
                        {"max", number(set.max())},
                        {"unverified", view(set.unverified)},
                        {"groups", std::move(groups)}});
    }
    return {{"hash", book.hash}, {"items", std::move(sets)}};
}

}  // namespace hl::index766
