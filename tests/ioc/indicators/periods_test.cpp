// Periods: neighbours, texts and codes agree with the calendar of the province.
#include "ioc/indicators/periods.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::ioc {
namespace {

Instant some_instant() {
    return from_ms(*rc::gen::inRange<int64_t>(1'400'000'000'000, 2'500'000'000'000));
}

TEST(Periods, AreReadAsTheyAreWritten) {
    for (const auto* text : {"2026-11-23T09", "2026-11-23", "2026-W48", "2020-W53", "2026-11", "2026-Q4", "2026-H2",
                             "2026", "2026-2030", "2021-2025"}) {
        const auto p = parse_period(text);
        ASSERT_TRUE(p.ok()) << text;
        EXPECT_EQ(p->text(), text);
    }
    for (const auto* text : {"",          "26",         "2026-",         "2026-13",      "2026-00",
                             "2026-Q5",   "2026-Q0",    "2026-H3",       "2026-W54",     "2026-W00",
                             "2025-W53",  "2026-02-30", "2026-11-23T24", "2026-11-23T9", "2026-11-23 09",
                             "2025-2029", "2026-2031",  "0000",          "2026-1",       "x026-11"})
        EXPECT_EQ(parse_period(text).ok(), false) << text;
}

TEST(Periods, CodesOfTheReportingSystemAreUnderstood) {
    EXPECT_EQ(period_from_code(2026, 1)->text(), "2026-01");
    EXPECT_EQ(period_from_code(2026, 12)->text(), "2026-12");
    EXPECT_EQ(period_from_code(2026, 13)->text(), "2026-Q1");
    EXPECT_EQ(period_from_code(2026, 16)->text(), "2026-Q4");
    EXPECT_EQ(period_from_code(2026, 17)->text(), "2026-H1");
    EXPECT_EQ(period_from_code(2026, 18)->text(), "2026-H2");
    EXPECT_EQ(period_from_code(2026, 20)->text(), "2026");
    EXPECT_EQ(period_from_code(2028, 21)->text(), "2026-2030");
    for (const int64_t bad : {0, 19, 22, -1}) EXPECT_EQ(period_from_code(2026, bad).error().code, "period.code");
    EXPECT_FALSE(period_from_code(0, 1).ok());
}

RC_GTEST_PROP(Periods, HoldTheMomentTheyAreOfAndMeetWithoutGaps, ()) {
    const auto t = some_instant();
    for (const auto grain : all_grains) {
        const auto p = period_of(grain, t);
        RC_ASSERT(p.begin() <= t);
        RC_ASSERT(t < p.end());
        RC_ASSERT(period_of(grain, p.begin()) == p);
        RC_ASSERT(period_of(grain, p.end()) == p.next());
        RC_ASSERT(*parse_period(p.text()) == p);
        RC_ASSERT(!p.words().empty());
        if (const auto code = code_of(p)) RC_ASSERT(*period_from_code(code->first, code->second) == p);
    }
}

}  // namespace
}  // namespace hl::ioc
