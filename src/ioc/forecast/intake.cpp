#include "ioc/forecast/intake.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

namespace hl::forecast {

using directory::Calendar;
using directory::DayKind;

std::string_view to_string(Method method) {
    switch (method) {
        case Method::none:
            return "none";
        case Method::rate:
            return "rate";
        case Method::seasonal:
            return "seasonal";
    }
    throw std::logic_error("a method has no word");
}

namespace {

constexpr int fewest_weeks = 8;
constexpr int64_t fewest_arrivals = 30;
constexpr int weeks_of_two_years = 104;
constexpr int most_origins = 26;
constexpr size_t fewest_errors = 24;
constexpr double z80 = 1.2816;

int weekday(int64_t day) {
    return static_cast<int>((day + 3) % 7);  // 0: Monday
}

/// Monday to Friday, Saturday, Sunday, a weekday off, a worked day of a weekend.
constexpr size_t day_types = 9;
size_t type_of(int64_t day, const Calendar& calendar) {
    const bool works = calendar.is_workday(from_day_number(day));
    const int w = weekday(day);
    if (w < 5) return works ? static_cast<size_t>(w) : 7;
    return works ? 8 : static_cast<size_t>(w);
}
bool worked(size_t type) {
    return type < 5 || type == 8;
}

/// The week's distance from that of Tết, which the calendar shows as the only time with five weekdays off in one week
/// or two neighbours (other holidays take three at most); nothing beyond two weeks.
std::optional<int> from_tet(int64_t monday, const Calendar& calendar) {
    const auto off = [&](int64_t m) {
        int n = 0;
        for (int64_t d = m; d < m + 5; ++d) n += type_of(d, calendar) == 7;
        return n;
    };
    for (int offset = -2; offset <= 2; ++offset) {
        const int64_t at = monday - 7 * int64_t{offset};
        if (off(at) >= 3 && off(at) + off(at - 7) >= 5) return offset;
    }
    return std::nullopt;
}

int week_of_year(int64_t monday) {
    const auto thursday = from_day_number(monday + 3);
    const auto first = day_number(Date{thursday.year() / 1 / 1});
    return static_cast<int>((monday + 3 - first) / 7);
}

struct Week {
    int64_t monday = 0;
    std::array<int64_t, 7> days{};
    std::array<size_t, 7> types{};
    std::optional<int> tet;
    [[nodiscard]] int64_t sum() const { return std::accumulate(days.begin(), days.end(), int64_t{0}); }
};

double median(std::vector<double> v) {
    if (v.empty()) return 0;
    const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    return *middle;
}
double quantile(std::vector<double> v, double q) {
    std::sort(v.begin(), v.end());
    const double at = q * static_cast<double>(v.size() - 1);
    const auto low = static_cast<size_t>(at);
    const auto high = std::min(low + 1, v.size() - 1);
    return v[low] + (v[high] - v[low]) * (at - static_cast<double>(low));
}

/// Everything that is estimated from the complete weeks before an origin.
class Model {
  public:
    Model(const std::vector<Week>& weeks, size_t n, const Calendar& calendar)
        : weeks_(weeks), n_(n), calendar_(calendar) {
        days();
        tets();
        years();
        level();
    }
    bool yearly = false, tet = false;

    [[nodiscard]] double expected(int64_t monday, int horizon) const {
        double trend = 0;
        for (int i = 0, h = horizon + 1; i < h; ++i) trend += slope_ * std::pow(damping, i + 1);
        return std::max(0.0, (level_ + trend) * effect(monday, from_tet(monday, calendar_)) * factor(monday));
    }

  private:
    static constexpr double damping = 0.85;

    [[nodiscard]] double factor(int64_t monday) const {
        double sum = 0;
        for (int64_t d = monday; d < monday + 7; ++d) sum += types_[type_of(d, calendar_)];
        return std::max(sum, 1e-6);
    }
    [[nodiscard]] double effect(int64_t monday, std::optional<int> at) const {
        double out = 1;
        if (at) out *= tet_[static_cast<size_t>(*at + 2)];
        if (yearly) out *= year_[static_cast<size_t>(week_of_year(monday)) % year_.size()];
        return out;
    }

