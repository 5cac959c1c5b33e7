// Where a fact lands: the levels' cells, the stocks, what it restates; and writing it all down once a batch.
#include "dossiers/dossier.h"
#include "ioc/indicators/directive_events.h"
#include "ioc/indicators/roll.h"

namespace hl::ioc {

namespace {

constexpr int64_t hour_ms = 3'600'000;
constexpr int64_t never = std::numeric_limits<int64_t>::max();
constexpr int64_t always = std::numeric_limits<int64_t>::min();

constexpr std::string_view put_known[] = {
    "INSERT INTO ioc_dossier (dossier, agency, unit, procedure, sector, channel, state, due, received_at, supplements, "
    "digitised) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dossier) DO UPDATE SET agency = excluded.agency, "
    "unit = excluded.unit, state = excluded.state, due = excluded.due, received_at = excluded.received_at, supplements "
    "= "
    "excluded.supplements, digitised = excluded.digitised",
    "INSERT INTO ioc_check_dossier (dossier, agency, unit, procedure, sector, channel, state, due, received_at, "
    "supplements, digitised) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dossier) DO UPDATE SET agency = "
    "excluded.agency, unit = excluded.unit, state = excluded.state, due = excluded.due, received_at = "
    "excluded.received_at, supplements = "
    "excluded.supplements, digitised = excluded.digitised"};
constexpr std::string_view drop_known[] = {"DELETE FROM ioc_dossier WHERE dossier = ?",
                                           "DELETE FROM ioc_check_dossier WHERE dossier = ?"};
constexpr std::string_view put_fact[] = {
    "INSERT INTO ioc_fact (day, position, agency, unit, procedure, sector, channel, stream, parts) VALUES (?, ?, ?, ?, "
    "?, ?, ?, ?, ?)",
    "INSERT INTO ioc_check_fact (day, position, agency, unit, procedure, sector, channel, stream, parts) VALUES (?, ?, "
    "?, ?, ?, ?, ?, ?, ?)"};
constexpr std::string_view select_restated[] = {
    "SELECT first_position, last_position, facts, parts, before FROM ioc_restated WHERE level = ? AND period = ? AND "
    "agency = ? AND unit = ? AND day = ?",
    "SELECT first_position, last_position, facts, parts, before FROM ioc_check_restated WHERE level = ? AND period = ? "
    "AND agency = ? AND unit = ? AND day = ?"};
constexpr std::string_view put_restated[] = {
    "INSERT INTO ioc_restated (level, period, agency, unit, day, first_position, last_position, facts, parts, before) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (level, period, agency, unit, day) DO UPDATE SET last_position "
    "= excluded.last_position, facts = excluded.facts, parts = excluded.parts",
    "INSERT INTO ioc_check_restated (level, period, agency, unit, day, first_position, last_position, facts, parts, "
    "before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (level, period, agency, unit, day) DO UPDATE SET "
    "last_position = excluded.last_position, facts = excluded.facts, parts = excluded.parts"};
constexpr std::string_view empty_tables[][4] = {
    {"DELETE FROM ioc_cell", "DELETE FROM ioc_dossier", "DELETE FROM ioc_fact", "DELETE FROM ioc_restated"},
    {"DELETE FROM ioc_check_cell", "DELETE FROM ioc_check_dossier", "DELETE FROM ioc_check_fact",
     "DELETE FROM ioc_check_restated"}};
constexpr std::string_view drop_mark[] = {"DELETE FROM ioc_mark WHERE name = 'high'",
                                          "DELETE FROM ioc_mark WHERE name = 'check.high'"};

/// When a dossier in this state counts towards a stock, as far as is known now: [from, to).
struct Span {
    int64_t from, to;
    bool operator==(const Span&) const = default;
    [[nodiscard]] bool none() const { return from >= to; }
};
Span span_of(const Stock& stock, int state, const std::optional<int64_t>& due) {
    if (!stock.states.contains(state)) return {0, 0};
    if (!stock.from_due) return {always, never};
    if (!due) return {0, 0};
    return {*due - stock.lead_hours * hour_ms, stock.until_due ? *due : never};
}

}  // namespace

void Roll::empty(store::Transaction& tx, Side side) {
    for (const auto sql : empty_tables[static_cast<int>(side)]) tx.execute(sql);
    tx.execute(drop_mark[static_cast<int>(side)]);
}

std::vector<std::string> Roll::changed_agencies() const {
    std::vector<std::string> out;
    for (const auto id : agencies_) out.push_back(names_->text(id));
    return out;
}

Roll::Place Roll::place_of(int64_t at) {
    auto& d = days_[static_cast<size_t>(at / (24 * hour_ms)) % days_.size()];
    if (at < d.begin || at >= d.end) {
        const Date date = local_date(from_ms(at));
        d = {to_ms(at_local(date, 0)), to_ms(at_local(add_days(date, 1), 0)), day_number(date),
             period_of(Grain::month, date).number};
    }
    return {d.day, d.month, d.day * 24 + (at - d.begin) / hour_ms};
}

/// A stock is the sum of what entered and left until then. What is known to happen later (the promised day passes) is
/// entered on that day already, and taken back when something happens before it.
Result<void> Roll::move_stocks(store::Transaction& tx, const Known& before, const Known& after, int64_t at,
                               int64_t position) {
    for (const int n : stocks_) {
        const auto& placed = book_->parts()[static_cast<size_t>(n)];
        const Span old = span_of(placed.part.stock, before.state, before.due);
        const Span now = span_of(placed.part.stock, after.state, after.due);
        const bool same_place = keep(before.dims, placed.by) == keep(after.dims, placed.by);
        if (old == now && same_place) continue;
        if (!old.none() && old.to > at) {
            TRY_VOID(add(tx, n, before.dims, std::max(old.from, at), -1, {}, position));
            if (old.to != never) TRY_VOID(add(tx, n, before.dims, old.to, +1, {}, position));
        }
        if (!now.none() && now.to > at) {
            TRY_VOID(add(tx, n, after.dims, std::max(now.from, at), +1, {}, position));
            if (now.to != never) TRY_VOID(add(tx, n, after.dims, now.to, -1, {}, position));
        }
    }
    return Nothing{};
}

Result<void> Roll::add(store::Transaction& tx, int part, const Dims& dims, int64_t at, int64_t value,
                       std::string_view text, int64_t position) {
    const auto& placed = book_->parts()[static_cast<size_t>(part)];
    const Place high = place_of(high_);
    const Place where = place_of(at);
    const Date day = from_day_number(where.day);
    // Stocks count from the beginning, or the ones carried over would be missing.
    if (placed.part.kind != PartKind::stock && (day < placed.from || (placed.to && day >= *placed.to)))
        return Nothing{};
    agencies_.insert(dims[0]);
    const bool same = landed_.good && landed_.dims == dims && landed_.by == placed.by && landed_.day == where.day &&
                      landed_.hour == where.hour;
    if (!same) landed_ = {dims, placed.by, where.day, where.hour, true, {}, {}};
    const bool stock = placed.part.kind == PartKind::stock;
    for (size_t n = 0; n < std::size(levels); ++n) {
        const auto& level = levels[n];
        if ((level.grain == Grain::hour && !placed.hourly) || (stock && !level.stocks)) continue;
        const auto number = [&](const Place& p) {
            return level.grain == Grain::hour ? p.hour : level.grain == Grain::day ? p.day : p.month;
        };
        const int64_t period = number(where);
        auto*& cell = landed_.cells[n];
        auto& key = landed_.keys[n];
        if (!cell) {
            key = keep(dims, level.keeps & placed.by);
            auto found = cells_->at(tx, level.id, period, key);
            if (!found.ok()) {
                landed_ = {};
                return std::move(found).error();
            }
            cell = *found;
        }
        if (level.restates && period < number(high)) TRY_VOID(restate(tx, level, period, key, *cell, part, position));
        cell->add(part, placed.part.kind, value, text);
        cells_->touched(*cell, level.id, period, key);
    }
    return Nothing{};
}

Result<void> Roll::restate(store::Transaction& tx, const Level& level, int64_t period, const Dims& dims,
                           const Cell& before, int part, int64_t position) {
    const int64_t day = place_of(high_).day;
    const auto [it, fresh] = restated_.try_emplace({level.id, period, dims, day});
    auto& row = it->second;
    if (fresh) {
        const auto stored =
            tx.first(select_restated[static_cast<int>(side_)],
                     {level.id, period, names_->text(dims[0]), names_->text(dims[1]), day}, [](const store::Row& r) {
                         return Restated{r.integer(0), r.integer(1), r.integer(2), r.integer(3), r.string(4), false};
                     });
        row = stored ? *stored : Restated{position, position, 0, 0, encode(before), false};
    }
    row.last = position;
    ++row.facts;
    row.parts |= int64_t{1} << part;
    row.dirty = true;
    return Nothing{};
}

void Roll::write(store::Transaction& tx) {
    const auto side = static_cast<size_t>(side_);
    const auto text = [&](const Dims& d, size_t i) -> const std::string& { return names_->text(d[i]); };
    // In the order of the table's key, so that neighbours land on one page.
    std::sort(touched_.begin(), touched_.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    for (auto* node : touched_) {
        const auto& id = node->first;
        auto& k = *node->second;
        const bool open = k.state >= directive_states
                              ? directive::is_open(static_cast<directive::State>(k.state - directive_states))
                              : dossiers::is_open(static_cast<dossiers::State>(k.state));
        if (open) {
            const auto& d = k.dims;
            tx.post(put_known[side], {id, text(d, 0), text(d, 1), text(d, 2), text(d, 3), text(d, 4), k.state, k.due,
                                      k.received_at, k.supplements, k.digitised});
            k.stored = true;
            k.changed = false;
            continue;
        }
        if (k.stored) tx.post(drop_known[side], {id});
        if (known_all_)
            known_.erase(known_.find(id));
        else
            node->second.reset();
    }
    touched_.clear();
    for (const auto& f : facts_)
        tx.post(put_fact[side], {f.day, f.position, text(f.dims, 0), text(f.dims, 1), text(f.dims, 2), text(f.dims, 3),
                                 text(f.dims, 4), f.stream, f.parts});
    facts_.clear();
    for (auto& [key, row] : restated_) {
        if (!row.dirty) continue;
        const auto& [level, period, dims, day] = key;
        tx.post(put_restated[side], {level, period, text(dims, 0), text(dims, 1), day, row.first, row.last, row.facts,
                                     row.parts, store::Blob{row.before}});
        row.dirty = false;
    }
    cells_->write(tx);
    landed_ = {};
}

}  // namespace hl::ioc
