// Arrivals by week, and unusual changes with where they come from: pure, with known truth.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "ioc/forecast/changes.h"
#include "ioc/forecast/intake.h"

namespace hl::forecast {
namespace {

const Date today{std::chrono::year{2026} / 11 / 28};

std::shared_ptr<const directory::Calendar> calendar() {
    static const auto made = [] {
        directory::CalendarData data;
        data.id = "vn";
        data.weekday_shifts = {{450, 690}, {780, 1020}};
        for (int year = 2023; year <= 2027; ++year) data.notices[year] = "made up";
        for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"2024-02-12", "2024-02-16"},
                                                                                       {"2025-01-27", "2025-01-31"},
                                                                                       {"2026-02-16", "2026-02-20"},
                                                                                       {"2026-12-16", "2026-12-17"}})
            for (Date d = *parse_date(from); d <= *parse_date(to); d = add_days(d, 1))
                data.days.push_back({d, directory::DayKind::holiday, "made up", "", {}});
        return *directory::Calendar::make(std::move(data));
    }();
    return made;
}

/// `on` a working day, nothing on others, times what `shape` says.
Arrivals arrivals(int days, const std::function<double(Date, bool works)>& mean) {
    Arrivals out;
    out.first = add_days(today, -days);
    double owed = 0;
    for (int i = 0; i < days; ++i) {
        const Date day = add_days(out.first, i);
        owed += mean(day, calendar()->is_workday(day));
        const auto whole = static_cast<int64_t>(owed);
        out.counts.push_back(whole);
        owed -= static_cast<double>(whole);
    }
    return out;
}

TEST(Intake, NothingIsNotZero) {
    Arrivals nothing{add_days(today, -100), std::vector<int64_t>(100, 0)};
    const auto told = forecast_intake(nothing, *calendar(), today);
    EXPECT_EQ(told.method, Method::none);
    EXPECT_TRUE(told.ahead.empty());
}

TEST(Intake, AShortHistoryGivesTheRateAndSaysSo) {
    const auto few = arrivals(20, [](Date, bool works) { return works ? 4.0 : 0.0; });
    const auto told = forecast_intake(few, *calendar(), today);
    EXPECT_EQ(told.method, Method::rate);
    ASSERT_EQ(told.ahead.size(), 9u);
    EXPECT_NEAR(told.ahead[1].expected, 20, 2);
    EXPECT_LT(told.ahead[1].low, 20);
    EXPECT_GT(told.ahead[1].high, 20);
}

TEST(Intake, ASteadyOfficeIsForecastToThePointAndAHolidayIsLeftOut) {
    const auto steady = arrivals(700, [](Date, bool works) { return works ? 10.0 : 0.0; });
    const auto told = forecast_intake(steady, *calendar(), today);
    EXPECT_EQ(told.method, Method::seasonal);
    for (const auto& w : told.ahead) {
        EXPECT_NEAR(w.expected, 10 * w.workdays, 1.5) << to_iso(w.monday);
        EXPECT_LE(w.low, w.expected);
        EXPECT_GE(w.high, w.expected);
    }
    // The week of 14 December has two days off.
    EXPECT_EQ(told.ahead[3].workdays, 3);
    EXPECT_NEAR(told.ahead[3].expected, 30, 2);
}

TEST(Intake, MondaysThatAreBusierAreSeen) {
    const auto mondays = arrivals(700, [](Date d, bool works) {
        return !works ? 0.0 : (day_number(d) + 3) % 7 == 0 ? 30.0 : 5.0;
    });
    const auto told = forecast_intake(mondays, *calendar(), today);
    EXPECT_NEAR(told.ahead[1].expected, 50, 3);
    EXPECT_NEAR(told.ahead[3].expected, 40, 3);  // Wednesday and Thursday are off: ten fewer, not twenty
}

TEST(Intake, ALevelThatRoseIsFollowed) {
    const auto risen = arrivals(500, [](Date d, bool works) {
        return !works ? 0.0 : d < add_days(today, -90) ? 10.0 : 20.0;
    });
    const auto told = forecast_intake(risen, *calendar(), today);
    EXPECT_GT(told.ahead[1].expected, 80);
}

