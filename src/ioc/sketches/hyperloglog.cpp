#include "ioc/sketches/hyperloglog.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "ioc/sketches/bytes.h"

namespace hl::ioc {

namespace {

constexpr int tail_bits = 64 - HyperLogLog::precision;
constexpr uint8_t highest_rank = tail_bits + 1;

uint64_t mixed(uint64_t h) {
    h ^= h >> 30;
    h *= 0xbf58476d1ce4e5b9ULL;
    h ^= h >> 27;
    h *= 0x94d049bb133111ebULL;
    return h ^ (h >> 31);
}

// Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017): the two sums that stand for registers
// that are still zero and those that are full.
double sigma(double x) {
    if (x == 1) return std::numeric_limits<double>::infinity();
    double y = 1, z = x;
    for (double last = -1; z != last;) {
        x *= x;
        last = z;
        z += x * y;
        y += y;
    }
    return z;
}
double tau(double x) {
    if (x == 0 || x == 1) return 0;
    double y = 1, z = 1 - x;
    for (double last = -1; z != last;) {
        x = std::sqrt(x);
        last = z;
        y /= 2;
        z -= (1 - x) * (1 - x) * y;
    }
    return z / 3;
}

}  // namespace

uint64_t hash_of(std::string_view value) {
    uint64_t h = 0x9e3779b97f4a7c15ULL ^ value.size();
    size_t i = 0;
    for (; i + 8 <= value.size(); i += 8) {
        uint64_t word = 0;
        for (size_t b = 0; b < 8; ++b) word |= static_cast<uint64_t>(static_cast<uint8_t>(value[i + b])) << (8 * b);
        h = mixed(h ^ word) + 0x9e3779b97f4a7c15ULL;
    }
    uint64_t rest = 0;
    for (size_t b = 0; i + b < value.size(); ++b)
        rest |= static_cast<uint64_t>(static_cast<uint8_t>(value[i + b])) << (8 * b);
    return mixed(mixed(h ^ rest) + 0x9e3779b97f4a7c15ULL);
}

void HyperLogLog::add(std::string_view value) {
    const uint64_t h = hash_of(value);
    const auto index = static_cast<uint32_t>(h >> tail_bits);
    const uint64_t tail = h << precision;
    raise(index, static_cast<uint8_t>(tail == 0 ? highest_rank : std::countl_zero(tail) + 1));
}

void HyperLogLog::raise(uint32_t index, uint8_t rank) {
    if (!dense_.empty()) {
        dense_[index] = std::max(dense_[index], rank);
        return;
    }
    const auto it =
        std::lower_bound(sparse_.begin(), sparse_.end(), index, [](const Set& s, uint32_t i) { return s.index < i; });
    if (it != sparse_.end() && it->index == index) {
        it->rank = std::max(it->rank, rank);
        return;
    }
    sparse_.insert(it, {static_cast<uint16_t>(index), rank});
    if (sparse_.size() <= sparse_limit) return;
    dense_.assign(registers, 0);
    for (const auto& s : sparse_) dense_[s.index] = s.rank;
    sparse_.clear();
}

void HyperLogLog::merge(const HyperLogLog& other) {
    for (const auto& s : other.sparse_) raise(s.index, s.rank);
    for (uint32_t i = 0; i < other.dense_.size(); ++i)
        if (other.dense_[i] > 0) raise(i, other.dense_[i]);
}

double HyperLogLog::estimate() const {
    std::array<int, highest_rank + 1> count{};
    for (const auto& s : sparse_) ++count[s.rank];
    for (const auto r : dense_) ++count[r];
    if (dense_.empty()) count[0] = static_cast<int>(registers - sparse_.size());
    constexpr double m = registers;
    double z = m * tau(1 - count[highest_rank] / m);
    for (int k = highest_rank - 1; k >= 1; --k) z = (z + count[static_cast<size_t>(k)]) / 2;
    z += m * sigma(count[0] / m);
    return m * m / (2 * std::log(2.0)) / z;
}

void HyperLogLog::write(std::string& out) const {
    out.push_back(dense_.empty() ? 's' : 'd');
    if (!dense_.empty()) {
        out.append(dense_.begin(), dense_.end());
        return;
    }
    put_varint(out, sparse_.size());
    for (const auto& s : sparse_) {
        put_varint(out, s.index);
        out.push_back(static_cast<char>(s.rank));
    }
}

std::optional<HyperLogLog> HyperLogLog::read(std::string_view bytes) {
    ByteReader in(bytes);
    HyperLogLog out;
    const auto kind = in.take(1);
    if (kind == "d") {
        const auto all = in.take(registers);
        if (!in.good || !in.at_end()) return std::nullopt;
        for (const char c : all)
            if (static_cast<uint8_t>(c) > highest_rank) return std::nullopt;
        out.dense_.assign(all.begin(), all.end());
        return out;
    }
    if (kind != "s") return std::nullopt;
    const auto n = in.varint();
    if (n > sparse_limit) return std::nullopt;
    for (uint64_t i = 0; i < n; ++i) {
        const auto index = in.varint();
        const auto rank = in.take(1);
        if (!in.good || index >= registers) return std::nullopt;
        const auto r = static_cast<uint8_t>(rank.front());
        if (r == 0 || r > highest_rank || (i > 0 && index <= out.sparse_.back().index)) return std::nullopt;
        out.sparse_.push_back({static_cast<uint16_t>(index), r});
    }
    if (!in.good || !in.at_end()) return std::nullopt;
    return out;
}

}  // namespace hl::ioc
