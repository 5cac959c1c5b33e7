// From cells to sums: which level answers, what was known on a past day, and stocks as sums of everything before.
#include "ioc/indicators/figures_parts.h"

#include "dossiers/dossier.h"

namespace hl::ioc {

namespace {

constexpr std::string_view select_range =
    "SELECT period, agency, unit, procedure, sector, channel, states FROM ioc_cell WHERE level = ? AND period >= ? AND "
    "period <= ?";
constexpr std::string_view select_agency =
    "SELECT period, agency, unit, procedure, sector, channel, states FROM ioc_cell WHERE level = ? AND period = ? AND "
    "agency = ?";
constexpr std::string_view select_first = "SELECT MIN(period) FROM ioc_cell WHERE level = ?";
constexpr std::string_view select_before =
    "SELECT period, agency, unit, before FROM ioc_restated WHERE level = ? AND period >= ? AND period <= ? AND day > ? "
    "ORDER BY period, agency, unit, day";
constexpr std::string_view select_open =
    "SELECT agency, unit, procedure, sector, channel, state, due, dossier FROM ioc_dossier";

Error damaged() {
    return {ErrorKind::internal, "ioc.cells_damaged",
            "Ô số liệu không đọc được. Hãy chạy «hienluong follower rebuild ioc.indicators».",
            "A cell cannot be read. Run 'hienluong follower rebuild ioc.indicators'."};
}

using Values = std::array<std::string_view, dimensions>;  // of one row: they die with it

Values values_of(const store::Row& r, int first) {
    Values out;
    for (int i = 0; i < static_cast<int>(dimensions); ++i) out[static_cast<size_t>(i)] = r.text(first + i);
    return out;
}

bool matches(const Question& q, const Values& d) {
    const auto is = [](const std::string& wanted, std::string_view got) { return wanted.empty() || wanted == got; };
    if (q.where.agencies && std::none_of(q.where.agencies->begin(), q.where.agencies->end(),
                                         [&](const auto& a) { return a.value == d[0]; }))
        return false;
    return is(q.where.unit, d[1]) && is(q.where.procedure, d[2]) && is(q.where.sector, d[3]) &&
           is(q.where.channel, d[4]);
}

std::string key_of(const Question& q, const Values& d) {
    return q.by ? std::string{d[static_cast<size_t>(*q.by)]} : "";
}

DimensionSet needed(const Question& q) {
    DimensionSet out = q.by ? bit(*q.by) : 0;
    if (q.where.agencies) out |= bit(Dimension::agency);
    if (!q.where.unit.empty()) out |= bit(Dimension::unit);
    if (!q.where.procedure.empty()) out |= bit(Dimension::procedure);
    if (!q.where.sector.empty()) out |= bit(Dimension::sector);
    if (!q.where.channel.empty()) out |= bit(Dimension::channel);
    return out;
}

Grain fine_grain(Grain grain) {
    if (grain == Grain::hour) return Grain::hour;
    return grain <= Grain::week ? Grain::day : Grain::month;
}

}  // namespace

void Totals::add(const Cell& cell, const std::vector<int>& wanted, const Book& book) {
    parts.resize(wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i)
        for (const auto& s : cell.states) {
            if (s.part != wanted[i]) continue;
            if (parts[i])
                parts[i]->merge(s, book.parts()[static_cast<size_t>(s.part)].part.kind);
            else
                parts[i].emplace(s);
        }
}

Result<const Level*> level_for(const Question& q, Grain grain) {
    const auto want = needed(q);
    if ((want & ~q.indicator->by) != 0)
        return Error{ErrorKind::invalid, "ioc.dimension",
                     "Chỉ tiêu này không chia theo chiều đó. Xem các chiều ở định nghĩa chỉ tiêu.",
                     "The indicator is not kept by that dimension. Its definition lists those it has."};
    const bool stock = q.indicator->fold->measure == Measure::stock;
    const Level* best = nullptr;
    for (const auto& level : levels)
        if (level.grain == grain && (want & ~level.keeps) == 0 && (level.stocks || !stock) &&
            (!best || std::popcount(level.keeps) < std::popcount(best->keeps)))
            best = &level;
    if (!best)
        return Error{ErrorKind::invalid, "ioc.dimension",
                     "Theo giờ, và số tồn theo ngày, chỉ xem được toàn tỉnh và theo cơ quan; chi tiết hơn hãy hỏi theo "
                     "tháng hoặc ngày đang chạy.",
                     "By the hour, and of stocks by the day, there are the whole province and agencies only; for more "
                     "ask for months, or the running day."};
    if (q.known_on && !best->restates)
        return Error{ErrorKind::invalid, "ioc.as_known",
                     "Số như đã biết vào một ngày trước chỉ lưu theo tháng (cơ quan, toàn tỉnh) và theo ngày (toàn "
                     "tỉnh).",
                     "What was known on a past day is kept by month (agencies, province) and by day (province)."};
    return best;
}

int64_t number_at(const Level& level, Instant t) {
    return period_of(level.grain, t).number;
}

Result<void> each_cell(store::Reader& reader, const Book& book, const Question& q, const Level& level, int64_t from,
                       int64_t to, const EachCell& each) {
    // What each cell was at the end of the day asked for: the state before the first change after it.
    std::map<std::tuple<int64_t, std::string, std::string>, std::string> then;
    if (q.known_on)
        reader.query(select_before, {level.id, from, to, day_number(*q.known_on)}, [&](const store::Row& r) {
            then.try_emplace({r.integer(0), r.string(1), r.string(2)}, r.string(3));
        });
    // A level's rows also hold parts that are kept by fewer dimensions: they are another question's.
    const auto wanted = book.parts_of(*q.indicator);
    uint64_t parts = 0;
    for (const int n : wanted) parts |= uint64_t{1} << n;
    bool good = true;
    const auto take = [&](const store::Row& r) {
        const auto d = values_of(r, 1);
        if (!matches(q, d)) return;
        const auto old = then.empty() ? then.end() : then.find({r.integer(0), std::string{d[0]}, std::string{d[1]}});
        const auto cell = old == then.end() ? decode(r.text(6), book, parts) : decode(old->second, book, parts);
        good = good && cell;
        if (cell && !cell->states.empty()) each(r.integer(0), d, *cell);
    };
    // One agency's rows stand together in each period; the whole of a level is read in one go.
    const bool one_by_one = q.where.agencies && (level.keeps & bit(Dimension::procedure)) != 0 &&
                            (level.keeps & bit(Dimension::agency)) != 0 && q.where.agencies->size() <= 3;
    if (one_by_one) {
        // "From the beginning" is where the cells begin.
        const auto first =
            reader.first(select_first, {level.id}, [](const store::Row& r) { return r.optional_integer(0); });
        for (int64_t p = std::max(from, first.value_or(std::nullopt).value_or(to + 1)); p <= to; ++p)
            for (const auto& agency : *q.where.agencies) reader.query(select_agency, {level.id, p, agency}, take);
    } else {
        reader.query(select_range, {level.id, from, to}, take);
    }
    if (!good) return damaged();
    return Nothing{};
}

Result<std::map<Key, Totals>> sum_cells(store::Reader& reader, const Book& book, const Question& q, Period first,
                                        Period last) {
    TRY(const auto* level, level_for(q, fine_grain(first.grain)));
    const auto wanted = book.parts_of(*q.indicator);
    std::map<Key, Totals> out;
    TRY_VOID(each_cell(reader, book, q, *level, number_at(*level, first.begin()), number_at(*level, last.end()) - 1,
                       [&](int64_t number, const auto& d, const Cell& cell) {
                           const Period fine{level->grain, number};
                           const auto period =
                               level->grain == first.grain ? fine : period_of(first.grain, fine.first_day());
                           auto& totals = out[{period, key_of(q, d)}];
                           totals.add(cell, wanted, book);
                       }));
    return out;
}

Result<std::map<Key, Totals>> sum_stocks(store::Reader& reader, const Book& book, const Question& q, Period first,
                                         Period last) {
    const auto wanted = book.parts_of(*q.indicator);
    TRY(const auto* months, level_for(q, Grain::month));
    const bool by_day = first.grain <= Grain::week;
    const Period running = period_of(first.grain, q.now);
    const auto* days = months;
    // The running day needs no cells: whatever is open is looked at.
    const bool only_now = by_day && q.first == running && !q.known_on;
    if (by_day) {
        auto level = level_for(q, Grain::day);
        if (!level.ok() && !only_now) return std::move(level).error();
        days = level.ok() ? *level : nullptr;
    }
    // Everything that entered and left, by the number of the finest grain needed; what came before the first is one
    // sum.
    std::map<std::string, std::map<int64_t, Totals>> moves;
    const int64_t start = by_day ? day_number(period_of(Grain::month, first.begin()).first_day()) : 0;
    const auto into = [&](bool month) {
        return [&, month](int64_t number, const auto& d, const Cell& cell) {
            moves[key_of(q, d)][month && by_day ? start - 1 : number].add(cell, wanted, book);
        };
    };
    constexpr int64_t beginning = std::numeric_limits<int32_t>::min();
    const int64_t last_month = period_of(Grain::month, by_day ? first.begin() : last.end()).number - 1;
    if (days) TRY_VOID(each_cell(reader, book, q, *months, beginning, last_month, into(true)));
    if (by_day && days)
        TRY_VOID(each_cell(reader, book, q, *days, start, number_at(*days, last.end()) - 1, into(false)));

    std::map<Key, Totals> out;
    for (const auto& [key, by_number] : moves) {
        Totals so_far;
        so_far.parts.resize(wanted.size());
        auto it = by_number.begin();
        for (Period p = first; p <= last && p.begin() <= q.now; p = p.next()) {
            const int64_t until = period_of(by_day ? Grain::day : Grain::month, p.end()).number - 1;
            for (; it != by_number.end() && it->first <= until; ++it)
                for (size_t i = 0; i < wanted.size(); ++i)
                    if (i < it->second.parts.size() && it->second.parts[i]) {
                        if (so_far.parts[i])
                            so_far.parts[i]->number += it->second.parts[i]->number;
                        else
                            so_far.parts[i].emplace(*it->second.parts[i]);
                    }
            if (p.end() <= q.now) out[{p, key}] = so_far;
        }
    }
    // Of the running period the end is not known: it is told as of now, dossier by dossier.
    if (running < first || last < running || q.known_on) return out;
    const auto& stock = q.indicator->fold->parts.front().stock;
    reader.query(select_open, {}, [&](const store::Row& r) {
        const auto d = values_of(r, 0);
        if (!matches(q, d) || !stock.states.contains(static_cast<int>(r.integer(5)))) return;
        const auto due = r.optional_instant(6);
        if (stock.from_due && (!due || q.now < *due - std::chrono::hours{stock.lead_hours})) return;
        if (stock.until_due && q.now >= *due) return;
        auto& totals = out[{running, key_of(q, d)}];
        totals.parts.resize(1);
        if (!totals.parts[0]) totals.parts[0].emplace();
        ++totals.parts[0]->number;
    });
    return out;
}

std::vector<Behind> open_now(store::Reader& reader, const Book&, const Question& q, const std::string& after,
                             int64_t limit) {
    std::vector<Behind> out;
    const auto& stock = q.indicator->fold->parts.front().stock;
    reader.query(select_open, {}, [&](const store::Row& r) {
        const auto d = values_of(r, 0);
        if (!matches(q, d) || !stock.states.contains(static_cast<int>(r.integer(5)))) return;
        const auto due = r.optional_instant(6);
        if (stock.from_due && (!due || q.now < *due - std::chrono::hours{stock.lead_hours})) return;
        if (stock.until_due && q.now >= *due) return;
        if (const auto id = r.string(7); id > after)
            out.push_back({0, local_date(q.now), id, std::string{d[0]}, std::string{d[2]}, std::string{d[4]}});
    });
    std::sort(out.begin(), out.end(), [](const Behind& a, const Behind& b) { return a.dossier < b.dossier; });
    if (static_cast<int64_t>(out.size()) > limit) out.resize(static_cast<size_t>(limit));
    return out;
}

BehindPage behind(store::Reader& reader, const Book& book, const Question& q,
                  std::optional<std::pair<int64_t, int64_t>> after, int64_t limit) {
    constexpr std::string_view select_facts =
        "SELECT day, position, agency, unit, procedure, sector, channel, stream FROM ioc_fact WHERE (day, position) > "
        "(?, "
        "?) AND day <= ? AND (parts & ?) <> 0 ORDER BY day, position LIMIT ?";
    int64_t mask = 0;
    for (const int part : book.parts_of(*q.indicator)) mask |= int64_t{1} << part;
    const int64_t last = day_number(local_date(q.last.end() - std::chrono::milliseconds{1}));
    BehindPage page;
    auto from = after.value_or(std::pair{day_number(q.first.first_day()) - 1, std::numeric_limits<int64_t>::max()});
    constexpr int64_t at_once = 500;
    for (int64_t read = at_once; read == at_once && !page.next;) {
        read = 0;
        const auto [day, position] = from;
        reader.query(select_facts, {day, position, last, mask, at_once}, [&](const store::Row& r) {
            ++read;
            if (page.next) return;
            from = {r.integer(0), r.integer(1)};
            const auto d = values_of(r, 2);
            if (!matches(q, d)) return;
            page.items.push_back(
                {r.integer(1), r.date(0), r.string(7), std::string{d[0]}, std::string{d[2]}, std::string{d[4]}});
            if (static_cast<int64_t>(page.items.size()) == limit) page.next = from;
        });
    }
    return page;
}

}  // namespace hl::ioc
