// The periods that figures are given for, from an hour to five years, all in the province's zone. A period is a grain
// and a number, so that neighbours and parents are arithmetic. Values; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hl::ioc {

/// Numbers are stored.
enum class Grain : int { hour = 1, day = 2, week = 3, month = 4, quarter = 5, half = 6, year = 7, five_years = 8 };
[[nodiscard]] std::string_view to_string(Grain grain);
[[nodiscard]] std::optional<Grain> grain_from(std::string_view word);
inline constexpr Grain all_grains[] = {Grain::hour,    Grain::day,  Grain::week, Grain::month,
                                       Grain::quarter, Grain::half, Grain::year, Grain::five_years};

struct Period {
    Grain grain = Grain::month;
    int64_t number = 0;  // hours and days since 1970, weeks from Monday, months since year 0 …
    auto operator<=>(const Period&) const = default;
    [[nodiscard]] Period next(int64_t n = 1) const { return {grain, number + n}; }
    [[nodiscard]] Date first_day() const;
    [[nodiscard]] Instant begin() const;
    [[nodiscard]] Instant end() const { return next().begin(); }  // not included
    /// "2026-11-23T09", "2026-11-23", "2026-W48", "2026-11", "2026-Q4", "2026-H2", "2026", "2026-2030".
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string words() const;  // Vietnamese
};
[[nodiscard]] Period period_of(Grain grain, Instant t);
[[nodiscard]] Period period_of(Grain grain, Date d);
/// What `text` writes; the grain is seen from the shape. Errors: period.invalid.
[[nodiscard]] Result<Period> parse_period(std::string_view text);

/// The codes that the province's reporting system uses: 1–12 months, 13–16 quarters, 17 and 18 halves, 20 the year,
/// 21 the five years that the year belongs to. Errors: period.code.
[[nodiscard]] Result<Period> period_from_code(int64_t year, int64_t code);
/// {year, code}; nothing for grains below the month.
[[nodiscard]] std::optional<std::pair<int64_t, int64_t>> code_of(const Period& period);

/// Five-year plans run 2021–2025, 2026–2030 …
inline constexpr int64_t first_plan_year = 1;

}  // namespace hl::ioc
