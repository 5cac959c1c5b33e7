// Durations in bins, what is known of a step from coarse to fine, and calibration: pure.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ioc/forecast/learned.h"

namespace hl::forecast {
namespace {

TEST(Durations, KeepTheirBytesAndTheirOrderlessness) {
    Durations a, b;
    for (const int64_t minutes : {0, 3, 480, 480, 100'000, 12}) a.add(minutes, 480);
    for (const int64_t minutes : {100'000, 12, 480, 0, 480, 3}) b.add(minutes, 480);
    EXPECT_EQ(a, b);
    std::string bytes;
    a.write(bytes);
    EXPECT_EQ(Durations::read(bytes), a);
    EXPECT_FALSE(Durations::read(bytes + "x"));
    EXPECT_FALSE(Durations::read(bytes.substr(0, bytes.size() - 1)));
}

RC_GTEST_PROP(Durations, MergingIsAddingAll,
              (const std::vector<uint16_t>& first, const std::vector<uint16_t>& second)) {
    Durations a, b, all;
    for (const auto m : first) a.add(m, 120), all.add(m, 120);
    for (const auto m : second) b.add(m, 120), all.add(m, 120);
    a.merge(b);
    RC_ASSERT(a == all);
    RC_ASSERT(all.cases() == static_cast<int64_t>(first.size() + second.size()));
}

RC_GTEST_PROP(Durations, BytesFromOutsideAreReadOrRefused, (const std::string& bytes)) {
    if (const auto read = Durations::read(bytes)) {
        std::string again;
        read->write(again);
        RC_ASSERT(Durations::read(again) == read);
    }
}

Shares shares_of(const Durations& d) {
    Shares out{};
    for (const auto& [bin, n] : d.counts()) out[bin] = static_cast<double>(n) / static_cast<double>(d.cases());
    return out;
}

TEST(Spread, QuantilesAreWithinABinOfTheTruth) {
    Durations d;
    for (int i = 1; i <= 1000; ++i) d.add(i, 480);  // evenly from 1 to 1000 minutes
    const auto shares = shares_of(d);
    const Spread spread(shares, 480);
    for (const double q : {0.1, 0.5, 0.9}) EXPECT_NEAR(spread.quantile(q) / (q * 1000), 1, 0.1) << q;
    EXPECT_DOUBLE_EQ(spread.below(0), 0);
    EXPECT_NEAR(spread.below(500), 0.5, 0.05);
    EXPECT_NEAR(spread.below(1e9), 1, 1e-12);
}

StepKind kind(std::string agency, Pace pace = Pace::unknown) {
    return {"1.1", "handle", "van-phong", std::move(agency), pace, Load::usual};
}

TEST(Learned, FewCasesOfAnAgencyAreHeldTowardsTheStepAndManyStandAlone) {
    Learned learned;
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(learned.add(kind("quick"), 100, 480, 2026).ok());
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(learned.add(kind("slow"), 900, 480, 2026).ok());
    const auto median = [&](const std::string& agency, int year = 2026) {
        const auto known = learned.known(kind(agency), year);
        return Spread(known->shares, 480).quantile(0.5);
    };
    EXPECT_LT(median("slow"), 200);  // three cases do not outweigh two hundred
    EXPECT_EQ(learned.known(kind("slow"), 2026)->level, Level::step_load);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(learned.add(kind("slow"), 900, 480, 2026).ok());
    EXPECT_GT(median("slow"), 700);
    EXPECT_EQ(learned.known(kind("slow"), 2026)->level, Level::agency_load);
    EXPECT_LT(median("quick"), 120);
}

TEST(Learned, AStepNeverSeenIsToldFromItsFunction) {
    Learned learned;
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(learned.add(kind("a"), 300, 480, 2026).ok());
    const auto known = learned.known({"2.2", "other", "van-phong", "b", Pace::unknown, Load::usual}, 2026);
    EXPECT_EQ(known->level, Level::function);
    EXPECT_EQ(known->cases, 50);
    EXPECT_EQ(learned.known({"2.2", "other", "nobody", "b", Pace::unknown, Load::usual}, 2026)->level, Level::all);
}

TEST(Learned, OnlyThisYearAndTheLastCount) {
    Learned learned;
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(learned.add(kind("a"), 300, 480, 2024).ok());
    EXPECT_EQ(learned.known(kind("a"), 2025)->all, 50);
    EXPECT_EQ(learned.known(kind("a"), 2026)->all, 0);
}

TEST(Business, IsHeldAgainstItsOwnAverage) {
    Business b;
    b.open = 100;
    EXPECT_EQ(b.load(), Load::usual);  // nothing to hold it against yet
    b.times = 50;
    b.sum = 50 * 40;
    EXPECT_EQ(b.load(), Load::high);
    b.open = 40;
    EXPECT_EQ(b.load(), Load::usual);
    b.open = 10;
    EXPECT_EQ(b.load(), Load::low);
}

TEST(Calibration, CorrectsWhatWasSaidTooOftenAndNeverTurnsTheOrderRound) {
    Calibration c;
    c.dossiers = 1000;
    c.late_dossiers = 200;
    // Said to be late in a share p of days, late in a share p²; one bin disturbed.
    for (int i = 0; i < Calibration::parts; ++i) {
        const double p = (i + 0.5) / Calibration::parts;
        c.bins_[static_cast<size_t>(i)] = {1000, static_cast<int64_t>(1000 * p * p), static_cast<int64_t>(p * 1e9)};
    }
    c.bins_[7].late = 400;
    ASSERT_TRUE(c.ready());
    EXPECT_NEAR(c.corrected(0.5), 0.25, 0.04);
    EXPECT_NEAR(c.corrected(0.9), 0.81, 0.02);
    double last = -1;
    for (double p = 0; p <= 1; p += 0.01) {
        EXPECT_GE(c.corrected(p), last - 1e-12) << p;
        last = c.corrected(p);
        EXPECT_GE(last, 0);
        EXPECT_LE(last, 1);
    }
}

TEST(Calibration, SaysNothingBeforeEnoughHasEnded) {
    Calibration c;
    c.dossiers = 40;
    c.late_dossiers = 25;
    EXPECT_FALSE(c.ready());
}

}  // namespace
}  // namespace hl::forecast
