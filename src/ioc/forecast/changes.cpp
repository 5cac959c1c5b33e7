#include "ioc/forecast/changes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hl::forecast {

namespace {

constexpr size_t fewest_periods = 6;
constexpr double fewest_expected = 5;
constexpr int64_t fewest_denominator = 20;

double d(int64_t v) {
    return static_cast<double>(v);
}

/// How much wider the past scattered than chance alone would: never less than one.
double scatter(std::vector<double> z) {
    for (auto& v : z) v = std::abs(v);
    std::sort(z.begin(), z.end());
    const size_t n = z.size();
    const double median = n % 2 == 1 ? z[n / 2] : (z[n / 2 - 1] + z[n / 2]) / 2;
    double squares = 0;
    for (const double v : z) squares += v * v;
    // The median alone would call a series quiet that was wild in a third of its periods.
    return std::max({1.0, 1.4826 * median, std::sqrt(squares / d(static_cast<int64_t>(n))) * 0.8});
}

/// Two-sided, with as many degrees of freedom as periods before less one.
double chance(double z, size_t periods) {
    const double df = d(static_cast<int64_t>(periods)) - 1;
    const double normal = std::abs(z) * (1 - 1 / (4 * df)) / std::sqrt(1 + z * z / (2 * df));
    return std::erfc(normal / std::sqrt(2.0));
}

/// Rounds so that the sum of the rounded is the rounded sum: what is over goes to the largest remainders.
void round_to_sum(std::vector<double*> values, double total, double unit) {
    std::vector<std::pair<double, double*>> rest;
    int64_t sum = 0;
    for (auto* v : values) {
        const double whole = std::floor(*v / unit + 1e-9);
        rest.emplace_back(*v / unit - whole, v);
        sum += static_cast<int64_t>(whole);
        *v = whole;
    }
    int64_t missing = std::llround(total / unit) - sum;
    std::stable_sort(rest.begin(), rest.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (size_t i = 0; missing > 0 && !rest.empty(); i = (i + 1) % rest.size(), --missing) *rest[i].second += 1;
    for (size_t i = rest.size(); missing < 0 && !rest.empty(); ++missing) {
        i = i == 0 ? rest.size() - 1 : i - 1;
        *rest[i].second -= 1;
    }
    const double per = std::round(1 / unit);
    for (auto* v : values) *v = *v == 0 ? 0 : *v / per;
}

double rounded(double v, double unit) {
    const double per = std::round(1 / unit);
    const double out = std::round(v * per) / per;
    return out == 0 ? 0 : out;
}

/// The largest first; the rest together. Keys that must not be told alone are empty already.
void gather(std::vector<Mover>& movers, size_t most) {
    std::stable_sort(movers.begin(), movers.end(), [](const Mover& a, const Mover& b) {
        return std::pair{a.key.empty(), -std::abs(a.contribution)} <
               std::pair{b.key.empty(), -std::abs(b.contribution)};
    });
    if (movers.size() <= most) return;
    size_t keep = most;
    while (keep > 0 && movers[keep - 1].key.empty()) --keep;
    Mover others;
    for (size_t i = keep; i < movers.size(); ++i) {
        const auto& m = movers[i];
        others.others += std::max(m.others, 1);
        others.before.numerator += m.before.numerator;
        others.before.denominator += m.before.denominator;
        others.now.numerator += m.now.numerator;
        others.now.denominator += m.now.denominator;
        others.expected += m.expected;
        others.value += m.value;
        others.contribution += m.contribution;
        others.rate += m.rate;
        others.mix += m.mix;
    }
    movers.resize(keep);
    movers.push_back(std::move(others));
}

/// Against chance: squares of standard errors, less their number, in standard deviations of that sum.
double beyond_chance(double squares, size_t n) {
    return n == 0 ? 0 : (squares - d(static_cast<int64_t>(n))) / std::sqrt(2 * d(static_cast<int64_t>(n)));
}

}  // namespace

std::optional<Test> test_count(const std::vector<Amount>& before, const Amount& now) {
    int64_t sum = 0, days = 0;
    for (const auto& a : before) sum += a.numerator, days += a.days;
    if (before.size() < fewest_periods || days == 0 || now.days == 0) return std::nullopt;
    const double rate = d(sum) / d(days);
    Test out;
    out.value = d(now.numerator);
    out.expected = rate * now.days;
    if (out.expected < fewest_expected) return std::nullopt;
    std::vector<double> past;
    for (const auto& a : before) {
        const double e = std::max(rate * a.days, 1.0);
        past.push_back((d(a.numerator) - e) / std::sqrt(e));
    }
    const double spread = std::sqrt(out.expected + out.expected * out.expected / std::max(d(sum), 1.0));
    out.z = (out.value - out.expected) / (spread * scatter(std::move(past)));
    out.p = chance(out.z, before.size());
    return out;
}

std::optional<Test> test_ratio(const std::vector<Amount>& before, const Amount& now) {
    int64_t n = 0, of = 0;
    for (const auto& a : before) n += a.numerator, of += a.denominator;
    if (before.size() < fewest_periods || of < fewest_denominator * 3 || now.denominator < fewest_denominator)
        return std::nullopt;
    Test out;
    out.value = d(now.numerator) / d(now.denominator);
    out.expected = d(n) / d(of);
    // One case more on either side, so that a share of exactly none or all has a scatter, too.
    const double smooth = (d(n) + 1) / (d(of) + 2), one = smooth * std::max(1 - smooth, 1e-6);
    if (smooth <= 0 || smooth > 1) return std::nullopt;  // a mean and no share: its scatter is not told by two sums
    std::vector<double> past;
    for (const auto& a : before)
        if (a.denominator > 0)
            past.push_back((d(a.numerator) / d(a.denominator) - out.expected) / std::sqrt(one / d(a.denominator)));
    if (past.size() < fewest_periods) return std::nullopt;
    const double spread = std::sqrt(one / d(now.denominator) + one / d(of));
    out.z = (out.value - out.expected) / (spread * scatter(std::move(past)));
    out.p = chance(out.z, before.size());
    return out;
}

std::vector<bool> found(const std::vector<double>& p, double share) {
    std::vector<size_t> order(p.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] < p[b]; });
    size_t last = 0;
    for (size_t i = 0; i < order.size(); ++i)
        if (p[order[i]] <= share * d(static_cast<int64_t>(i + 1)) / d(static_cast<int64_t>(p.size()))) last = i + 1;
    std::vector<bool> out(p.size(), false);
    for (size_t i = 0; i < last; ++i) out[order[i]] = true;
    return out;
}

