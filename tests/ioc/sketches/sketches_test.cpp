// Sketches keep the error they promise, merged or not, and are the same whether or not they were stored on the way.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

#include "ioc/sketches/hyperloglog.h"
#include "ioc/sketches/tdigest.h"

namespace hl::ioc {
namespace {

/// How far the rank of `value` in `sorted` is from q: zero when q lies within the ranks of equal values.
double rank_error(const std::vector<double>& sorted, double value, double q) {
    const auto n = static_cast<double>(sorted.size());
    const auto below = static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin()) / n;
    const auto upto = static_cast<double>(std::upper_bound(sorted.begin(), sorted.end(), value) - sorted.begin()) / n;
    return q < below ? below - q : q > upto ? q - upto : 0;
}
double allowed(double q, size_t n) {
    return 4 * std::numbers::pi / TDigest::compression * std::sqrt(q * (1 - q)) + 1.0 / static_cast<double>(n);
}
std::string bytes_of(const auto& sketch) {
    std::string out;
    sketch.write(out);
    return out;
}
std::vector<double> some_values() {
    const auto n = *rc::gen::inRange(1, 3000);
    const auto seed = *rc::gen::arbitrary<uint64_t>();
    const auto shape = *rc::gen::inRange(0, 4);
    std::vector<double> out;
    for (int i = 0; i < n; ++i) {
        const auto h = hash_of(fmt::format("{}:{}", seed, i));
        const double u = (static_cast<double>(h >> 11) + 0.5) / 9007199254740992.0;
        out.push_back(shape == 0   ? u
                      : shape == 1 ? std::floor(u * 20)        // many equal ones
                      : shape == 2 ? -std::log(u) * 1000       // long tail
                                   : static_cast<double>(i));  // in order
    }
    return out;
}

TEST(TDigests, FewValuesGiveExactQuantiles) {
    TDigest d;
    EXPECT_FALSE(d.quantile(0.5));
    d.add(7);
    EXPECT_EQ(*d.quantile(0), 7);
    EXPECT_EQ(*d.quantile(0.5), 7);
    EXPECT_EQ(*d.quantile(1), 7);
    for (const double v : {1.0, 3.0}) d.add(v);
    EXPECT_EQ(*d.quantile(0.5), 3);
    d.add(5);
    EXPECT_EQ(*d.quantile(0.5), 4);  // between 3 and 5
    EXPECT_EQ(*d.quantile(1), 7);
}

RC_GTEST_PROP(TDigests, StayWithinTheirRankError, ()) {
    auto values = some_values();
    TDigest d;
    for (const double v : values) d.add(v);
    std::sort(values.begin(), values.end());
    for (const double q : {0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999})
        RC_ASSERT(rank_error(values, *d.quantile(q), q) <= allowed(q, values.size()));
    RC_ASSERT(d.count() == static_cast<double>(values.size()));
    RC_ASSERT(d.centroids() <= 2 * static_cast<size_t>(TDigest::compression));
}

RC_GTEST_PROP(TDigests, MergedOnesStayWithinTheSameError, ()) {
    auto values = some_values();
    const auto parts = *rc::gen::inRange(1, 30);
    std::vector<TDigest> cells(static_cast<size_t>(parts));
    for (size_t i = 0; i < values.size(); ++i) cells[hash_of(std::to_string(i)) % cells.size()].add(values[i]);
    TDigest all;
    for (const auto& c : cells) all.merge(c);
    std::sort(values.begin(), values.end());
    for (const double q : {0.01, 0.1, 0.5, 0.9, 0.99})
        RC_ASSERT(rank_error(values, *all.quantile(q), q) <= allowed(q, values.size()));
    RC_ASSERT(all.count() == static_cast<double>(values.size()));
}

RC_GTEST_PROP(TDigests, StoredAnywhereOnTheWayTheyAreTheSame, ()) {
    const auto values = some_values();
    const auto every = *rc::gen::inRange<size_t>(1, 400);
    TDigest straight, stored;
    for (size_t i = 0; i < values.size(); ++i) {
        straight.add(values[i]);
        stored.add(values[i]);
        if (i % every == 0) stored = TDigest::read(bytes_of(stored)).value();
    }
    RC_ASSERT(bytes_of(straight) == bytes_of(stored));
}

RC_GTEST_PROP(HyperLogLogs, StayWithinFiveStandardErrors, ()) {
    const auto n = *rc::gen::inRange(0, 20'000);
    const auto seed = *rc::gen::arbitrary<uint64_t>();
    HyperLogLog h;
    for (int i = 0; i < n; ++i) {
        const auto value = fmt::format("{}/{}", seed, i);
        h.add(value);
        if (i % 3 == 0) h.add(value);  // again: nothing new
    }
    RC_ASSERT(std::abs(h.estimate() - n) <= 5 * 1.04 / std::sqrt(HyperLogLog::registers) * n + 0.5);
}

RC_GTEST_PROP(HyperLogLogs, AMergeIsWhatOneWouldHaveSeen, (std::vector<std::string> a, std::vector<std::string> b)) {
    HyperLogLog one, two, both;
    for (const auto& v : a) one.add(v), both.add(v);
    for (const auto& v : b) two.add(v), both.add(v);
    auto other_way = two;
    one.merge(two);
    for (const auto& v : a) other_way.add(v);
    RC_ASSERT(one == both);
    RC_ASSERT(other_way == both);
    RC_ASSERT(HyperLogLog::read(bytes_of(both)) == both);
}

TEST(HyperLogLogs, LargeOnesGoFromSparseToDenseAndBack) {
    HyperLogLog h;
    for (int i = 0; i < 5000; ++i) h.add(std::to_string(i));
    const auto bytes = bytes_of(h);
    EXPECT_EQ(bytes.size(), 1 + HyperLogLog::registers);
    EXPECT_EQ(HyperLogLog::read(bytes), h);
    EXPECT_NEAR(h.estimate(), 5000, 250);
}

RC_GTEST_PROP(Sketches, DamagedBytesAreRefusedAndNeverTrusted, (std::string noise)) {
    (void)TDigest::read(noise);
    (void)HyperLogLog::read(noise);
    TDigest d;
    for (int i = 0; i < 10; ++i) d.add(i);
    auto bytes = bytes_of(d);
    bytes.pop_back();
    RC_ASSERT(!TDigest::read(bytes));
}

}  // namespace
}  // namespace hl::ioc