    /// What each type of day takes in, against the week's level: sums over sums, towards one while there are few.
    void days() {
        types_ = {1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 1};
        const size_t from = n_ > weeks_of_two_years ? n_ - weeks_of_two_years : 0;
        for (int turn = 0; turn < 4; ++turn) {
            std::array<double, day_types> came{}, levels{};
            double all = 0, rest = 0, rest_level = 0;
            for (size_t w = from; w < n_; ++w) {
                const double l = plain(w);
                all += l;
                for (size_t d = 0; d < 7; ++d) {
                    const auto type = weeks_[w].types[d];
                    came[type] += static_cast<double>(weeks_[w].days[d]);
                    levels[type] += l;
                    if (!worked(type)) rest += static_cast<double>(weeks_[w].days[d]), rest_level += l;
                }
            }
            const double mean = all / static_cast<double>(std::max<size_t>(n_ - from, 1));
            if (mean <= 0) return;
            const double idle = rest_level > 0 ? rest / rest_level : 0;
            const double weight = 2 * mean;
            for (size_t t = 0; t < day_types; ++t)
                types_[t] = (came[t] + weight * (worked(t) ? 1.0 : idle)) / (levels[t] + weight);
        }
    }
    [[nodiscard]] double plain(size_t w) const {
        double sum = 0;
        for (const auto type : weeks_[w].types) sum += types_[type];
        return static_cast<double>(weeks_[w].sum()) / std::max(sum, 1e-6);
    }
    /// Weeks around Tết against the median of the eight weeks before them; a Tết never seen changes nothing.
    void tets() {
        std::array<double, 5> sum{}, times{};
        tet_.fill(1);
        for (size_t w = 8; w < n_; ++w) {
            const auto at = weeks_[w].tet;
            if (!at) continue;
            std::vector<double> before;
            for (size_t b = w; b-- > 0 && before.size() < 8;)
                if (!weeks_[b].tet) before.push_back(plain(b));
            const double base = median(std::move(before));
            if (base <= 0) continue;
            sum[static_cast<size_t>(*at + 2)] += std::min(plain(w) / base, 5.0);
            times[static_cast<size_t>(*at + 2)] += 1;
            tet = true;
        }
        for (size_t i = 0; i < 5; ++i) tet_[i] = (sum[i] + 0.5) / (times[i] + 0.5);
    }
    /// The week of the year against the mean of its year, smoothed over five weeks; half of what is seen is believed.
    void years() {
        if (n_ < weeks_of_two_years) return;
        std::array<double, 53> sum{}, times{};
        for (size_t w = 0; w < n_; ++w) {
            if (weeks_[w].tet) continue;
            const size_t from = w < 26 ? 0 : std::min(w - 26, n_ - 52);
            double mean = 0;
            for (size_t i = from; i < from + 52; ++i) mean += plain(i) / 52;
            if (mean <= 0) continue;
            const auto at = static_cast<size_t>(week_of_year(weeks_[w].monday)) % 53;
            for (size_t i = 0; i < 5; ++i) {
                sum[(at + 51 + i) % 53] += plain(w) / mean;
                times[(at + 51 + i) % 53] += 1;
            }
        }
        for (size_t i = 0; i < 53; ++i) year_[i] = (sum[i] + times[i] * 0.5 + 1) / (times[i] * 1.5 + 1);
        yearly = true;
    }
    /// Exponential smoothing with a damped slope; how fast is chosen by the errors three weeks ahead.
    void level() {
        std::vector<double> x;
        x.reserve(n_);
        for (size_t w = 0; w < n_; ++w) x.push_back(plain(w) / std::max(effect(weeks_[w].monday, weeks_[w].tet), 0.05));
        double best = std::numeric_limits<double>::infinity();
        for (const double alpha : {0.03, 0.08, 0.15, 0.3, 0.5})
            for (const double beta : {0.0, 0.05}) {
                const auto [error, l, s] = smooth(x, alpha, beta);
                // A slope has to earn its place.
                if (error * (beta > 0 ? 1.03 : 1.0) >= best) continue;
                best = error, level_ = l, slope_ = s;
            }
    }
    struct Smoothed {
        double error, level, slope;
    };
    static Smoothed smooth(const std::vector<double>& x, double alpha, double beta) {
        const size_t begin = std::min<size_t>(6, x.size());
        double l = std::accumulate(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(begin), 0.0) /
                   static_cast<double>(std::max<size_t>(begin, 1));
        double s = 0, error = 0, spread = std::max(l, 1.0);
        int n = 0;
        for (size_t w = begin; w < x.size(); ++w) {
            double ahead = l, damped = damping;
            for (int h = 0; h < 3; ++h, damped *= damping) ahead += s * damped;
            if (w + 2 < x.size()) error += std::abs(x[w + 2] - ahead), ++n;
            // One wild week moves the level no more than three usual errors would.
            const double one = l + s * damping;
            const double off = std::clamp(x[w] - one, -3 * spread, 3 * spread);
            spread = std::max(0.9 * spread + 0.1 * 1.25 * std::abs(off), 1e-3);
            const double next = one + alpha * off;
            s = damping * s + beta * alpha * off;
            l = next;
        }
        return {n == 0 ? 0 : error / n, l, s};
    }

