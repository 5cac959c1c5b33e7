// The forecast as JSON, for the routes and the command line. Pure; any thread.
#pragma once
#include "ioc/forecast/backtest.h"
#include "ioc/forecast/changes_find.h"
#include "ioc/forecast/risks.h"

namespace hl::forecast {

[[nodiscard]] json::value or_null(const std::optional<int64_t>& v);
/// Percent of the probability with one place after the point; null of what is unknown.
[[nodiscard]] json::value percent(const Outlook& outlook);

/// One line of the list. `lore` gives the procedure's name.
[[nodiscard]] json::object view(const Risk& risk, const Lore& lore);
/// With every step that is still to be done.
[[nodiscard]] json::object view_with_steps(const Risk& risk, const Lore& lore);
[[nodiscard]] json::object view(const AgencySummary& summary);
[[nodiscard]] json::object view(const CalibrationView& calibration);
[[nodiscard]] json::object view(const Score& score);

/// Weeks of a forecast. Below `suppress_below` a number is not told unless `small`.
struct Telling {
    int64_t suppress_below = 0;
    bool small = false;
    [[nodiscard]] bool hides(double n) const { return !small && n > 0 && n < static_cast<double>(suppress_below); }
};
[[nodiscard]] json::object view(const IntakeForecast& forecast, const Telling& telling);
/// Complete weeks before the running one, the newest last.
[[nodiscard]] json::array past_weeks(const Arrivals& arrivals, Date today, int weeks, const Telling& telling);
[[nodiscard]] json::object view(const Change& change);

}  // namespace hl::forecast
