#include "ioc/index766/index.h"

#include "dossiers/statistics.h"
#include "ioc/index766/follower.h"

namespace hl::index766 {

namespace {

constexpr std::string_view counts_of_one =
    "SELECT agency, month, fact, letter, n FROM ioc_766_count WHERE agency = ? AND month >= ? AND month <= ? AND n <> "
    "0";
constexpr std::string_view counts_of_each =
    "SELECT agency, month, fact, letter, n FROM ioc_766_count WHERE month >= ? AND month <= ? AND agency <> '' AND n "
    "<> 0";
// Unfinished dossiers whose rows end before the period does: nothing has happened to them since.
constexpr std::string_view open_of_one =
    "SELECT agency, CASE WHEN outlook <> 'w' THEN outlook WHEN late_from < ? THEN 'x' ELSE 'w' END, COUNT(*) FROM "
    "ioc_766_dossier WHERE agency = ? AND ended_at IS NULL AND received_at IS NOT NULL AND received_at < ? AND seen <= "
    "? GROUP BY 1, 2";
constexpr std::string_view open_of_each =
    "SELECT agency, CASE WHEN outlook <> 'w' THEN outlook WHEN late_from < ? THEN 'x' ELSE 'w' END, COUNT(*) FROM "
    "ioc_766_dossier WHERE ended_at IS NULL AND received_at IS NOT NULL AND received_at < ? AND seen <= ? GROUP BY 1, "
    "2";
constexpr std::string_view select_by_code = "SELECT facts FROM ioc_766_dossier WHERE code = ?";

std::map<std::string, Counts> gather(store::Reader& reader, const AgencyId* agency, const Period& period, Instant now) {
    std::map<std::string, Counts> out;
    const auto add = [&](const store::Row& r) {
        const auto fact = static_cast<Fact>(r.integer(2));
        const char letter = r.text(3).front();
        // Of a longer period only its last month's unfinished dossiers are unfinished.
        if (is_unfinished(fact, letter) && r.integer(1) != period.to) return;
        out[r.string(0)].seen[{fact, letter}] += r.integer(4);
    };
    const Instant end = end_of(period, now).at;
    const auto add_open = [&](const store::Row& r) {
        out[r.string(0)].seen[{Fact::timing, r.text(1).front()}] += r.integer(2);
        if (agency && agency->empty()) out[""].seen[{Fact::timing, r.text(1).front()}] += r.integer(2);
    };
    if (agency) {
        reader.query(counts_of_one, {*agency, period.from, period.to}, add);
        if (agency->empty())
            reader.query(open_of_each, {end, end, period.to}, add_open);
        else
            reader.query(open_of_one, {end, *agency, end, period.to}, add_open);
    } else {
        reader.query(counts_of_each, {period.from, period.to}, add);
        reader.query(open_of_each, {end, end, period.to}, add_open);
    }
    return out;
}

}  // namespace

Period month_period(int64_t month) {
    return {month, month, dossiers::month_text(month)};
}

Result<Period> period_from(std::string_view text) {
    const auto wrong = [] {
        return Error{ErrorKind::invalid, "query.period", "Kỳ phải có dạng 2026-11, 2026-Q4 hoặc 2026.",
                     "A period looks like 2026-11, 2026-Q4 or 2026.", "/period"};
    };
    const bool quarter = text.size() == 7 && text[5] == 'Q';
    if (text.size() == 4 || quarter) {
        const auto first = month_from(std::string{text.substr(0, 4)} + "-01");
        if (!first.ok() || (quarter && (text[4] != '-' || text[6] < '1' || text[6] > '4'))) return wrong();
        if (!quarter) return Period{*first, *first + 11, std::string{text}};
        const int64_t from = *first + 3 * (text[6] - '1');
        return Period{from, from + 2, std::string{text}};
    }
    const auto month = month_from(text);
    if (!month.ok()) return wrong();
    return month_period(*month);
}

PeriodEnd end_of(const Period& period, Instant now) {
    const Instant end = end_of_month(period.to);
    // What happened in this very millisecond has happened.
    return now < end ? PeriodEnd{now + std::chrono::milliseconds{1}, true} : PeriodEnd{end, false};
}

Counts counts_of(store::Reader& reader, const AgencyId& agency, const Period& period, Instant now) {
    return gather(reader, &agency, period, now)[agency.value];
}

std::map<std::string, Counts> counts_by_agency(store::Reader& reader, const Period& period, Instant now) {
    return gather(reader, nullptr, period, now);
}

Result<Facts> facts_of(store::Reader& reader, std::string_view code) {
    const auto text = reader.first(select_by_code, {code}, [](const store::Row& r) { return r.string(0); });
    if (!text)
        return Error{ErrorKind::not_found, "dossier.not_found", "Không có hồ sơ mang mã này trong Bộ chỉ số 766.",
                     "No dossier of this code is in the index 766."};
    TRY(const auto value, parse_json(*text));
    return facts_from_json(value);
}

Explanation explain(const Facts& facts, const RuleSet& rules, const Lore& lore, const Period& period, Instant now) {
    Explanation out;
    out.facts = facts;
    const Instant end = end_of(period, now).at;
    Outcomes seen = nothing_seen();
    for (const auto& [month, outcomes] : outcomes_by_month(facts, lore)) {
        if (month < period.from || month > period.to) continue;
        for (size_t i = 0; i < fact_count; ++i)
            if (outcomes[i] != no_outcome && (!is_unfinished(static_cast<Fact>(i), outcomes[i]) || month == period.to))
                seen[i] = outcomes[i];
    }
    if (!facts.ended_at && facts.received_at && facts.seen <= period.to)
        seen[static_cast<size_t>(Fact::timing)] = timing_at(facts, lore, end).letter;
    for (const auto& group : rules.groups)
        for (const auto& c : group.criteria) {
            if (!c.fact) continue;
            Explained e;
            e.criterion = &c;
            e.letter = seen[static_cast<size_t>(*c.fact)];
            const auto verdict = c.verdicts.find(e.letter);
            if (verdict == c.verdicts.end()) {
                e.reason = {"Không tính vào kỳ này.", "It does not count in this period.", {}};
            } else {
                e.verdict = verdict->second;
                e.reason = reason_of(facts, lore, *c.fact, e.letter, end);
                e.mendable = std::find(c.mendable.begin(), c.mendable.end(), e.letter) != c.mendable.end();
            }
            const char also = c.also_fact ? seen[static_cast<size_t>(*c.also_fact)] : no_outcome;
            if (std::find(c.also_lost.begin(), c.also_lost.end(), also) != c.also_lost.end()) {
                const auto more = reason_of(facts, lore, *c.also_fact, also, end);
                e.verdict = Verdict::lost;
                e.reason.vi += " " + more.vi;
                e.reason.en += " " + more.en;
            }
            out.criteria.push_back(std::move(e));
        }
    return out;
}

}  // namespace hl::index766
