// Figures of values that were handed in: of the period itself, or from the shorter periods in it when all are there.
#include "ioc/indicators/figures_parts.h"
#include "ioc/indicators/supplied.h"

namespace hl::ioc {

namespace {

constexpr std::string_view select_values =
    "SELECT grain, period, kind, agency, unit, number, at FROM ioc_supplied WHERE indicator = ? AND newest = 1 AND at "
    "<= ?";
// What was the newest then: the highest key handed in by that moment.
constexpr std::string_view select_values_then =
    "SELECT grain, period, kind, agency, unit, number, at FROM ioc_supplied WHERE indicator = ? AND at <= ? ORDER BY "
    "key";

struct Value {
    ValueKind kind = ValueKind::performed;
    double number = 0;
    Instant at;
};
struct Held {
    std::map<Period, Value> values;  // the best of estimate, performed, official
    std::map<Period, Value> plans;
};

/// Of a period: its own value, else what its parts make.
struct Made {
    std::optional<Value> value;
    bool partial = false;
    Why why;
};
Made make(const Indicator& i, const Held& held, Period p, Instant now) {
    if (const auto own = held.values.find(p); own != held.values.end()) return {own->second, false, {}};
    const auto& s = *i.supplied;
    if (p.grain <= s.grain || s.aggregate == Aggregate::none)
        return {{}, false, {"Chưa có số của kỳ này.", "No value of this period was handed in."}};
    const Period first = period_of(s.grain, p.begin()), last = period_of(s.grain, p.end()).next(-1);
    Made out;
    double sum = 0;
    int64_t there = 0, ended = 0, missing = 0;
    for (Period part = first; part <= last; part = part.next()) {
        const bool over = part.end() <= now;
        ended += over;
        const auto v = held.values.find(part);
        if (v == held.values.end()) {
            missing += over;
            continue;
        }
        ++there;
        sum += v->second.number;
        if (!out.value) out.value = v->second;
        out.value->at = std::max(out.value->at, v->second.at);
        out.value->kind = std::min(out.value->kind, v->second.kind);
        if (s.aggregate == Aggregate::last) out.value->number = v->second.number;
    }
    out.partial = there < last.number - first.number + 1;
    if (there == 0)
        return {{}, false, {"Chưa có số của kỳ con nào.", "No value of any part of the period was handed in."}};
    if (s.aggregate == Aggregate::last) {
        if (p.end() <= now && !held.values.contains(last))
            return {{},
                    false,
                    {"Chưa có số của kỳ con cuối cùng.", "No value of the last part of the period was handed in."}};
        return out;
    }
    if (missing > 0)
        return {{},
                false,
                Why{fmt::format("Thiếu số của {} trong {} kỳ con đã qua.", missing, ended),
                    fmt::format("{} of {} parts of the period that are over were not handed in.", missing, ended)}};
    out.value->number = s.aggregate == Aggregate::average ? sum / static_cast<double>(there) : sum;
    return out;
}

}  // namespace

Result<std::vector<Figure>> supplied_figures(store::Reader& reader, const Question& q) {
    const auto& i = *q.indicator;
    DimensionSet needed = q.by ? bit(*q.by) : 0;
    if (!q.where.procedure.empty() || !q.where.sector.empty() || !q.where.channel.empty())
        needed |= bit(Dimension::sector);
    if (!q.where.unit.empty()) needed |= bit(Dimension::unit);
    if ((needed & ~i.by) != 0)
        return Error{ErrorKind::invalid, "ioc.dimension",
                     "Chỉ tiêu này không chia theo chiều đó. Xem các chiều ở định nghĩa chỉ tiêu.",
                     "The indicator is not kept by that dimension. Its definition lists those it has."};
    const bool of_agencies = q.by == Dimension::agency || (q.where.agencies && (i.by & bit(Dimension::agency)) != 0);
    const bool of_units = q.by == Dimension::unit || !q.where.unit.empty();
    std::map<std::string, Held> by_key;
    if (!q.by) by_key[""];
    const Instant until = q.known_on ? at_local(add_days(*q.known_on, 1), 0) : q.now;
    reader.query(q.known_on ? select_values_then : select_values, {i.code, until}, [&](const store::Row& r) {
        const AgencyId agency{r.string(3)};
        const auto unit = r.string(4);
        if (agency.empty() == of_agencies || unit.empty() == of_units) return;
        if (of_agencies && q.where.agencies &&
            std::find(q.where.agencies->begin(), q.where.agencies->end(), agency) == q.where.agencies->end())
            return;
        if (!q.where.unit.empty() && unit != q.where.unit) return;
        auto& held = by_key[q.by == Dimension::agency ? agency.value : q.by == Dimension::unit ? unit : ""];
        const Period p{static_cast<Grain>(r.integer(0)), r.integer(1)};
        const Value v{static_cast<ValueKind>(r.integer(2)), r.real(5), r.instant(6)};
        if (v.kind == ValueKind::plan) {
            held.plans[p] = v;
            return;
        }
        const auto [it, fresh] = held.values.try_emplace(p, v);
        if (!fresh && v.kind >= it->second.kind) it->second = v;
    });
    std::vector<Figure> out;
    for (Period p = q.first; p <= q.last; p = p.next())
        for (const auto& [key, held] : by_key) {
            Figure f;
            f.period = p;
            f.key = key;
            f.target = i.target;
            if (const auto plan = held.plans.find(p); plan != held.plans.end()) f.target = plan->second.number;
            const auto made = make(i, held, p, q.now);
            if (const auto last = make(i, held, p.next(-1), q.now); last.value)
                f.previous = rounded(last.value->number * i.scale, i.decimals);
            if (made.value) {
                f.value = rounded(made.value->number * i.scale, i.decimals);
                f.level = level_of(i, *f.value);
                f.as_of = made.value->at;
                f.kind = to_string(made.value->kind);
                const bool old = q.latest && i.fresh_hours && q.now - p.end() > std::chrono::hours{*i.fresh_hours};
                if (old) {
                    f.status = Status::stale;
                    f.why = {"Số mới nhất đã cũ hơn mức cho phép.", "The newest value is older than allowed."};
                } else if (made.value->kind == ValueKind::estimate) {
                    f.status = Status::provisional;
                    f.why = {"Số ước thực hiện.", "An estimate."};
                } else if (made.partial || p.end() > q.now) {
                    f.status = Status::provisional;
                    f.why = {"Kỳ chưa đủ.", "The period is not complete."};
                } else {
                    f.status = *f.value == 0 ? Status::zero : Status::known;
                }
                if (!q.small && i.suppress_below > 0 && *f.value > 0 &&
                    *f.value < static_cast<double>(i.suppress_below)) {
                    f.status = Status::suppressed;
                    f.value.reset();
                    f.level.clear();
                    f.why = few(i);
                }
            } else {
                f.why = made.why;
            }
            out.push_back(std::move(f));
        }
    return out;
}

}  // namespace hl::ioc
