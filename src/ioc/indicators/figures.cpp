#include "ioc/indicators/figures.h"

#include <cmath>

#include "ioc/indicators/figures_parts.h"
#include "store/ledger.h"

namespace hl::ioc {

namespace {

constexpr int64_t most_periods = 400;
constexpr std::string_view first_month = "SELECT MIN(period) FROM ioc_cell WHERE level = 6";
constexpr std::string_view agency_cells = "SELECT states FROM ioc_cell WHERE level = 4 AND agency = ?";
constexpr std::string_view select_cursor =
    "SELECT position, problem, version FROM follower_cursor WHERE name = 'ioc.indicators'";
constexpr std::string_view select_restated =
    "SELECT period, agency, unit, day, first_position, last_position, facts, parts, before FROM ioc_restated WHERE "
    "level = ? ORDER BY period DESC, agency, unit, day";
constexpr std::string_view select_cell =
    "SELECT states FROM ioc_cell WHERE level = ? AND period = ? AND agency = ? AND unit = ? AND procedure = '' AND "
    "sector = '' AND channel = ''";

Result<void> check(const Question& q) {
    if (!q.indicator->has(q.first.grain))
        return Error{ErrorKind::invalid, "ioc.grain", "Chỉ tiêu này không có kỳ đó. Xem các kỳ ở định nghĩa chỉ tiêu.",
                     "The indicator has no such grain. Its definition lists those it has.", "grain"};
    if (q.first.grain != q.last.grain || q.last < q.first || q.last.number - q.first.number >= most_periods)
        return Error{ErrorKind::invalid, "ioc.too_many_periods",
                     fmt::format("Hỏi từ 1 đến {} kỳ cùng loại, kỳ đầu không sau kỳ cuối.", most_periods),
                     fmt::format("Ask for 1 to {} periods of one grain, the first not after the last.", most_periods)};
    return Nothing{};
}

/// What the cells cover.
struct Cover {
    std::optional<int64_t> position;
    std::optional<Period> since;  // the first month with any event
    bool stale = false;
    bool agency_silent = false;  // no event of the only agency asked for, ever
};
/// Does the ledger tell of this agency's dossiers? Directives come from above and say nothing of them; every directive
/// is in the ledger, so that an agency without one has none.
bool heard_of(store::Reader& reader, const Book& book, const Indicator& i, const AgencyId& agency) {
    if (i.counts_directives()) return true;
    uint64_t dossiers = 0;
    for (size_t n = 0; n < book.parts().size(); ++n)
        if (!book.parts()[n].part.of_directives()) dossiers |= uint64_t{1} << n;
    bool found = false;
    reader.query(agency_cells, {agency}, [&](const store::Row& r) {
        if (found) return;
        const auto cell = decode(r.text(0), book, dossiers);
        found = cell && !cell->states.empty();
    });
    return found;
}
Cover cover_of(store::Reader& reader, const Book& book, const Question& q) {
    Cover out;
    const auto cursor = reader.first(select_cursor, {}, [](const store::Row& r) {
        return std::tuple{r.integer(0), r.string(1), r.integer(2)};
    });
    if (!cursor || std::get<2>(*cursor) != book.version()) return out;
    out.position = std::get<0>(*cursor);
    const auto unread = store::read_events(reader, *out.position, 1);
    const auto limit = std::chrono::hours{q.indicator->fresh_hours.value_or(24)};
    out.stale = !std::get<1>(*cursor).empty() || (!unread.empty() && q.now - unread.front().at > limit);
    const auto since = reader.first(first_month, {}, [](const store::Row& r) { return r.optional_integer(0); });
    if (since && *since) out.since = Period{Grain::month, **since};
    if (q.where.agencies && q.where.agencies->size() == 1)
        out.agency_silent = !heard_of(reader, book, *q.indicator, q.where.agencies->front());
    return out;
}

Figure folded_figure(const Question& q, const Cover& cover, Period period, const std::string& key,
                     const Totals* totals) {
    const auto& i = *q.indicator;
    Figure f;
    f.period = period;
    f.key = key;
    f.target = i.target;
    const auto unknown = [&](Why why) {
        f.status = Status::unknown;
        f.why = std::move(why);
        return f;
    };
    if (!cover.position)
        return unknown(
            {"Số liệu đang được tính lại từ sổ cái.", "The figures are being computed anew from the ledger."});
    if (period.begin() > q.now) return unknown({"Kỳ này chưa đến.", "The period has not come yet."});
    if (!cover.since || period.end() <= cover.since->begin())
        return unknown({"Sổ cái chưa có sự kiện nào của kỳ này.", "The ledger has no event of this period."});
    if (i.to && period.first_day() >= *i.to)
        return unknown({"Chỉ tiêu đã hết hiệu lực.", "The indicator was no longer in force."});
    if (local_date(period.end() - std::chrono::milliseconds{1}) < i.from && i.fold->measure != Measure::stock)
        return unknown(
            {"Chỉ tiêu chưa có hiệu lực trong kỳ này.", "The indicator was not in force yet in this period."});
    if (cover.agency_silent)
        return unknown({"Sổ cái chưa có sự kiện nào của cơ quan này.", "The ledger has no event of this agency."});
    if (q.known_on && at_local(add_days(*q.known_on, 1), 0) < period.end())
        return unknown({"Vào ngày ấy kỳ này chưa hết; hãy tính lại từ sổ cái.",
                        "On that day the period had not ended; have it computed anew from the ledger."});
    static const Totals nothing;
    f.value = value_of(i, totals ? *totals : nothing, &f);
    if (!f.value)
        return unknown(i.fold->measure == Measure::ratio
                           ? Why{"Mẫu số bằng 0.", "The denominator is zero."}
                           : Why{"Không có trường hợp nào trong kỳ.", "There was no case in the period."});
    const int64_t cases = f.denominator                       ? *f.denominator
                          : i.fold->measure == Measure::count ? f.numerator.value_or(0)
                                                              : 0;
    if (!q.small && cases > 0 && cases < i.suppress_below) {
        f.value.reset(), f.numerator.reset(), f.denominator.reset();
        f.status = Status::suppressed;
        f.why = few(i);
        return f;
    }
    f.level = level_of(i, *f.value);
    f.as_of = std::min(q.now, period.end());
    if (cover.stale) {
        f.status = Status::stale;
        f.why = {"Bộ đọc sổ cái chậm quá mức cho phép.", "The reader of the ledger is later than allowed."};
    } else if (period.end() > q.now) {
        f.status = Status::provisional;
        f.why = {"Kỳ đang chạy.", "The period is running."};
    } else {
        f.status = *f.value == 0 ? Status::zero : Status::known;
    }
    return f;
}

}  // namespace

Why few(const Indicator& i) {
    return {fmt::format("Ít hơn {} trường hợp.", i.suppress_below),
            fmt::format("Fewer than {} cases.", i.suppress_below)};
}

std::string_view to_string(Status s) {
    switch (s) {
        case Status::known:
            return "known";
        case Status::zero:
            return "zero";
        case Status::unknown:
            return "unknown";
        case Status::provisional:
            return "provisional";
        case Status::stale:
            return "stale";
        case Status::suppressed:
            return "suppressed";
    }
    throw std::logic_error("a status has no word");
}

double rounded(double v, int decimals) {
    const double power = std::pow(10, decimals);
    const double out = std::round(v * power) / power;
    return out == 0 ? 0 : out;
}

std::string_view level_of(const Indicator& i, double v) {
    if (!i.warning && !i.critical) return "";
    const auto beyond = [&](const std::optional<double>& limit) {
        return limit && (i.direction == Direction::down ? v >= *limit : v < *limit);
    };
    return beyond(i.critical) ? "critical" : beyond(i.warning) ? "warning" : "good";
}

std::optional<double> value_of(const Indicator& i, const Totals& t, Figure* into) {
    const auto out = [&](double v) { return rounded(v * i.scale, i.decimals); };
    switch (i.fold->measure) {
        case Measure::count:
        case Measure::sum:
        case Measure::stock:
            if (into) into->numerator = t.number(0);
            return out(static_cast<double>(t.number(0)));
        case Measure::ratio:
            if (into) into->numerator = t.number(0), into->denominator = t.number(1);
            if (t.number(1) == 0) return std::nullopt;
            return out(static_cast<double>(t.number(0)) / static_cast<double>(t.number(1)));
        case Measure::min:
        case Measure::max:
            if (t.parts.empty() || !t.parts[0]) return std::nullopt;
            return out(static_cast<double>(t.number(0)));
        case Measure::quantile: {
            if (t.parts.empty() || !t.parts[0] || !t.parts[0]->digest) return std::nullopt;
            const auto& digest = *t.parts[0]->digest;
            if (into) into->denominator = static_cast<int64_t>(digest.count());
            const auto v = digest.quantile(i.fold->quantile);
            return v ? std::optional{out(*v)} : std::nullopt;
        }
        case Measure::distinct:
            if (t.parts.empty() || !t.parts[0] || !t.parts[0]->distinct) return 0;
            return out(std::round(t.parts[0]->distinct->estimate()));
    }
    return std::nullopt;
}

std::string_view trend(const Indicator& i, const Figure& f) {
    if (!f.value || !f.previous || i.direction == Direction::neutral) return "";
    if (*f.value == *f.previous) return "same";
    return (*f.value > *f.previous) == (i.direction == Direction::up) ? "better" : "worse";
}

Result<Figures> figures(store::Reader& reader, const Book& book, const Question& q) {
    TRY_VOID(check(q));
    Figures out;
    if (!q.indicator->fold) {
        TRY(out.items, supplied_figures(reader, q));
        return out;
    }
    const auto cover = cover_of(reader, book, q);
    out.position = cover.position;
    const Period before = q.first.next(-1);  // for the trend of the first one
    std::map<Key, Totals> sums;
    if (cover.position) {
        const bool stock = q.indicator->fold->measure == Measure::stock;
        TRY(sums, stock ? sum_stocks(reader, book, q, before, q.last) : sum_cells(reader, book, q, before, q.last));
    }
    std::set<std::string> keys;
    if (!q.by) keys.insert("");
    for (const auto& [key, totals] : sums) keys.insert(key.second);
    for (Period p = q.first; p <= q.last; p = p.next())
        for (const auto& key : keys) {
            const auto it = sums.find({p, key});
            auto f = folded_figure(q, cover, p, key, it == sums.end() ? nullptr : &it->second);
            const auto old = sums.find({p.next(-1), key});
            const auto last = folded_figure(q, cover, p.next(-1), key, old == sums.end() ? nullptr : &old->second);
            f.previous = last.value;
            out.items.push_back(std::move(f));
        }
    return out;
}

Result<std::vector<Restatement>> restatements(store::Reader& reader, const Book& book, const Indicator& indicator,
                                              const std::optional<std::vector<AgencyId>>& agencies, Grain grain,
                                              int64_t limit) {
    std::vector<Restatement> out;
    if (!indicator.fold) return out;
    const auto wanted = book.parts_of(indicator);
    int64_t mask = 0;
    for (const int part : wanted) mask |= int64_t{1} << part;
    const int level = agencies ? 4 : grain == Grain::day ? 5 : 6;
    const auto value = [&](std::string_view bytes) -> std::optional<double> {
        const auto cell = decode(bytes, book);
        if (!cell) return std::nullopt;
        Totals t;
        t.add(*cell, wanted, book);
        return value_of(indicator, t);
    };
    // What it became is what it was before the next day's change, or what it is now.
    struct Open {
        std::string key;
        size_t index;
    };
    std::optional<Open> last;
    struct Where2 {
        int64_t period;
        std::string agency, unit;
    };
    std::vector<std::pair<size_t, Where2>> newest;
    reader.query(select_restated, {level}, [&](const store::Row& r) {
        const AgencyId agency{r.string(1)};
        if (agencies && std::find(agencies->begin(), agencies->end(), agency) == agencies->end()) return;
        const auto key = fmt::format("{}|{}|{}", r.integer(0), agency.value, r.text(2));
        const auto before = value(r.text(8));
        if (last && last->key == key) {
            out[last->index].after = before;
            std::erase_if(newest, [&](const auto& n) { return n.first == last->index; });
            last.reset();
        }
        if ((r.integer(7) & mask) == 0 || static_cast<int64_t>(out.size()) >= limit) return;
        out.push_back({{level == 5 ? Grain::day : Grain::month, r.integer(0)},
                       agency,
                       r.date(3),
                       r.integer(4),
                       r.integer(5),
                       r.integer(6),
                       before,
                       {}});
        last = Open{key, out.size() - 1};
        newest.push_back({out.size() - 1, {r.integer(0), agency.value, r.string(2)}});
    });
    for (const auto& [index, where] : newest) {
        const auto now = reader.first(select_cell, {level, where.period, where.agency, where.unit},
                                      [](const store::Row& r) { return r.string(0); });
        if (now) out[index].after = value(*now);
    }
    return out;
}

}  // namespace hl::ioc
