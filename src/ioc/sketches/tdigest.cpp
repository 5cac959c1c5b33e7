#include "ioc/sketches/tdigest.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ioc/sketches/bytes.h"

namespace hl::ioc {

namespace {

constexpr double half_turn = TDigest::compression / (2 * std::numbers::pi);

/// The q at which a centroid that begins at q must end: one unit further on the scale k1(q) = δ/2π · asin(2q − 1).
double end_of_centroid(double q) {
    const double k = half_turn * std::asin(2 * q - 1) + 1;
    if (k >= TDigest::compression / 4) return 1;
    return (std::sin(k / half_turn) + 1) / 2;
}

}  // namespace

void TDigest::add(double value) {
    if (count() == 0) {
        min_ = max_ = value;
    } else {
        min_ = std::min(min_, value);
        max_ = std::max(max_, value);
    }
    buffer_.push_back(value);
    if (buffer_.size() >= buffer_limit) compress(sorted());
}

void TDigest::merge(const TDigest& other) {
    if (other.count() == 0) return;
    const bool empty = count() == 0;
    min_ = empty ? other.min_ : std::min(min_, other.min_);
    max_ = empty ? other.max_ : std::max(max_, other.max_);
    if (other.centroids_.empty() && buffer_.size() + other.buffer_.size() < buffer_limit) {
        buffer_.insert(buffer_.end(), other.buffer_.begin(), other.buffer_.end());
        return;
    }
    auto all = sorted();
    const auto theirs = other.sorted();
    const auto middle = static_cast<std::ptrdiff_t>(all.size());
    all.insert(all.end(), theirs.begin(), theirs.end());
    std::inplace_merge(all.begin(), all.begin() + middle, all.end(),
                       [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
    compress(std::move(all));
}

std::vector<TDigest::Centroid> TDigest::sorted() const {
    std::vector<Centroid> all = centroids_;
    const auto middle = static_cast<std::ptrdiff_t>(all.size());
    for (const double v : buffer_) all.push_back({v, 1});
    const auto less = [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; };
    std::stable_sort(all.begin() + middle, all.end(), less);
    std::inplace_merge(all.begin(), all.begin() + middle, all.end(), less);
    return all;
}

void TDigest::compress(std::vector<Centroid> all) {
    double total = 0;
    for (const auto& c : all) total += c.weight;
    centroids_.clear();
    buffer_.clear();
    double before = 0, end = end_of_centroid(0);
    for (const auto& c : all) {
        if (!centroids_.empty()) {
            auto& last = centroids_.back();
            if ((before + last.weight + c.weight) / total <= end) {
                last.weight += c.weight;
                last.mean += (c.mean - last.mean) * c.weight / last.weight;
                continue;
            }
            before += last.weight;
            end = end_of_centroid(before / total);
        }
        centroids_.push_back(c);
    }
    weight_ = total;
}

std::optional<double> TDigest::quantile(double q) const {
    const auto all = sorted();
    if (all.empty()) return std::nullopt;
    const double total = count();
    const double rank = std::clamp(q, 0.0, 1.0) * total;
    // A centroid stands at the middle of its weight; before the first and after the last it goes on to the extremes.
    double before = 0, left_rank = 0, left_value = min_;
    for (const auto& c : all) {
        const double middle = before + c.weight / 2;
        if (rank < middle) {
            if (c.weight == 1 && before == 0) return c.mean;  // a single value has no spread
            const double width = middle - left_rank;
            return width <= 0 ? c.mean : left_value + (c.mean - left_value) * (rank - left_rank) / width;
        }
        left_rank = middle;
        left_value = c.mean;
        before += c.weight;
    }
    if (all.back().weight == 1) return max_;
    const double width = total - left_rank;
    return width <= 0 ? max_ : left_value + (max_ - left_value) * (rank - left_rank) / width;
}

void TDigest::write(std::string& out) const {
    put_varint(out, centroids_.size());
    for (const auto& c : centroids_) {
        put_double(out, c.mean);
        put_varint(out, static_cast<uint64_t>(c.weight));
    }
    put_varint(out, buffer_.size());
    for (const double v : buffer_) put_double(out, v);
    put_double(out, min_);
    put_double(out, max_);
}

std::optional<TDigest> TDigest::read(std::string_view bytes) {
    ByteReader in(bytes);
    TDigest out;
    const auto n = in.varint();
    if (n > in.left()) return std::nullopt;
    for (uint64_t i = 0; i < n && in.good; ++i) {
        Centroid c;
        c.mean = in.real();
        c.weight = static_cast<double>(in.varint());
        if (!std::isfinite(c.mean) || c.weight < 1) return std::nullopt;
        if (!out.centroids_.empty() && c.mean < out.centroids_.back().mean) return std::nullopt;
        out.weight_ += c.weight;
        out.centroids_.push_back(c);
    }
    const auto m = in.varint();
    if (m >= buffer_limit) return std::nullopt;
    for (uint64_t i = 0; i < m && in.good; ++i) {
        out.buffer_.push_back(in.real());
        if (!std::isfinite(out.buffer_.back())) return std::nullopt;
    }
    out.min_ = in.real();
    out.max_ = in.real();
    if (!in.good || !in.at_end()) return std::nullopt;
    return out;
}

}  // namespace hl::ioc
