// How long something takes, as counts in bins of its ratio to what was planned: a quarter of an octave wide, from a
// sixty-fourth of the plan to sixty-four times it. Counts can be merged and do not depend on the order they came in.
// Values; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hl::forecast {

inline constexpr size_t bins = 50;
/// The lower edge of a bin, in 1/1024 of the scale; `bins` gives the upper edge of the last.
[[nodiscard]] int64_t edge(size_t bin);

class Durations {
  public:
    void add(int64_t minutes, int64_t scale);
    void merge(const Durations& other);
    [[nodiscard]] int64_t cases() const { return cases_; }
    [[nodiscard]] const std::vector<std::pair<uint8_t, uint32_t>>& counts() const { return counts_; }

    void write(std::string& out) const;
    /// Nothing when the bytes are none that `write` makes.
    [[nodiscard]] static std::optional<Durations> read(std::string_view bytes);
    bool operator==(const Durations&) const = default;

  private:
    void put(uint8_t bin, uint32_t n);
    std::vector<std::pair<uint8_t, uint32_t>> counts_;  // by bin, none zero
    int64_t cases_ = 0;
};

/// Shares of the bins; they add up to one, or are all zero when nothing is known.
using Shares = std::array<double, bins>;

/// A duration whose scale is known: values spread evenly within their bin.
class Spread {
  public:
    Spread(const Shares& shares, int64_t scale) : shares_(shares), scale_(static_cast<double>(scale)) {}
    /// P(duration < minutes).
    [[nodiscard]] double below(double minutes) const;
    [[nodiscard]] double quantile(double q) const;  // minutes

  private:
    const Shares& shares_;
    double scale_;
};

}  // namespace hl::forecast
