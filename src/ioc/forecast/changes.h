// Unusual changes: a figure of a period against what the periods before let expect, beyond their own scatter, with the
// share of false finds held down over all series looked at; and where it comes from, as parts that add up exactly to
// the change. Here is the arithmetic; the questions to the indicators are in changes_find.h. Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hl::forecast {

/// A count, or a ratio's two parts, of one period; `days` worked in it.
struct Amount {
    int64_t numerator = 0, denominator = 0;
    int days = 0;
};
struct Test {
    double value = 0, expected = 0;
    double z = 0;  // in standard errors, scatter of the past included
    double p = 1;  // of so much or more by chance
};
/// Counts are expected by the working day. Nothing when too little is known (fewer than six periods before, or so few
/// cases that chance alone could do it).
[[nodiscard]] std::optional<Test> test_count(const std::vector<Amount>& before, const Amount& now);
[[nodiscard]] std::optional<Test> test_ratio(const std::vector<Amount>& before, const Amount& now);

/// Benjamini–Hochberg: which of the tests are found when at most `share` of the finds may be false on average.
[[nodiscard]] std::vector<bool> found(const std::vector<double>& p, double share);

/// One value of a dimension: what it was in all periods before together, and now.
struct Part {
    std::string key;
    Amount before, now;
};
struct Mover {
    std::string key;  // empty: all others together
    int others = 0;   // how many those are
    Amount before, now;
    double expected = 0, value = 0;  // count: by the working day; ratio: its own
    /// What it adds to the change, rounded so that the parts' sum is the change as it is shown. Of a ratio: `rate`,
    /// what its own ratio did, and `mix`, what its weight did.
    double contribution = 0, rate = 0, mix = 0;
};
struct Explanation {
    double change = 0;  // what the parts add up to
    double beyond = 0;  // how far the parts moved apart, against chance: the higher, the more the dimension tells
    std::vector<Mover> movers;  // the largest first; what is small comes together at the end
};
[[nodiscard]] Explanation explain_count(const std::vector<Part>& parts, int days_before, int days_now, int decimals,
                                        size_t most);
[[nodiscard]] Explanation explain_ratio(const std::vector<Part>& parts, double scale, int decimals, size_t most);

}  // namespace hl::forecast