TEST(Intake, TheYearsSeasonIsSeenAfterTwoYears) {
    const auto season = [](Date d, bool works) {
        return works ? 20 * (1 + 0.5 * std::cos(2 * 3.14159265 * static_cast<double>(day_number(d) % 365) / 365)) : 0;
    };
    const auto told = forecast_intake(arrivals(1000, season), *calendar(), today);
    EXPECT_TRUE(told.yearly);
    double truth = 0, said = 0;
    for (size_t h = 5; h < told.ahead.size(); ++h) {
        said += told.ahead[h].expected;
        for (int d = 0; d < 7; ++d) {
            const Date day = add_days(told.ahead[h].monday, d);
            truth += season(day, calendar()->is_workday(day));
        }
    }
    EXPECT_NEAR(said / truth, 1, 0.12);
    EXPECT_FALSE(forecast_intake(arrivals(400, season), *calendar(), today).yearly);
}

TEST(Intake, WeeksAroundTetAreToldFromThePastOnes) {
    // Twice as many in the week before the long holiday.
    const auto rush = [](Date d, bool works) {
        const bool before = (d >= *parse_date("2025-01-20") && d < *parse_date("2025-01-27")) ||
                            (d >= *parse_date("2024-02-05") && d < *parse_date("2024-02-12"));
        return !works ? 0.0 : before ? 20.0 : 10.0;
    };
    Arrivals history;
    history.first = *parse_date("2023-06-05");
    const Date then = *parse_date("2026-01-19");
    for (Date d = history.first; d < then; d = add_days(d, 1))
        history.counts.push_back(static_cast<int64_t>(rush(d, calendar()->is_workday(d))));
    const auto told = forecast_intake(history, *calendar(), then);
    EXPECT_TRUE(told.tet);
    ASSERT_EQ(to_iso(told.ahead[3].monday), "2026-02-09");
    EXPECT_NEAR(told.ahead[3].expected, 90, 15);
    EXPECT_LT(told.ahead[4].expected, 5);  // the holiday itself
}

TEST(Intake, IsTheSameEveryTime) {
    const auto history = arrivals(600, [](Date d, bool works) { return works ? 3 + (day_number(d) % 11) * 0.7 : 0.1; });
    const auto a = forecast_intake(history, *calendar(), today), b = forecast_intake(history, *calendar(), today);
    for (size_t h = 0; h < a.ahead.size(); ++h) {
        EXPECT_EQ(a.ahead[h].expected, b.ahead[h].expected);
        EXPECT_EQ(a.ahead[h].high, b.ahead[h].high);
    }
}

std::vector<Amount> steady(int64_t n, int64_t of, int periods = 12) {
    std::vector<Amount> out;
    for (int i = 0; i < periods; ++i) out.push_back({n + (i % 3 - 1) * 4, of, 5});
    return out;
}

TEST(Changes, WhatScatteredBeforeIsNotUnusual) {
    std::vector<Amount> wild;
    for (int i = 0; i < 12; ++i) wild.push_back({i % 2 == 0 ? 60 : 140, 0, 5});
    EXPECT_GT(test_count(wild, {150, 0, 5})->p, 0.05);
    EXPECT_LT(test_count(steady(100, 0), {150, 0, 5})->p, 0.01);
}

TEST(Changes, AWeekWithADayOffIsExpectedToHaveLess) {
    const auto t = test_count(steady(100, 0), {80, 0, 4});
    EXPECT_DOUBLE_EQ(t->expected, 80);
    EXPECT_GT(t->p, 0.9);
}

TEST(Changes, FewCasesSayNothing) {
    EXPECT_FALSE(test_count(steady(100, 0, 5), {150, 0, 5}));
    EXPECT_FALSE(test_count(std::vector<Amount>(12, {1, 0, 5}), {9, 0, 5}));
    EXPECT_FALSE(test_ratio(std::vector<Amount>(12, {9, 10, 5}), {1, 5, 5}));
}

TEST(Changes, ARatioThatFellIsFound) {
    std::vector<Amount> before;
    for (int i = 0; i < 12; ++i) before.push_back({95 + i % 3, 100, 5});
    EXPECT_LT(test_ratio(before, {80, 100, 5})->p, 0.001);
    EXPECT_GT(test_ratio(before, {95, 100, 5})->p, 0.3);
}

