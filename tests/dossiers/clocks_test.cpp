// The legal clocks: rules a lawyer can read (rules/*.yaml), and any start, any pauses against a slow, obvious count.
#include "dossiers/clocks.h"

#include <rapidcheck.h>

#include "../directory/pack.h"
#include "../directory/rules.h"

namespace hl::dossiers {
namespace {

using directory::samples::day;
using directory::samples::national_calendar;

std::optional<LegalTime> limit_of(const rules::Rule& rule) {
    const auto node = rule.node["limit"];
    if (!node) return std::nullopt;
    LegalTime limit;
    if (node["hours"])
        limit = {node["hours"].as<int>(), procedures::TimeUnit::working_hours, false};
    else if (node["days"])
        limit = {node["days"].as<int>(), procedures::TimeUnit::working_days, false};
    else if (node["calendar_days"])
        limit = {node["calendar_days"].as<int>(), procedures::TimeUnit::calendar_days, false};
    else
        limit = {1, procedures::TimeUnit::working_days, true};
    return limit;
}

ClockTape tape_of(const rules::Rule& rule) {
    ClockTape tape;
    tape.limit = limit_of(rule);
    tape.acts.push_back(
        {rules::local_instant(rule.text("received"), rule.place), ClockAct::start, PauseReason::none, {}});
    const auto at = [&](const YAML::Node& n, const char* key) {
        return rules::local_instant(n[key].as<std::string>(), rule.place);
    };
    for (const auto& n : rule.node["acts"]) {
        if (n["supplement"]) tape.acts.push_back({at(n, "supplement"), ClockAct::pause, PauseReason::supplement, {}});
        if (n["payment"]) tape.acts.push_back({at(n, "payment"), ClockAct::pause, PauseReason::payment, {}});
        if (n["resume"]) tape.acts.push_back({at(n, "resume"), ClockAct::resume, PauseReason::none, {}});
        if (n["restart"]) tape.acts.push_back({at(n, "restart"), ClockAct::restart, PauseReason::none, {}});
        if (n["extend"]) tape.acts.push_back({at(n, "extend"), ClockAct::extend, PauseReason::none, at(n, "due")});
    }
    return tape;
}

TEST(Clocks, KeepEveryRuleOfTheFiles) {
    const auto& calendar = *national_calendar();
    const int ran = rules::for_each_rule(HL_SOURCE_DIR "/tests/dossiers/rules", [&](const rules::Rule& rule) {
        const ClockRules clock;
        const auto tape = tape_of(rule);
        const Instant received = tape.acts.front().at;
        const Instant as_of = tape.acts.back().at + std::chrono::minutes{1};
        const auto promise = promise_clock(tape, clock, calendar, as_of);
        const auto index = index_clock(tape, clock, calendar, as_of);
        const auto shown = [](const std::optional<Instant>& t) { return t ? rules::show(*t) : std::string{"none"}; };
        int asked = 0;
        const auto expect = [&](const char* key, const std::string& actual) {
            if (!rule.has(key)) return;
            ++asked;
            EXPECT_EQ(actual, rule.text(key)) << rule.place << ": " << key;
        };
        expect("promise_due", shown(promise.due));
        expect("index_due", shown(index.due));
        expect("provisional", promise.provisional ? "true" : "false");
        expect("transfer_due", rules::show(transfer_due(received, clock, calendar)));
        if (rule.has("supplement_until"))
            expect("supplement_until", rules::show(supplement_until(received, clock, calendar)->at));
        if (rule.has("apology_until"))
            expect("apology_until", rules::show(apology_until(*promise.due, clock, calendar)));
        if (rule.has("finished")) {
            const Instant end = rules::local_instant(rule.text("finished"), rule.place);
            expect("promise", std::string{to_string(judge_promise(promise.due, end).verdict)});
            expect("index", std::string{to_string(judge_index(tape, clock, calendar, end).verdict)});
        }
        EXPECT_GT(asked, 0) << rule.place << ": nothing is expected";
    });
    EXPECT_GE(ran, 17);
}

struct Pause {
    Instant from, to;
};

/// Minute by minute: what a clerk with a very long list would count.
Instant slow_due(Instant from, int64_t minutes, const std::vector<Pause>& pauses, const Calendar& calendar) {
    Instant t = from;
    for (int64_t worked = 0; worked < minutes; t += std::chrono::minutes{1}) {
        const bool paused =
            std::any_of(pauses.begin(), pauses.end(), [&](const Pause& p) { return p.from <= t && t < p.to; });
        if (!paused && calendar.working_at(t)) ++worked;
    }
    return t;
}

TEST(Clocks, AgreeWithACountMinuteByMinuteForAnyStartAndAnyPauses) {
    const auto& calendar = *national_calendar();
    const ClockRules clock;
    EXPECT_TRUE(rc::check([&] {
        const Instant start = at_local(day(2026, 1, 5), 0) + std::chrono::minutes{*rc::gen::inRange(0, 300 * 1440)};
        const int hours = *rc::gen::inRange(1, 40);
        ClockTape tape{LegalTime{hours, procedures::TimeUnit::working_hours, false}, {}};
        tape.acts.push_back({start, ClockAct::start, PauseReason::none, {}});
        const Instant from = counting_from(start, clock, calendar);
        std::vector<Pause> pauses;
        Instant t = start;
        const int count = *rc::gen::inRange(0, 4);
        for (int i = 0; i < count; ++i) {
            t += std::chrono::minutes{*rc::gen::inRange(0, 2000)};
            if (t >= slow_due(from, hours * 60, pauses, calendar)) break;
            const Instant end = t + std::chrono::minutes{*rc::gen::inRange(0, 5000)};
            pauses.push_back({t, end});
            tape.acts.push_back({t, ClockAct::pause, i % 2 ? PauseReason::payment : PauseReason::supplement, {}});
            tape.acts.push_back({end, ClockAct::resume, PauseReason::none, {}});
            t = end;
        }
        const auto expected = slow_due(from, hours * 60, pauses, calendar);
        const auto reading = index_clock(tape, clock, calendar, t);
        RC_ASSERT(reading.due == std::optional{expected});
        RC_ASSERT(reading.elapsed.count + reading.remaining->count == hours * 60);
        const auto lane = lane_clock(from, directory::work_hours(hours), {}, tape, calendar, t);
        if (t >= from) RC_ASSERT(lane.due == std::optional{expected});
        const auto late = expected + std::chrono::minutes{*rc::gen::inRange(1, 10000)};
        RC_ASSERT(judge_promise(expected, expected).verdict == Verdict::on_time);
        RC_ASSERT(judge_promise(expected, late).verdict == Verdict::late);
    }));
}

TEST(Clocks, APauseOfNoLengthChangesNothing) {
    const auto& calendar = *national_calendar();
    EXPECT_TRUE(rc::check([&] {
        const Instant start = at_local(day(2025, 2, 3), 0) + std::chrono::minutes{*rc::gen::inRange(0, 500 * 1440)};
        const LegalTime limit{*rc::gen::inRange(1, 30), static_cast<procedures::TimeUnit>(*rc::gen::inRange(0, 3)),
                              false};
        ClockTape plain{limit, {{start, ClockAct::start, PauseReason::none, {}}}};
        ClockTape paused = plain;
        const Instant at = start + std::chrono::minutes{*rc::gen::inRange(0, 5000)};
        paused.acts.push_back({at, ClockAct::pause, PauseReason::payment, {}});
        paused.acts.push_back({at, ClockAct::resume, PauseReason::none, {}});
        RC_ASSERT(promise_clock(plain, ClockRules{}, calendar, at).due ==
                  promise_clock(paused, ClockRules{}, calendar, at).due);
        RC_ASSERT(index_clock(plain, ClockRules{}, calendar, at).due ==
                  index_clock(paused, ClockRules{}, calendar, at).due);
    }));
}

TEST(Clocks, TheTapeReadsBackFromItsText) {
    EXPECT_TRUE(rc::check([] {
        ClockTape tape;
        if (*rc::gen::arbitrary<bool>())
            tape.limit = LegalTime{*rc::gen::inRange(0, 99), static_cast<procedures::TimeUnit>(*rc::gen::inRange(0, 3)),
                                   *rc::gen::arbitrary<bool>()};
        const int n = *rc::gen::inRange(0, 8);
        for (int i = 0; i < n; ++i) {
            ClockEvent e{from_ms(*rc::gen::inRange<int64_t>(0, 2'000'000'000'000)),
                         static_cast<ClockAct>(*rc::gen::inRange(0, 6)),
                         PauseReason::none,
                         {}};
            if (e.act == ClockAct::pause)
                e.reason = *rc::gen::arbitrary<bool>() ? PauseReason::payment : PauseReason::supplement;
            if (e.act == ClockAct::extend) e.due = from_ms(*rc::gen::inRange<int64_t>(0, 2'000'000'000'000));
            tape.acts.push_back(e);
        }
        const auto read = tape_from_json(json::parse(json::serialize(to_json(tape))));
        RC_ASSERT(read.ok());
        RC_ASSERT(read.value() == tape);
    }));
}

TEST(Clocks, AnApologyOfExactlyOneWorkingDayBeforeIsInTime) {
    const auto& calendar = *national_calendar();
    EXPECT_TRUE(rc::check([&] {
        const Date date = calendar.next_workday(add_days(day(2026, 1, 5), *rc::gen::inRange(0, 300)));
        const Instant due = calendar.closing(date);
        const Instant until = apology_until(due, ClockRules{}, calendar);
        RC_ASSERT(calendar.between(until, due).elapsed >= directory::work_days(1));
        RC_ASSERT(calendar.between(until + std::chrono::minutes{1}, due).elapsed < directory::work_days(1));
    }));
}

}  // namespace
}  // namespace hl::dossiers
