// The dossiers behind a criterion's numbers, page by page.
#include "ioc/index766/follower.h"
#include "ioc/index766/index.h"

namespace hl::index766 {

namespace {

// The parameters: letters and their place for the last month, the same for the months before it (in which unfinished
// dossiers do not count), and for losses of another kind.
constexpr std::string_view rows_of_agency =
    "SELECT m.dossier, m.outcomes, d.facts FROM ioc_766_month m JOIN ioc_766_dossier d ON d.dossier = m.dossier WHERE "
    "m.agency = ? AND m.month >= ? AND m.month <= ? AND m.dossier > ? AND (CASE WHEN m.month = ? THEN ? ELSE ? END "
    "LIKE '%' || substr(m.outcomes, ?, 1) || '%' OR ? LIKE '%' || substr(m.outcomes, ?, 1) || '%') ORDER BY m.dossier "
    "LIMIT ?";
constexpr std::string_view rows_of_all =
    "SELECT m.dossier, m.outcomes, d.facts FROM ioc_766_month m JOIN ioc_766_dossier d ON d.dossier = m.dossier WHERE "
    "m.month >= ? AND m.month <= ? AND m.dossier > ? AND (CASE WHEN m.month = ? THEN ? ELSE ? END LIKE '%' || "
    "substr(m.outcomes, ?, 1) || '%' OR ? LIKE '%' || substr(m.outcomes, ?, 1) || '%') ORDER BY m.dossier LIMIT ?";
constexpr std::string_view open_of_agency =
    "SELECT dossier, CASE WHEN outlook <> 'w' THEN outlook WHEN late_from < ? THEN 'x' ELSE 'w' END, facts FROM "
    "ioc_766_dossier WHERE agency = ? AND ended_at IS NULL AND received_at IS NOT NULL AND received_at < ? AND seen <= "
    "? AND dossier > ? AND ? LIKE '%' || CASE WHEN outlook <> 'w' THEN outlook WHEN late_from < ? THEN 'x' ELSE 'w' "
    "END || '%' ORDER BY dossier LIMIT ?";
constexpr std::string_view open_of_all =
    "SELECT dossier, CASE WHEN outlook <> 'w' THEN outlook WHEN late_from < ? THEN 'x' ELSE 'w' END, facts FROM "
    "ioc_766_dossier WHERE ended_at IS NULL AND received_at IS NOT NULL AND received_at < ? AND seen <= ? AND dossier "
    "> ? AND ? LIKE '%' || CASE WHEN outlook <> 'w' THEN outlook WHEN late_from < ? THEN 'x' ELSE 'w' END || '%' ORDER "
    "BY dossier LIMIT ?";

struct Wanted {
    std::string last, before, unfinished, also;  // letters
    int64_t place = 0, also_place = 0;           // in a row's letters, from 1
};

Wanted wanted_by(const Criterion& c, const DossierQuery& q) {
    Wanted out;
    for (const auto& [letter, verdict] : c.verdicts) {
        if (verdict != q.verdict) continue;
        if (q.mendable && std::find(c.mendable.begin(), c.mendable.end(), letter) == c.mendable.end()) continue;
        out.last += letter;
        (is_unfinished(*c.fact, letter) ? out.unfinished : out.before) += letter;
    }
    out.place = static_cast<int64_t>(*c.fact) + 1;
    out.also_place = out.place;
    if (c.also_fact && q.verdict == Verdict::lost && !q.mendable) {
        out.also.assign(c.also_lost.begin(), c.also_lost.end());
        out.also_place = static_cast<int64_t>(*c.also_fact) + 1;
    }
    return out;
}

struct Found {
    std::string outcomes;  // of the row, or timing's letter alone
    bool open = false;
    std::string facts;
};

std::map<std::string, Found> find(store::Reader& reader, const DossierQuery& q, const Wanted& w, Instant end) {
    std::map<std::string, Found> out;
    const int64_t limit = q.limit + 1;
    const auto add = [&](const store::Row& r) { out[r.string(0)] = {r.string(1), false, r.string(2)}; };
    const auto add_open = [&](const store::Row& r) { out.emplace(r.string(0), Found{r.string(1), true, r.string(2)}); };
    const auto& p = q.period;
    if (q.agency.empty()) {
        reader.query(rows_of_all,
                     {p.from, p.to, q.cursor, p.to, w.last, w.before, w.place, w.also, w.also_place, limit}, add);
        if (!w.unfinished.empty())
            reader.query(open_of_all, {end, end, p.to, q.cursor, w.unfinished, end, limit}, add_open);
    } else {
        reader.query(rows_of_agency,
                     {q.agency, p.from, p.to, q.cursor, p.to, w.last, w.before, w.place, w.also, w.also_place, limit},
                     add);
        if (!w.unfinished.empty())
            reader.query(open_of_agency, {end, q.agency, end, p.to, q.cursor, w.unfinished, end, limit}, add_open);
    }
    return out;
}

}  // namespace

Result<DossierLines> dossiers_of(store::Reader& reader, const RuleSet& rules, const Lore& lore, const DossierQuery& q,
                                 Instant now) {
    const auto* c = rules.criterion(q.criterion);
    if (!c)
        return Error{ErrorKind::invalid, "index766.criterion",
                     fmt::format("Bộ chỉ số không có tiêu chí {}. Hãy chọn một mã như 2.1.", q.criterion),
                     fmt::format("The index has no criterion '{}'. Choose a code such as 2.1.", q.criterion),
                     "/criterion"};
    if (!c->fact)
        return Error{ErrorKind::conflict, "index766.no_source",
                     fmt::format("Tiêu chí {} chưa có nguồn dữ liệu. {}", c->code, c->no_source.vi),
                     fmt::format("The criterion {} has no source of data yet. {}", c->code, c->no_source.en),
                     "/criterion"};
    const auto wanted = wanted_by(*c, q);
    const Instant end = end_of(q.period, now).at;
    DossierLines out;
    for (auto& [id, found] : find(reader, q, wanted, end)) {
        if (std::ssize(out.items) == q.limit) {
            out.next = out.items.back().dossier;
            break;
        }
        DossierLine line;
        line.dossier = id;
        line.fact = *c->fact;
        TRY(const auto value, parse_json(found.facts));
        TRY(line.facts, facts_from_json(value));
        line.letter = found.open ? found.outcomes.front() : found.outcomes[static_cast<size_t>(wanted.place) - 1];
        const auto& letters = is_unfinished(line.fact, line.letter) ? wanted.last : wanted.before;
        if (letters.find(line.letter) == std::string::npos && c->also_fact) {
            line.fact = *c->also_fact;
            line.letter = found.outcomes[static_cast<size_t>(wanted.also_place) - 1];
        }
        line.mendable = line.fact == *c->fact &&
                        std::find(c->mendable.begin(), c->mendable.end(), line.letter) != c->mendable.end();
        line.reason = reason_of(line.facts, lore, line.fact, line.letter, end);
        out.items.push_back(std::move(line));
    }
    return out;
}

}  // namespace hl::index766