    const std::vector<Week>& weeks_;
    size_t n_;
    const Calendar& calendar_;
    std::array<double, day_types> types_{};
    std::array<double, 5> tet_{};
    std::array<double, 53> year_{};
    double level_ = 0, slope_ = 0;
};

/// Complete weeks from the first that has an arrival before its end and began within the history.
std::vector<Week> weeks_of(const Arrivals& history, const Calendar& calendar, Date today) {
    std::vector<Week> out;
    const int64_t begin = day_number(history.first);
    const auto any = std::find_if(history.counts.begin(), history.counts.end(), [](int64_t n) { return n > 0; });
    if (any == history.counts.end()) return out;
    int64_t monday = begin + (any - history.counts.begin());
    monday += (7 - weekday(monday)) % 7;
    const int64_t end = std::min(begin + std::ssize(history.counts), day_number(today));
    for (; monday + 7 <= end; monday += 7) {
        Week w{monday, {}, {}, from_tet(monday, calendar)};
        for (int64_t d = 0; d < 7; ++d) {
            w.days[static_cast<size_t>(d)] = history.counts[static_cast<size_t>(monday + d - begin)];
            w.types[static_cast<size_t>(d)] = type_of(monday + d, calendar);
        }
        out.push_back(w);
    }
    return out;
}

double naive(const std::vector<Week>& weeks, size_t n, int horizon) {
    const auto target = n + static_cast<size_t>(horizon);
    return static_cast<double>(target >= 52 ? weeks[target - 52].sum() : weeks[n - 1].sum());
}

WeekAhead week_at(int64_t monday, const Calendar& calendar) {
    WeekAhead out;
    out.monday = from_day_number(monday);
    for (int64_t d = monday; d < monday + 7; ++d) {
        const auto day = from_day_number(d);
        out.workdays += calendar.is_workday(day);
        out.provisional = out.provisional || calendar.provisional(day);
    }
    return out;
}

/// Errors of earlier forecasts, in units of the root of what was expected; by horizon.
struct Errors {
    std::array<std::vector<double>, weeks_ahead + 1> by;
    double ours = 0, simple = 0;
    int n = 0;
    /// How far to either side: what four of five errors of this and longer horizons kept to, and a little more, since
    /// neighbouring weeks are wrong together; never less than arrivals that know nothing of one another scatter.
    [[nodiscard]] double around(int horizon) const {
        std::vector<double> far;
        for (int h = horizon; h <= weeks_ahead; ++h)
            for (const double e : by[static_cast<size_t>(h)]) far.push_back(std::abs(e));
        if (far.size() < fewest_errors) return 1.5 * z80;
        return std::max(z80, quantile(std::move(far), interval + 0.02));
    }
};

Errors errors_of(const std::vector<Week>& weeks, const Calendar& calendar) {
    Errors out;
    const size_t n = weeks.size();
    const size_t first = std::max<size_t>(fewest_weeks, n > most_origins ? n - most_origins : 0);
    for (size_t origin = first; origin < n; ++origin) {
        const Model model(weeks, origin, calendar);
        for (int h = 0; h <= weeks_ahead && origin + static_cast<size_t>(h) < n; ++h) {
            const auto& week = weeks[origin + static_cast<size_t>(h)];
            const double f = model.expected(week.monday, h), y = static_cast<double>(week.sum());
            out.by[static_cast<size_t>(h)].push_back((y - f) / std::sqrt(f + 1));
            out.ours += std::abs(y - f);
            out.simple += std::abs(y - naive(weeks, origin, h));
            ++out.n;
        }
    }
    return out;
}

void seasonal(IntakeForecast& out, const std::vector<Week>& weeks, const Calendar& calendar, int64_t monday) {
    const Model model(weeks, weeks.size(), calendar);
    const auto errors = errors_of(weeks, calendar);
    out.method = Method::seasonal;
    out.yearly = model.yearly;
    for (int h = 0; h <= weeks_ahead; ++h) {
        const int64_t at = monday + 7 * int64_t{h};
        auto w = week_at(at, calendar);
        w.expected = model.expected(at, h);
        const double aside = errors.around(h) * std::sqrt(w.expected + 1);
        w.low = std::max(w.expected - aside, 0.0);
        w.high = w.expected + aside;
        out.tet = out.tet || (model.tet && from_tet(at, calendar));
        out.ahead.push_back(w);
    }
    out.tried = errors.n;
    if (errors.n == 0) return;
    if (errors.simple > 0) out.mase = errors.ours / errors.simple;
}

void plain_rate(IntakeForecast& out, const Arrivals& history, const Calendar& calendar, int64_t monday, Date today) {
    // As many a working day as since the first arrival.
    int64_t sum = 0, workdays = 0, days = 0;
    bool begun = false;
    for (size_t i = 0; i < history.counts.size(); ++i) {
        const auto day = add_days(history.first, static_cast<int>(i));
        if (day >= today) break;
        begun = begun || history.counts[i] > 0;
        if (!begun) continue;
        sum += history.counts[i];
        workdays += calendar.is_workday(day);
        ++days;
    }
    if (sum == 0) return;
    out.method = Method::rate;
    const double rate = static_cast<double>(sum) / static_cast<double>(std::max<int64_t>(workdays, 1));
    for (int h = 0; h <= weeks_ahead; ++h) {
        auto w = week_at(monday + 7 * int64_t{h}, calendar);
        w.expected = rate * w.workdays;
        // The scatter of the arrivals, and of the rate itself, which so few days do not tell well.
        const double spread = w.expected + w.expected * w.expected / static_cast<double>(sum);
        w.low = std::max(0.0, w.expected - 1.5 * z80 * std::sqrt(spread + 1));
        w.high = w.expected + 1.5 * z80 * std::sqrt(spread + 1);
        out.ahead.push_back(w);
    }
}

}  // namespace

IntakeForecast forecast_intake(const Arrivals& history, const Calendar& calendar, Date today) {
    IntakeForecast out;
    const auto weeks = weeks_of(history, calendar, today);
    out.weeks = static_cast<int>(weeks.size());
    const int64_t monday = day_number(today) - weekday(day_number(today));
    int64_t arrivals = 0;
    for (const auto& w : weeks) arrivals += w.sum();
    if (out.weeks < fewest_weeks || arrivals < fewest_arrivals)
        plain_rate(out, history, calendar, monday, today);
    else
        seasonal(out, weeks, calendar, monday);
    return out;
}

std::vector<PastForecast> past_forecasts(const Arrivals& history, const Calendar& calendar, Date today, int origins) {
    std::vector<PastForecast> out;
    const auto weeks = weeks_of(history, calendar, today);
    const auto n = static_cast<int>(weeks.size());
    for (int origin = std::max(fewest_weeks + 1, n - origins); origin < n; ++origin) {
        const auto made = from_day_number(weeks[static_cast<size_t>(origin)].monday);
        const auto told = forecast_intake(history, calendar, made);
        for (size_t h = 0; h < told.ahead.size() && static_cast<size_t>(origin) + h < weeks.size(); ++h) {
            const auto& a = told.ahead[h];
            out.push_back({made, static_cast<int>(h), a.expected, a.low, a.high,
                           naive(weeks, static_cast<size_t>(origin), static_cast<int>(h)),
                           weeks[static_cast<size_t>(origin) + h].sum()});
        }
    }
    return out;
}

}  // namespace hl::forecast