Explanation explain_count(const std::vector<Part>& parts, int days_before, int days_now, int decimals, size_t most) {
    Explanation out;
    const double unit = std::pow(10, -decimals);
    const double share = days_before > 0 ? d(days_now) / d(days_before) : 0;
    double squares = 0, total = 0;
    double value = 0, expected = 0;
    for (const auto& p : parts) value += d(p.now.numerator), expected += d(p.before.numerator) * share;
    const double all = expected > 0 ? value / expected : 1;
    for (const auto& p : parts) {
        Mover m;
        m.key = p.key;
        m.others = p.key.empty() ? 1 : 0;
        m.before = p.before;
        m.now = p.now;
        m.value = d(p.now.numerator);
        m.expected = d(p.before.numerator) * share;
        m.contribution = m.value - m.expected;
        total += m.contribution;
        // Had all parts moved alike, the dimension would say nothing.
        const double alike = m.expected * all;
        squares += (m.value - alike) * (m.value - alike) / (alike + 1);
        out.movers.push_back(std::move(m));
    }
    out.beyond = beyond_chance(squares, parts.size());
    gather(out.movers, most);
    out.change = rounded(total, unit);
    std::vector<double*> shown;
    for (auto& m : out.movers) shown.push_back(&m.contribution);
    round_to_sum(std::move(shown), out.change, unit);
    for (auto& m : out.movers) m.expected = rounded(m.expected, unit);
    return out;
}

Explanation explain_ratio(const std::vector<Part>& parts, double scale, int decimals, size_t most) {
    Explanation out;
    const double unit = std::pow(10, -decimals);
    int64_t n0 = 0, d0 = 0, n1 = 0, d1 = 0;
    for (const auto& p : parts) {
        n0 += p.before.numerator, d0 += p.before.denominator;
        n1 += p.now.numerator, d1 += p.now.denominator;
    }
    if (d0 == 0 || d1 == 0) return out;
    const double all0 = d(n0) / d(d0), all1 = d(n1) / d(d1), middle = (all0 + all1) / 2;
    double squares = 0;
    for (const auto& p : parts) {
        if (p.before.denominator == 0 && p.now.denominator == 0) continue;
        Mover m;
        m.key = p.key;
        m.others = p.key.empty() ? 1 : 0;
        m.before = p.before;
        m.now = p.now;
        // What was not there has no ratio of its own: its coming or going is all mix.
        const double r1 = p.now.denominator > 0 ? d(p.now.numerator) / d(p.now.denominator)
                                                : d(p.before.numerator) / d(p.before.denominator);
        const double r0 = p.before.denominator > 0 ? d(p.before.numerator) / d(p.before.denominator) : r1;
        const double s0 = d(p.before.denominator) / d(d0), s1 = d(p.now.denominator) / d(d1);
        m.expected = r0 * scale;
        m.value = r1 * scale;
        // The shares' changes add up to nothing, so that the ratio in the middle may be taken off.
        m.rate = (r1 - r0) * (s0 + s1) / 2 * scale;
        m.mix = (s1 - s0) * ((r0 + r1) / 2 - middle) * scale;
        m.contribution = m.rate + m.mix;
        const double alike = std::clamp(r0 + all1 - all0, 0.0, 1.0);
        const double spread = std::max(alike * (1 - alike), 0.02) *
                              (1 / std::max(d(p.now.denominator), 1.0) + 1 / std::max(d(p.before.denominator), 1.0));
        if (p.now.denominator > 0 && p.before.denominator > 0) squares += (r1 - alike) * (r1 - alike) / spread;
        out.movers.push_back(std::move(m));
    }
    out.beyond = beyond_chance(squares, out.movers.size());
    gather(out.movers, most);
    out.change = rounded((all1 - all0) * scale, unit);
    std::vector<double*> shown;
    for (auto& m : out.movers) shown.push_back(&m.rate), shown.push_back(&m.mix);
    round_to_sum(std::move(shown), out.change, unit);
    const double per = std::round(1 / unit);
    for (auto& m : out.movers) {
        m.contribution = std::round((m.rate + m.mix) * per) / per;
        if (m.contribution == 0) m.contribution = 0;
        if (m.key.empty() && m.others > 1) {
            m.expected = m.before.denominator > 0 ? d(m.before.numerator) / d(m.before.denominator) * scale : 0;
            m.value = m.now.denominator > 0 ? d(m.now.numerator) / d(m.now.denominator) * scale : 0;
        }
        m.expected = rounded(m.expected, unit);
        m.value = rounded(m.value, unit);
    }
    return out;
}

}  // namespace hl::forecast
