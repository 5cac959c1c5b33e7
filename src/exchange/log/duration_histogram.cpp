#include <charconv>
#include <cmath>

#include "exchange/log/operations.h"

namespace hl::exchange {

namespace {

constexpr double step = 1.1;
constexpr int most_steps = 400;

/// Step 0 is 0 ms; step n > 0 ends at round(1.1^n), and each ends higher than the one before.
int step_of(int64_t milliseconds) {
    if (milliseconds <= 0) return 0;
    const int n = static_cast<int>(std::ceil(std::log(static_cast<double>(milliseconds)) / std::log(step) - 1e-9)) + 1;
    return std::clamp(n, 1, most_steps);
}
int64_t end_of(int n) {
    return n == 0 ? 0 : static_cast<int64_t>(std::floor(std::pow(step, n - 1) + 1e-6));
}

}  // namespace

void DurationHistogram::add(int64_t milliseconds) {
    ++counts_[step_of(milliseconds)];
}

void DurationHistogram::add(const DurationHistogram& other) {
    for (const auto& [n, count] : other.counts_) counts_[n] += count;
}

int64_t DurationHistogram::count() const {
    int64_t all = 0;
    for (const auto& [n, count] : counts_) all += count;
    return all;
}

std::optional<int64_t> DurationHistogram::quantile(double q) const {
    const auto all = count();
    if (all == 0) return std::nullopt;
    const auto wanted = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(q * static_cast<double>(all))));
    int64_t seen = 0;
    for (const auto& [n, count] : counts_) {
        seen += count;
        if (seen >= wanted) return end_of(n);
    }
    return end_of(counts_.rbegin()->first);
}

std::string DurationHistogram::text() const {
    std::string out;
    for (const auto& [n, count] : counts_) out += fmt::format("{}{}:{}", out.empty() ? "" : ",", n, count);
    return out;
}

std::optional<DurationHistogram> DurationHistogram::from_text(std::string_view text) {
    DurationHistogram out;
    while (!text.empty()) {
        int n = 0;
        int64_t count = 0;
        const auto* end = text.data() + text.size();
        const auto first = std::from_chars(text.data(), end, n);
        if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ':') return std::nullopt;
        const auto second = std::from_chars(first.ptr + 1, end, count);
        if (second.ec != std::errc{} || n < 0 || n > most_steps || count < 1) return std::nullopt;
        out.counts_[n] += count;
        if (second.ptr == end) break;
        if (*second.ptr != ',') return std::nullopt;
        text.remove_prefix(static_cast<size_t>(second.ptr + 1 - text.data()));
    }
    return out;
}

}  // namespace hl::exchange
