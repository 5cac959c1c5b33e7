// How many dossiers will come in, week by week: a level that follows the past, the days of the week, days off and days
// worked instead, the weeks around the year's longest holiday (Tết), and the week of the year once two years are known.
// What lies between `low` and `high` is taken from how wrong earlier forecasts of the same kind were. Pure; any thread.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "directory/calendar.h"

namespace hl::forecast {

enum class Method {
    none,      // nothing came in yet
    rate,      // too little history: as many a working day as so far
    seasonal,  // level, weekdays, holidays
};
[[nodiscard]] std::string_view to_string(Method method);

/// Arrivals of consecutive days from `first` on.
struct Arrivals {
    Date first;
    std::vector<int64_t> counts;
};
struct WeekAhead {
    Date monday;
    int workdays = 0;
    bool provisional = false;                // its year's days off are not official yet
    double expected = 0, low = 0, high = 0;  // four of five weeks lie between low and high
};
struct IntakeForecast {
    Method method = Method::none;
    int weeks = 0;        // of history
    bool yearly = false;  // week of the year counts
    bool tet = false;     // a past Tết was seen, and a coming one counts
    std::vector<WeekAhead> ahead;
    /// How it did before: its mean error against that of the simple guess (the same week a year ago, else the last
    /// week), over so many weeks that were forecast and are over.
    std::optional<double> mase;
    int tried = 0;
};
inline constexpr int weeks_ahead = 8;
inline constexpr double interval = 0.8;

/// `today` is not part of the history. The first week of the answer is the running one.
[[nodiscard]] IntakeForecast forecast_intake(const Arrivals& history, const directory::Calendar& calendar, Date today);

/// Forecasts made in the past, each from what was known by then, and what came: for the bench and for `--backtest`.
struct PastForecast {
    Date made;
    int horizon = 0;  // 0: the week that was running
    double expected = 0, low = 0, high = 0, naive = 0;
    int64_t happened = 0;
};
[[nodiscard]] std::vector<PastForecast> past_forecasts(const Arrivals& history, const directory::Calendar& calendar,
                                                       Date today, int origins);

}  // namespace hl::forecast