TEST(Changes, FalseFindsAreHeldDownOverManySeries) {
    // Benjamini and Hochberg's own example of 1995, at a share of 0.05: the four smallest.
    const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000};
    const auto yes = found(p, 0.05);
    EXPECT_EQ(std::count(yes.begin(), yes.end(), true), 4);
    EXPECT_TRUE(yes[3]);
    EXPECT_FALSE(yes[4]);
    EXPECT_TRUE(found({}, 0.1).empty());
}

int64_t hundredths(double v) {
    return std::llround(v * 100);
}

RC_GTEST_PROP(Changes, PartsOfACountAddUpExactly, ()) {
    std::vector<Part> parts;
    const int n = *rc::gen::inRange(1, 30);
    for (int i = 0; i < n; ++i)
        parts.push_back({"k" + std::to_string(i), {*rc::gen::inRange(0, 900), 0, 0}, {*rc::gen::inRange(0, 90), 0, 0}});
    const auto e = explain_count(parts, *rc::gen::inRange(1, 70), *rc::gen::inRange(1, 6), 2, 6);
    int64_t sum = 0;
    for (const auto& m : e.movers) sum += hundredths(m.contribution);
    RC_ASSERT(sum == hundredths(e.change));
    RC_ASSERT(e.movers.size() <= 7u);
}

RC_GTEST_PROP(Changes, MixAndRateOfARatioAddUpExactly, ()) {
    std::vector<Part> parts;
    const int n = *rc::gen::inRange(1, 30);
    int64_t n0 = 0, d0 = 0, n1 = 0, d1 = 0;
    for (int i = 0; i < n; ++i) {
        Part p;
        p.key = "k" + std::to_string(i);
        p.before.denominator = *rc::gen::inRange(0, 500);
        p.before.numerator = *rc::gen::inRange<int64_t>(0, p.before.denominator + 1);
        p.now.denominator = *rc::gen::inRange(0, 60);
        p.now.numerator = *rc::gen::inRange<int64_t>(0, p.now.denominator + 1);
        n0 += p.before.numerator, d0 += p.before.denominator, n1 += p.now.numerator, d1 += p.now.denominator;
        parts.push_back(p);
    }
    RC_PRE(d0 > 0 && d1 > 0);
    const auto e = explain_ratio(parts, 100, 2, 6);
    const double truth =
        100 * (static_cast<double>(n1) / static_cast<double>(d1) - static_cast<double>(n0) / static_cast<double>(d0));
    RC_ASSERT(std::abs(e.change - truth) <= 0.0051);
    int64_t sum = 0, halves = 0;
    for (const auto& m : e.movers) sum += hundredths(m.contribution), halves += hundredths(m.rate) + hundredths(m.mix);
    RC_ASSERT(sum == hundredths(e.change));
    RC_ASSERT(halves == hundredths(e.change));
}

TEST(Changes, MixAndRateAreTold) {
    // Nothing changed at either agency; the slow one has more of the work.
    const auto mix =
        explain_ratio({{"a", {900, 1000, 0}, {90, 100, 0}}, {"b", {500, 1000, 0}, {150, 300, 0}}}, 100, 2, 8);
    for (const auto& m : mix.movers) EXPECT_EQ(m.rate, 0) << m.key;
    EXPECT_NEAR(mix.change, -10, 0.01);
    // The work is shared as before; one agency became slow.
    const auto rate =
        explain_ratio({{"a", {900, 1000, 0}, {50, 100, 0}}, {"b", {500, 1000, 0}, {50, 100, 0}}}, 100, 2, 8);
    EXPECT_EQ(rate.movers.front().key, "a");
    EXPECT_NEAR(rate.movers.front().rate, -20, 0.01);
    EXPECT_EQ(rate.movers.front().mix, 0);
}

TEST(Changes, TheDimensionThatMovedTellsMost) {
    std::vector<Part> moved, alike;
    for (int i = 0; i < 10; ++i) {
        moved.push_back({"a" + std::to_string(i), {1200, 0, 0}, {i == 0 ? 300 : 100, 0, 0}});
        alike.push_back({"c" + std::to_string(i), {1200, 0, 0}, {120, 0, 0}});
    }
    EXPECT_GT(explain_count(moved, 60, 5, 2, 8).beyond, 10);
    EXPECT_LT(explain_count(alike, 60, 5, 2, 8).beyond, 1);
}

}  // namespace
}  // namespace hl::forecast
