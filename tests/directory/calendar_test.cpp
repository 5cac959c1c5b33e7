#include "directory/calendar.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "directory/commands.h"
#include "directory/pack.h"

namespace hl::directory {

namespace {

using samples::day;

CalendarData small_calendar() {
    CalendarData c;
    c.id = "vn";
    c.weekday_shifts = {{450, 690}, {780, 1020}};
    c.notices = {{2026, "A"}};
    return c;
}

std::shared_ptr<const Calendar> make(CalendarData data) {
    auto made = Calendar::make(std::move(data), 2025, 2027);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().en);
    return std::move(made).value();
}

/// The obvious oracle: looks at one minute after the other.
bool on_duty(const CalendarData& c, int64_t minute) {
    const int64_t day_no = minute >= 0 ? minute / 1440 : -((-minute + 1439) / 1440);
    const int in_day = static_cast<int>(minute - day_no * 1440);
    const auto date = from_day_number(day_no);
    const std::chrono::weekday weekday{std::chrono::sys_days{date}};
    bool works = weekday != std::chrono::Saturday && weekday != std::chrono::Sunday;
    const std::vector<Shift>* shifts = &c.weekday_shifts;
    for (const auto& d : c.days)
        if (d.date == date) {
            works = d.kind == DayKind::workday || d.kind == DayKind::swap_work ||
                    (d.kind == DayKind::local && !d.shifts.empty());
            if (!d.shifts.empty()) shifts = &d.shifts;
        }
    if (!works) return false;
    for (const auto& s : *shifts)
        if (s.from <= in_day && in_day < s.to) return true;
    return false;
}

int64_t local_minute(Instant t) {
    const auto l = to_local(t);
    return day_number(l.date) * 1440 + l.minute_of_day;
}
Instant from_local_minute(int64_t minute) {
    const int64_t d = minute / 1440;
    return to_instant({from_day_number(d), static_cast<int>(minute % 1440), 0, 0});
}

Instant slow_add(const CalendarData& c, Instant start, int64_t n) {
    int64_t m = local_minute(start);
    if (n == 0) {
        while (!on_duty(c, m)) ++m;
        return from_local_minute(m);
    }
    for (; n > 0; ++m)
        if (on_duty(c, m)) --n;
    return from_local_minute(m);
}

int64_t slow_between(const CalendarData& c, Instant a, Instant b) {
    int64_t from = local_minute(a), to = local_minute(b), sign = 1, n = 0;
    if (to < from) {
        std::swap(from, to);
        sign = -1;
    }
    for (auto m = from; m < to; ++m) n += on_duty(c, m);
    return sign * n;
}

/// Any calendar: days off, worked weekends, days with other hours, around January 2026 and over both edges of the
/// prepared years.
rc::Gen<CalendarData> any_calendar() {
    return rc::gen::map(rc::gen::container<std::vector<std::pair<int, int>>>(
                            rc::gen::pair(rc::gen::inRange(-380, 760), rc::gen::inRange(0, 7))),
                        [](const std::vector<std::pair<int, int>>& picks) {
                            auto c = small_calendar();
                            std::set<int> used;
                            for (const auto& [offset, what] : picks) {
                                if (!used.insert(offset).second) continue;
                                DayRule r{add_days(day(2026, 1, 5), offset), DayKind::holiday, "r", "n", {}};
                                switch (what) {
                                    case 1:
                                        r.kind = DayKind::swap_work;
                                        break;
                                    case 2:
                                        r.kind = DayKind::makeup_off;
                                        break;
                                    case 3:
                                        r.kind = DayKind::local;
                                        r.shifts = {{0, 480}};
                                        break;
                                    case 4:
                                        r.kind = DayKind::swap_work;
                                        r.shifts = {{480, 720}, {840, 960}, {1320, 1440}};
                                        break;
                                    case 5:
                                        r.kind = DayKind::local;
                                        break;
                                    case 6:
                                        r.kind = DayKind::workday;
                                        break;
                                    default:
                                        break;
                                }
                                c.days.push_back(r);
                            }
                            return c;
                        });
}

rc::Gen<Instant> any_minute() {
    return rc::gen::map(rc::gen::inRange<int64_t>(0, 60LL * 1440),
                        [](int64_t m) { return at_local(day(2025, 12, 20), 0) + std::chrono::minutes{m}; });
}
rc::Gen<Instant> any_moment() {
    return rc::gen::map(rc::gen::inRange<int64_t>(0, 1200LL * 86'400'000),
                        [](int64_t ms) { return at_local(day(2024, 12, 1), 0) + std::chrono::milliseconds{ms}; });
}

}  // namespace

RC_GTEST_PROP(CalendarProperties, AddAgreesWithTheMinuteByMinuteOracle, ()) {
    const auto data = *any_calendar();
    const auto start = *any_minute();
    const int64_t n = *rc::gen::inRange<int64_t>(0, 20 * 480);
    RC_ASSERT(make(data)->add(start, WorkMinutes{n}).at == slow_add(data, start, n));
}

