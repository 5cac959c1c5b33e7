// The better of two: load goes where it is quick, failing gateways are left out and come back.
#include "exchange/adapters/chooser.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct Set {
    ManualClock clock{from_ms(1'795'399'200'000)};
    SeededRandom random{7};
    Chooser chooser{clock, random};
    std::vector<std::string> all{"a", "b", "c"};
    void fail(const std::string& name, int times = 3) {
        for (int i = 0; i < times; ++i) chooser.done(name, false, 1ms);
    }
    void meet() {
        for (int i = 0; i < 50; ++i) {
            const auto c = chooser.choose(all);
            chooser.done(all[*c], true, 20ms);
        }
    }
};

TEST(Choosing, LoadGoesToTheQuickOnesAndAllGetSome) {
    Set s;
    std::map<std::string, int> got;
    const std::map<std::string, milliseconds> latency{{"a", 10ms}, {"b", 20ms}, {"c", 400ms}};
    for (int i = 0; i < 3000; ++i) {
        const auto& name = s.all[*s.chooser.choose(s.all)];
        ++got[name];
        s.clock.advance(5ms);
        s.chooser.done(name, true, latency.at(name));
    }
    EXPECT_GT(got["a"], got["b"]);
    EXPECT_LT(got["c"], 300);
    EXPECT_GT(got["b"], 500);
}
TEST(Choosing, CallsUnderWayCount) {
    Set s;
    s.meet();
    std::map<std::string, int> got;
    for (int i = 0; i < 300; ++i) ++got[s.all[*s.chooser.choose(s.all)]];  // none ends
    for (const auto& name : s.all) EXPECT_NEAR(got[name], 100, 25) << name;
}
TEST(Choosing, OneThatFailsInARowIsLeftOutThenTriedOnce) {
    Set s;
    s.meet();
    s.fail("a");
    for (int i = 0; i < 100; ++i) {
        const auto c = *s.chooser.choose(s.all);
        EXPECT_NE(s.all[c], "a");
        s.chooser.drop(s.all[c]);
    }
    s.clock.advance(5s);
    const std::vector<std::string> only{"a"}, two{"a", "b"};
    EXPECT_EQ(s.chooser.choose(only), 0u);  // the try
    for (int i = 0; i < 20; ++i) EXPECT_EQ(s.chooser.choose(two), 1u);
    s.chooser.done("a", false, 1ms);
    s.clock.advance(9s);
    EXPECT_EQ(s.chooser.choose(two), 1u);
    s.clock.advance(1s);
    EXPECT_EQ(s.chooser.choose(only), 0u);
    s.chooser.done("a", true, 10ms);
    EXPECT_FALSE(s.chooser.health("a")->left_out_until);
}
TEST(Choosing, WhenAllAreLeftOutTheNextToReturnIsTried) {
    Set s;
    s.meet();
    s.fail("b");
    s.clock.advance(1s);
    s.fail("a");
    s.fail("c");
    EXPECT_EQ(s.chooser.choose(s.all), 1u);
}
TEST(Choosing, NoneIsTriedTwiceForOneCall) {
    Set s;
    std::vector<std::string> tried;
    while (const auto c = s.chooser.choose(s.all, tried)) tried.push_back(s.all[*c]);
    std::sort(tried.begin(), tried.end());
    EXPECT_EQ(tried, s.all);
    EXPECT_FALSE(s.chooser.choose(std::vector<std::string>{}));
}
RC_GTEST_PROP(Choosing, AWellGatewayIsNeverStarved, (uint64_t seed)) {
    Set s;
    SeededRandom random(seed);
    for (int i = 0; i < 500; ++i) {
        const auto c = s.chooser.choose(s.all);
        RC_ASSERT(c.has_value() && *c < s.all.size());
        s.clock.advance(milliseconds{random.below(2000)});
        if (random.below(10) == 0) continue;  // nobody reports
        s.chooser.done(s.all[*c], random.below(3) != 0, milliseconds{random.below(1000)});
    }
    for (const auto& name : s.all)
        for (int i = 0; i < 1000; ++i) {
            if (s.chooser.health(name)->under_way == 0) break;
            s.chooser.done(name, true, 10ms);
        }
    std::set<std::string> got;
    for (int i = 0; i < 400; ++i) {
        s.clock.advance(2s);
        const auto c = *s.chooser.choose(s.all);
        got.insert(s.all[c]);
        s.chooser.done(s.all[c], true, 10ms);
    }
    RC_ASSERT(got.size() == s.all.size());
}

}  // namespace
}  // namespace hl::exchange
