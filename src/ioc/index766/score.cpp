#include "ioc/index766/score.h"

#include <algorithm>

namespace hl::index766 {

std::string_view to_string(Standing standing) {
    switch (standing) {
        case Standing::known:
            return "known";
        case Standing::partly:
            return "partly_unknown";
        case Standing::unknown:
            return "unknown";
        case Standing::empty:
            return "empty";
    }
    throw std::logic_error("a standing has no word");
}

Points points_for(const Criterion& c, int64_t numerator, int64_t denominator) {
    // A rate times another's counts is beyond 64 bits for a province.
    __extension__ using Wide = __int128;
    const Wide top = Wide{std::max<int64_t>(0, numerator)} * 100;
    const Wide bottom = Wide{denominator} * c.full_at;
    if (top >= bottom) return c.max;
    return static_cast<Points>((2 * c.max * top + bottom) / (2 * bottom));
}

Points Score::gain_of(int64_t n) const {
    if (!points || denominator == 0) return 0;
    return points_for(*criterion, (numerator + n) * factor_top, denominator * factor_bottom) - *points;
}

void Sum::add(const Score& s) {
    max += s.criterion->max;
    if (s.standing == Standing::empty) return;
    low += s.low;
    high += s.high;
    if (!s.points) return;
    points += *s.points;
    of += s.criterion->max;
}

void Sum::add(const Sum& o) {
    points += o.points, of += o.of, low += o.low, high += o.high, max += o.max;
}

const Score* IndexScore::criterion(std::string_view code) const {
    for (const auto& g : groups)
        for (const auto& s : g.criteria)
            if (s.criterion->code == code) return &s;
    return nullptr;
}

namespace {

Score count(const Criterion& c, const Counts& counts) {
    Score s;
    s.criterion = &c;
    if (!c.fact) return s;
    for (const auto& [letter, verdict] : c.verdicts) {
        const auto n = counts.of(*c.fact, letter);
        switch (verdict) {
            case Verdict::met:
                s.met += n;
                break;
            case Verdict::lost:
                s.lost += n;
                break;
            case Verdict::unknown:
                s.unknown += n;
                break;
            case Verdict::not_applicable:
                s.not_applicable += n;
                break;
        }
    }
    for (const char letter : c.mendable) s.mendable += counts.of(*c.fact, letter);
    if (c.also_fact)
        for (const char letter : c.also_lost) s.also_lost += counts.of(*c.also_fact, letter);
    return s;
}

void rate(Score& s) {
    const auto& c = *s.criterion;
    s.high = c.max;
    if (!c.fact) return;
    const int64_t judged = s.met + s.lost, all = judged + s.unknown;
    if (all == 0) {
        s.standing = Standing::empty;
        s.high = 0;
        return;
    }
    s.low = points_for(c, s.met - s.also_lost, all);
    s.high = points_for(c, s.met + s.unknown - s.also_lost, all);
    s.standing = s.unknown > 0 ? Standing::partly : Standing::known;
    s.denominator = c.unknown_counts == UnknownCounts::excluded ? judged : all;
    s.numerator =
        std::max<int64_t>(0, s.met + (c.unknown_counts == UnknownCounts::as_met ? s.unknown : 0) - s.also_lost);
    if (s.denominator == 0)
        s.standing = Standing::unknown;
    else
        s.points = points_for(c, s.numerator, s.denominator);
}

/// Some rates are multiplied by another: unknown, that one is taken for 1 and the worst case is nothing at all.
void multiply(Score& s, const Score* factor) {
    if (!s.points) return;
    if (!factor || !factor->points || factor->denominator == 0) {
        s.factor_assumed = true;
        s.low = 0;
        s.standing = Standing::partly;
        return;
    }
    s.factor_top = factor->numerator;
    s.factor_bottom = factor->denominator;
    const auto times = [&](int64_t numerator, int64_t denominator) {
        return points_for(*s.criterion, numerator * s.factor_top, denominator * s.factor_bottom);
    };
    s.points = times(s.numerator, s.denominator);
    const int64_t all = s.met + s.lost + s.unknown;
    s.low = times(s.met - s.also_lost, all);
    s.high = times(s.met + s.unknown - s.also_lost, all);
}

}  // namespace

IndexScore score(const RuleSet& rules, const Counts& counts) {
    IndexScore out;
    out.rules = &rules;
    for (const auto& group : rules.groups) {
        GroupScore g;
        g.group = &group;
        for (const auto& c : group.criteria) {
            g.criteria.push_back(count(c, counts));
            rate(g.criteria.back());
        }
        out.groups.push_back(std::move(g));
    }
    for (auto& g : out.groups)
        for (auto& s : g.criteria)
            if (!s.criterion->times.empty()) multiply(s, out.criterion(s.criterion->times));
    for (auto& g : out.groups) {
        for (const auto& s : g.criteria) g.sum.add(s);
        out.sum.add(g.sum);
    }
    return out;
}

}  // namespace hl::index766
