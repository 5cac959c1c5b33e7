// Rates and quotas: never more than promised in any stretch of time, and the told waiting time is the right one.
#include "exchange/adapters/limits.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::exchange {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;
const LimitKey key{"SUBSYSTEM:A", "SERVICE:B"};
const Instant start = from_ms(1'795'399'200'000);  // 2026-11-23 09:00 in Viet Nam

RC_GTEST_PROP(Rates, NoStretchOfTimeGetsMoreThanBurstAndRate, ()) {
    ManualClock clock(start);
    RateLimiter limiter(clock);
    const Rate rate{static_cast<double>(*rc::gen::inRange(1, 50)), static_cast<double>(*rc::gen::inRange(1, 30))};
    const auto steps = *rc::gen::container<std::vector<int>>(200, rc::gen::inRange(0, 300));
    std::vector<Instant> allowed;
    for (const int step : steps) {
        clock.advance(milliseconds{step});
        if (limiter.take(key, rate).allowed) allowed.push_back(clock.now());
    }
    bool kept = true;
    for (size_t i = 0; i < allowed.size(); ++i)
        for (size_t j = i; j < allowed.size(); ++j) {
            const double seconds = static_cast<double>((allowed[j] - allowed[i]).count()) / 1000;
            kept = kept && static_cast<double>(j - i + 1) <= rate.burst + seconds * rate.per_second + 1e-6;
        }
    RC_ASSERT(kept);
}
RC_GTEST_PROP(Rates, TheToldWaitIsEnoughAndNotTooLong, ()) {
    ManualClock clock(start);
    RateLimiter limiter(clock);
    const Rate rate{static_cast<double>(*rc::gen::inRange(1, 2000)) / 10,
                    static_cast<double>(*rc::gen::inRange(1, 10))};
    LimitVerdict verdict;
    while ((verdict = limiter.take(key, rate)).allowed) clock.advance(milliseconds{*rc::gen::inRange(0, 3)});
    RC_ASSERT(verdict.by == "rate" && verdict.retry_after >= 1ms);
    if (verdict.retry_after > 1ms) {
        clock.advance(verdict.retry_after - 1ms);
        RC_ASSERT(!limiter.take(key, rate).allowed);
        clock.advance(1ms);
    } else {
        clock.advance(verdict.retry_after);
    }
    RC_ASSERT(limiter.take(key, rate).allowed);
}
TEST(Rates, OneMillisecondBeforeTheToldWaitIsTooEarly) {
    // Rates of which no sum of milliseconds is a binary fraction.
    for (const auto& [rate, wait] : std::vector<std::pair<Rate, milliseconds>>{{{50, 3}, 20ms}, {{3, 1}, 334ms}}) {
        ManualClock clock(start);
        RateLimiter limiter(clock);
        LimitVerdict verdict;
        while ((verdict = limiter.take(key, rate)).allowed) {
        }
        EXPECT_EQ(verdict.retry_after, wait);
        clock.advance(wait - 1ms);
        EXPECT_FALSE(limiter.take(key, rate).allowed);
        clock.advance(1ms);
        EXPECT_TRUE(limiter.take(key, rate).allowed);
    }
}
TEST(Rates, NeitherALongSilenceNorAHugeRateOverflows) {
    ManualClock clock(start);
    RateLimiter limiter(clock);
    EXPECT_TRUE(limiter.take(key, {1e300, 1e300}, 1e300).allowed);
    EXPECT_FALSE(limiter.take(key, {1e-300, 2}, 2).allowed);
    clock.advance(24h * 365 * 100);
    EXPECT_TRUE(limiter.take(key, {1e300, 1e300}).allowed);
}
TEST(Rates, PairsDoNotTakeFromOneAnother) {
    ManualClock clock(start);
    RateLimiter limiter(clock);
    EXPECT_TRUE(limiter.take(key, {1, 1}).allowed);
    EXPECT_FALSE(limiter.take(key, {1, 1}).allowed);
    EXPECT_TRUE(limiter.take({"SUBSYSTEM:C", "SERVICE:B"}, {1, 1}).allowed);
    EXPECT_TRUE(limiter.take({"SUBSYSTEM:A", "SERVICE:C"}, {1, 1}).allowed);
}
TEST(Rates, MemoryIsBoundedAndNoCountIsLost) {
    ManualClock clock(start);
    RateLimiter limiter(clock, 3);
    for (const auto* c : {"a", "b", "c"}) EXPECT_TRUE(limiter.take({c, "s"}, {1, 1}).allowed);
    EXPECT_EQ(limiter.take({"d", "s"}, {1, 1}).by, "table");
    EXPECT_FALSE(limiter.take({"a", "s"}, {1, 1}).allowed);
    clock.advance(1s);  // all are full again: as good as forgotten
    EXPECT_TRUE(limiter.take({"d", "s"}, {1, 1}).allowed);
    EXPECT_EQ(limiter.pairs(), 1u);
}
TEST(Rates, AClockSetBackGivesNothing) {
    ManualClock clock(start);
    RateLimiter limiter(clock);
    EXPECT_TRUE(limiter.take(key, {1, 1}).allowed);
    clock.advance(-3600s);
    EXPECT_FALSE(limiter.take(key, {1, 1}).allowed);
    clock.advance(3600s);
    EXPECT_FALSE(limiter.take(key, {1, 1}).allowed);
}