RC_GTEST_PROP(CalendarProperties, BetweenAgreesWithTheMinuteByMinuteOracle, ()) {
    const auto data = *any_calendar();
    const auto a = *any_minute(), b = *any_minute();
    RC_ASSERT(make(data)->between(a, b).elapsed.count == slow_between(data, a, b));
}

RC_GTEST_PROP(CalendarProperties, BetweenGivesBackWhatAddTook, ()) {
    const auto calendar = make(*any_calendar());
    const auto start = *any_moment();
    const int64_t n = *rc::gen::inRange<int64_t>(0, 2000 * 480);
    RC_ASSERT(calendar->between(start, calendar->add(start, WorkMinutes{n}).at).elapsed.count == n);
}

RC_GTEST_PROP(CalendarProperties, AddIsMonotoneAndInParts, ()) {
    const auto calendar = make(*any_calendar());
    const auto start = *any_moment();
    const int64_t n = *rc::gen::inRange<int64_t>(1, 400 * 480), m = *rc::gen::inRange<int64_t>(1, 400 * 480);
    const auto first = calendar->add(start, WorkMinutes{n}).at;
    RC_ASSERT(first < calendar->add(start, WorkMinutes{n + m}).at);
    RC_ASSERT(calendar->add(first, WorkMinutes{m}).at == calendar->add(start, WorkMinutes{n + m}).at);
    RC_ASSERT(first <= calendar->add(start + std::chrono::minutes{7}, WorkMinutes{n}).at);
}

RC_GTEST_PROP(CalendarProperties, AddNeverLandsOffDuty, ()) {
    const auto calendar = make(*any_calendar());
    const int64_t n = *rc::gen::inRange<int64_t>(0, 400 * 480);
    const auto at = calendar->add(*any_moment(), WorkMinutes{n}).at;
    // On duty, or the very end of a shift.
    RC_ASSERT(calendar->working_at(at) || (n > 0 && calendar->working_at(at - std::chrono::milliseconds{1})));
}

RC_GTEST_PROP(CalendarProperties, AHolidayMoreNeverMakesADeadlineEarlier, ()) {
    auto data = *any_calendar();
    const auto before = make(data);
    const auto start = *any_moment();
    const int64_t n = *rc::gen::inRange<int64_t>(0, 300 * 480);
    const auto date = add_days(local_date(start), *rc::gen::inRange(0, 60));
    std::erase_if(data.days, [&](const DayRule& d) { return d.date == date; });
    data.days.push_back({date, DayKind::holiday, "nghỉ", "x", {}});
    RC_ASSERT(make(data)->add(start, WorkMinutes{n}).at >= before->add(start, WorkMinutes{n}).at);
}

RC_GTEST_PROP(CalendarProperties, GoingBackUndoesGoingOn, ()) {
    const auto calendar = make(*any_calendar());
    const auto start = *any_moment() - std::chrono::hours{24 * 365 * *rc::gen::inRange(0, 40)};
    const int64_t n = *rc::gen::inRange<int64_t>(1, 3000 * 480);
    const auto back = calendar->add(start, WorkMinutes{-n}).at;
    RC_ASSERT(calendar->between(back, start).elapsed.count == n);
    RC_ASSERT(calendar->working_at(back - std::chrono::milliseconds{1}));  // an instant earlier and more was worked
}

