// The breaker opens on failures and on slowness, tries again after its time, and closes when all trials succeed.
#include "exchange/adapters/breaker.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/ids.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using State = Breaker::State;

struct Set {
    ManualClock clock{from_ms(1'795'399'200'000)};
    BreakerSettings settings{};
    Breaker breaker{clock, settings};
    void call(bool ok, milliseconds took = 10ms) {
        const auto permit = breaker.allow();
        if (permit) breaker.report(*permit, ok, took);
    }
    void open() {
        for (int i = 0; i < settings.least_calls; ++i) call(false);
        ASSERT_EQ(breaker.state(), State::open);
    }
};

TEST(BreakerOf, FewCallsConcludeNothing) {
    Set s;
    for (int i = 0; i < s.settings.least_calls - 1; ++i) s.call(false);
    EXPECT_EQ(s.breaker.state(), State::closed);
    s.call(false);
    EXPECT_EQ(s.breaker.state(), State::open);
    EXPECT_FALSE(s.breaker.allow());
    EXPECT_EQ(s.breaker.retry_after(), 5s);
}
TEST(BreakerOf, SlownessOpensIt) {
    Set s;
    for (int i = 0; i < 20; ++i) s.call(true, 6s);
    EXPECT_EQ(s.breaker.state(), State::open);
}
TEST(BreakerOf, OldFailuresLeaveTheWindow) {
    Set s;
    for (int i = 0; i < 19; ++i) s.call(false);
    s.clock.advance(31s);
    for (int i = 0; i < 19; ++i) s.call(true);
    s.call(false);
    EXPECT_EQ(s.breaker.state(), State::closed);
    EXPECT_EQ(s.breaker.counts().calls, 20);
}
TEST(BreakerOf, TrialsCloseIt) {
    Set s;
    s.open();
    s.clock.advance(5s);
    EXPECT_EQ(s.breaker.state(), State::half_open);
    std::vector<Breaker::Permit> trials;
    for (int i = 0; i < 3; ++i) trials.push_back(*s.breaker.allow());
    EXPECT_FALSE(s.breaker.allow());  // no more than these at a time
    for (const auto t : trials) s.breaker.report(t, true, 10ms);
    EXPECT_EQ(s.breaker.state(), State::closed);
}
TEST(BreakerOf, AFailedTrialOpensItForTwiceAsLong) {
    Set s;
    s.open();
    for (const auto wait : {10s, 20s, 40s, 60s, 60s}) {
        s.clock.advance(s.breaker.retry_after());
        s.call(false);
        EXPECT_EQ(s.breaker.state(), State::open);
        EXPECT_EQ(s.breaker.retry_after(), wait);
    }
    s.clock.advance(60s);
    for (int i = 0; i < 3; ++i) s.call(true);
    s.open();
    EXPECT_EQ(s.breaker.retry_after(), 5s);  // begins anew
}
TEST(BreakerOf, OutcomesOfAnEarlierTimeDoNotCount) {
    Set s;
    const auto old = *s.breaker.allow();
    s.open();
    s.clock.advance(5s);
    for (int i = 0; i < 2; ++i) s.call(true);
    s.breaker.report(old, false, 10ms);
    s.call(true);
    EXPECT_EQ(s.breaker.state(), State::closed);
}
TEST(BreakerOf, ATrialNobodyReportsOnDoesNotHoldItForEver) {
    Set s;
    s.open();
    s.clock.advance(5s);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(s.breaker.allow());
    s.clock.advance(60s);
    EXPECT_FALSE(s.breaker.allow());
    s.clock.advance(10s);
    EXPECT_TRUE(s.breaker.allow());
}
TEST(BreakerOf, ADroppedTrialMakesRoom) {
    Set s;
    s.open();
    s.clock.advance(5s);
    for (int i = 0; i < 10; ++i) {
        const auto p = s.breaker.allow();
        ASSERT_TRUE(p);
        s.breaker.drop(*p);
    }
}
RC_GTEST_PROP(BreakerOf, AlwaysComesBackOnceTheProviderIsWell, (uint64_t seed)) {
    Set s;
    SeededRandom random(seed);
    std::vector<Breaker::Permit> held;
    for (int i = 0; i < 400; ++i) {
        s.clock.advance(milliseconds{random.below(3000)});
        switch (random.below(4)) {
            case 0:
                if (const auto p = s.breaker.allow()) held.push_back(*p);
                break;
            case 1:
                if (!held.empty()) {
                    s.breaker.report(held.back(), random.below(2) == 0, milliseconds{random.below(9000)});
                    held.pop_back();
                }
                break;
            case 2:
                if (!held.empty()) {
                    s.breaker.drop(held.front());
                    held.erase(held.begin());
                }
                break;
            default:
                held.clear();  // lost
        }
        if (s.breaker.state() == State::open) RC_ASSERT(!s.breaker.allow());
    }
    for (int i = 0; i < 500; ++i) {
        s.clock.advance(1s);
        s.call(true);
    }
    RC_ASSERT(s.breaker.state() == State::closed);
    RC_ASSERT(s.breaker.allow().has_value());
}

}  // namespace
}  // namespace hl::exchange