TEST(Quotas, DaysAndMonthsTurnAtMidnightInVietNam) {
    ManualClock clock(at_local(Date{std::chrono::year{2026}, std::chrono::November, std::chrono::day{29}}, 23, 59));
    QuotaCounter quota(clock);
    const Quota limit{2, 3};
    EXPECT_TRUE(quota.take(key, limit).allowed);
    EXPECT_TRUE(quota.take(key, limit).allowed);
    const auto full = quota.take(key, limit);
    EXPECT_EQ(full.by, "day");
    EXPECT_EQ(full.retry_after, 60s);
    clock.advance(full.retry_after);
    EXPECT_TRUE(quota.take(key, limit).allowed);
    const auto spent = quota.take(key, limit);
    EXPECT_EQ(spent.by, "month");
    EXPECT_EQ(spent.retry_after, 24h);
    clock.advance(spent.retry_after);
    EXPECT_TRUE(quota.take(key, limit).allowed);
}
TEST(Quotas, ARefusedCallAndOneGivenBackDoNotCount) {
    ManualClock clock(start);
    QuotaCounter quota(clock);
    EXPECT_TRUE(quota.take(key, {1, 2}).allowed);
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(quota.take(key, {1, 2}).allowed);
    clock.advance(24h);
    EXPECT_TRUE(quota.take(key, {1, 2}).allowed);
    quota.give_back(key);
    EXPECT_TRUE(quota.take(key, {1, 2}).allowed);
    EXPECT_FALSE(quota.take(key, {1, 2}).allowed);
}
TEST(Quotas, CountsOutliveARestartOfTheirDay) {
    ManualClock clock(start);
    QuotaCounter before(clock);
    EXPECT_TRUE(before.take(key, {5, 2}).allowed);
    EXPECT_TRUE(before.take(key, {5, 2}).allowed);
    QuotaCounter after(clock);
    after.restore(before.used());
    EXPECT_EQ(after.take(key, {5, 2}).by, "month");
    QuotaCounter later(clock);
    const auto used = before.used();
    clock.advance(24h * 20);
    later.restore(used);
    EXPECT_TRUE(later.take(key, {5, 2}).allowed);
}
RC_GTEST_PROP(Quotas, NoDayAndNoMonthGetsMore, ()) {
    ManualClock clock(start);
    QuotaCounter quota(clock);
    const Quota limit{*rc::gen::inRange(1, 6), *rc::gen::inRange(1, 30)};
    std::map<Date, int64_t> days;
    std::map<std::pair<int, unsigned>, int64_t> months;
    for (const int hours : *rc::gen::container<std::vector<int>>(150, rc::gen::inRange(0, 30))) {
        clock.advance(std::chrono::hours{hours});
        const auto today = local_date(clock.now());
        if (!quota.take(key, limit).allowed) continue;
        RC_ASSERT(++days[today] <= *limit.per_day);
        RC_ASSERT((++months[{static_cast<int>(today.year()), static_cast<unsigned>(today.month())}]) <=
                  *limit.per_month);
    }
}

}  // namespace
}  // namespace hl::exchange