RC_GTEST_PROP(CalendarProperties, BetweenAddsUpOverAnyPoint, ()) {
    const auto calendar = make(*any_calendar());
    auto minute = [&] { return at_local(day(2025, 6, 1), 0) + std::chrono::minutes{*rc::gen::inRange(0, 900'000)}; };
    const auto a = minute(), b = minute(), c = minute();
    RC_ASSERT(calendar->between(a, c).elapsed == calendar->between(a, b).elapsed + calendar->between(b, c).elapsed);
    RC_ASSERT(calendar->between(a, b).elapsed.count == -calendar->between(b, a).elapsed.count);
}

RC_GTEST_PROP(CalendarProperties, NWorkdaysOnIsTheNthWorkday, ()) {
    const auto data = *any_calendar();
    const auto calendar = make(data);
    const auto received = local_date(*any_moment());
    const int n = *rc::gen::inRange(1, 200);
    auto d = received;
    for (int left = n; left > 0; --left) d = calendar->next_workday(d);
    RC_ASSERT(calendar->end_of_workday(received, n).at == calendar->closing(d));
    RC_ASSERT(calendar->workdays_before(d, n) <= received);
}

TEST(Calendar, WithholdsNothingOutsidePreparedYears) {
    const auto calendar = make(small_calendar());
    // 2050-03-01 is a Tuesday.
    EXPECT_EQ(to_iso(local_date(calendar->end_of_workday(day(2050, 3, 1), 5).at)), "2050-03-08");
    EXPECT_TRUE(calendar->end_of_workday(day(2050, 3, 1), 5).provisional);
    EXPECT_EQ(to_iso(local_date(calendar->end_of_workday(day(2001, 3, 1), 5).at)), "2001-03-08");  // a Thursday
    EXPECT_EQ(calendar->between(at_local(day(1960, 1, 4), 0), at_local(day(1960, 1, 11), 0)).elapsed, work_days(5));
    // From before the prepared years to after them, everything counted once: 2 + 261 + 261 + 261 + 260 days.
    const auto span = calendar->between(at_local(day(2024, 12, 30), 0), at_local(day(2029, 1, 1), 0)).elapsed;
    EXPECT_EQ(span, work_days(1045));
}

TEST(Calendar, AYearWithoutNoticeIsProvisional) {
    const auto calendar = samples::national_calendar();
    ASSERT_TRUE(calendar);
    EXPECT_FALSE(calendar->end_of_workday(day(2026, 11, 23), 20).provisional);
    EXPECT_TRUE(calendar->end_of_workday(day(2026, 12, 31), 1).provisional);
    EXPECT_TRUE(calendar->provisional(day(2027, 6, 1)));
    EXPECT_TRUE(calendar->is_workday(day(2027, 1, 1)));  // weekends only until the notice is issued
    EXPECT_TRUE(calendar->between(at_local(day(2026, 12, 31), 8), at_local(day(2027, 1, 4), 8)).provisional);
    for (int year = 2022; year <= 2026; ++year) EXPECT_FALSE(calendar->provisional(day(year, 6, 1))) << year;
}

TEST(Calendar, KnowsWhyADayIsOff) {
    const auto calendar = samples::national_calendar();
    EXPECT_EQ(calendar->kind(day(2026, 11, 24)), DayKind::holiday);
    EXPECT_EQ(calendar->kind(day(2026, 8, 22)), DayKind::swap_work);
    EXPECT_EQ(calendar->kind(day(2026, 8, 31)), DayKind::swap_off);
    EXPECT_EQ(calendar->kind(day(2026, 4, 27)), DayKind::makeup_off);
    EXPECT_EQ(calendar->kind(day(2026, 11, 22)), DayKind::weekend);
    EXPECT_FALSE(calendar->working_at(at_local(day(2026, 11, 24), 9)));
    EXPECT_TRUE(calendar->working_at(at_local(day(2026, 8, 22), 9)));
    EXPECT_FALSE(calendar->working_at(at_local(day(2026, 11, 23), 11, 30)));
}

TEST(Calendar, RefusesADayThatIsNotEightHours) {
    auto data = small_calendar();
    data.days.push_back({day(2026, 3, 7), DayKind::local, "sáng thứ Bảy", "x", {{450, 690}}});
    auto made = Calendar::make(data);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, "calendar.shifts");
}

TEST(Calendar, RefusesOverlappingShifts) {
    auto data = small_calendar();
    data.weekday_shifts = {{450, 700}, {690, 920}};
    EXPECT_EQ(Calendar::make(data).error().code, "calendar.overlap");
}

TEST(Calendar, RefusesADayGivenTwice) {
    auto data = small_calendar();
    data.days = {{day(2026, 3, 2), DayKind::holiday, "a", "x", {}}, {day(2026, 3, 2), DayKind::swap_off, "b", "x", {}}};
    EXPECT_EQ(Calendar::make(data).error().code, "calendar.duplicate_day");
}

TEST(Calendar, SaysWorkingTimeInWords) {
    EXPECT_EQ(in_words(WorkMinutes{3 * 480 + 4 * 60 + 30}), "3 ngày 4 giờ 30 phút làm việc");
    EXPECT_EQ(in_words(work_days(1)), "1 ngày làm việc");
    EXPECT_EQ(in_words(WorkMinutes{0}), "0 giờ làm việc");
}

TEST(Calendars, TheMostParticularLayerCounts) {
    auto national = small_calendar(), province = small_calendar(), agency = small_calendar(), newer = small_calendar();
    province.id = "vn/44";
    agency.id = "vn/44/ubnd-19333";
    newer.id = "vn";
    newer.version = 2;
    auto only_national = Calendars::make({national, newer});
    ASSERT_TRUE(only_national.ok());
    EXPECT_EQ(only_national.value()->for_agency(AgencyId{"ubnd-1"})->label(), "vn@2");
    ASSERT_TRUE(only_national.value()->by_label("vn@1"));
    EXPECT_FALSE(only_national.value()->by_label("vn@3"));
    auto all = Calendars::make({national, province, agency});
    ASSERT_TRUE(all.ok());
    EXPECT_EQ(all.value()->for_agency(AgencyId{"ubnd-19333"})->label(), "vn/44/ubnd-19333@1");
    EXPECT_EQ(all.value()->for_agency(AgencyId{"ubnd-19351"})->label(), "vn/44@1");
}

}  // namespace hl::directory
