#include "ioc/forecast/durations.h"

#include <algorithm>
#include <cmath>

#include "ioc/sketches/bytes.h"

namespace hl::forecast {

namespace {

constexpr double bins_an_octave = 4;
constexpr double lowest_octave = -6;

const std::array<int64_t, bins + 1>& edges() {
    static const auto all = [] {
        std::array<int64_t, bins + 1> out{};
        for (size_t i = 1; i < bins; ++i)
            out[i] = std::llround(1024 * std::exp2(static_cast<double>(i - 1) / bins_an_octave + lowest_octave));
        out[bins] = 2 * out[bins - 1];
        return out;
    }();
    return all;
}

}  // namespace

int64_t edge(size_t bin) {
    return edges()[bin];
}

void Durations::put(uint8_t bin, uint32_t n) {
    const auto it = std::lower_bound(counts_.begin(), counts_.end(), bin,
                                     [](const auto& have, uint8_t wanted) { return have.first < wanted; });
    if (it != counts_.end() && it->first == bin)
        it->second += n;
    else
        counts_.insert(it, {bin, n});
    cases_ += n;
}

void Durations::add(int64_t minutes, int64_t scale) {
    const int64_t ratio = std::max<int64_t>(minutes, 0) * 1024 / std::max<int64_t>(scale, 1);
    const auto& all = edges();
    const auto above = std::upper_bound(all.begin(), all.begin() + bins, ratio);
    put(static_cast<uint8_t>(above - all.begin() - 1), 1);
}

void Durations::merge(const Durations& other) {
    for (const auto& [bin, n] : other.counts_) put(bin, n);
}

void Durations::write(std::string& out) const {
    ioc::put_varint(out, counts_.size());
    for (const auto& [bin, n] : counts_) {
        ioc::put_varint(out, bin);
        ioc::put_varint(out, n);
    }
}

std::optional<Durations> Durations::read(std::string_view bytes) {
    ioc::ByteReader in(bytes);
    Durations out;
    int64_t last = -1;
    for (uint64_t left = in.varint(); left > 0 && in.good; --left) {
        const uint64_t bin = in.varint(), n = in.varint();
        if (bin >= bins || static_cast<int64_t>(bin) <= last || n == 0 || n > UINT32_MAX) return std::nullopt;
        last = static_cast<int64_t>(bin);
        out.put(static_cast<uint8_t>(bin), static_cast<uint32_t>(n));
    }
    if (!in.good || !in.at_end()) return std::nullopt;
    return out;
}

double Spread::below(double minutes) const {
    const double ratio = minutes * 1024 / scale_;
    double sum = 0;
    for (size_t i = 0; i < bins; ++i) {
        const auto from = static_cast<double>(edge(i)), to = static_cast<double>(edge(i + 1));
        if (ratio >= to) {
            sum += shares_[i];
            continue;
        }
        if (ratio > from) sum += shares_[i] * (ratio - from) / (to - from);
        break;
    }
    return std::min(sum, 1.0);
}

double Spread::quantile(double q) const {
    double sum = 0;
    for (size_t i = 0; i < bins; ++i) {
        if (shares_[i] > 0 && sum + shares_[i] >= q) {
            const auto from = static_cast<double>(edge(i)), to = static_cast<double>(edge(i + 1));
            return (from + (to - from) * (q - sum) / shares_[i]) * scale_ / 1024;
        }
        sum += shares_[i];
    }
    return static_cast<double>(edge(bins)) * scale_ / 1024;
}

}  // namespace hl::forecast
