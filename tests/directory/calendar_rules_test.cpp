#include "directory/pack.h"
#include "directory/rules.h"

namespace hl::directory {

using hl::rules::for_each_rule;
using hl::rules::local_day;
using hl::rules::local_instant;
using hl::rules::Rule;
using hl::rules::show;

TEST(CalendarRules, HoldAsWritten) {
    const auto calendar = samples::national_calendar();
    ASSERT_TRUE(calendar);
    const int ran = for_each_rule(HL_SOURCE_DIR "/tests/directory/rules", [&](const Rule& rule) {
        if (rule.has("workdays")) {
            const int year = rule.node["year"].as<int>();
            int count = 0;
            for (auto d = samples::day(year, 1, 1); static_cast<int>(d.year()) == year; d = add_days(d, 1))
                count += calendar->is_workday(d);
            EXPECT_EQ(count, rule.node["workdays"].as<int>()) << rule.text("rule");
            return;
        }
        Due due;
        if (rule.has("working_days")) {
            const auto received = local_day(rule.text("received"), rule.place);
            due = calendar->end_of_workday(received, rule.node["working_days"].as<int>());
            // The same promise counted in hours from the morning after.
            EXPECT_EQ(
                show(calendar->add(calendar->closing(received), work_days(rule.node["working_days"].as<int>())).at),
                rule.text("due"));
        } else if (rule.has("calendar_days")) {
            due = calendar->end_of_calendar_days(local_day(rule.text("received"), rule.place),
                                                 rule.node["calendar_days"].as<int>());
        } else {
            due =
                calendar->add(local_instant(rule.text("start"), rule.place), work_hours(rule.node["hours"].as<int>()));
        }
        EXPECT_EQ(show(due.at), rule.text("due")) << rule.text("rule");
        EXPECT_EQ(due.provisional, rule.has("provisional") && rule.text("provisional") == "yes") << rule.text("rule");
    });
    EXPECT_GE(ran, 29);
}

}  // namespace hl::directory
