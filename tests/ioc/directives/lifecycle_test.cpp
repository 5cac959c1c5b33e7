// The life of a directive and its deadlines, without a store.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "directory/commands.h"
#include "ioc/directives/directive.h"

namespace hl::directives {
namespace {

std::vector<Command> any_commands() {
    const auto numbers =
        *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, static_cast<int>(all_commands().size())));
    std::vector<Command> out;
    for (const int n : numbers) out.push_back(all_commands()[static_cast<size_t>(n)]);
    return out;
}

RC_GTEST_PROP(Lifecycle, HoldsItsRulesWhateverIsTried, ()) {
    Standing now;
    for (const auto command : any_commands()) {
        const auto next = after(now, command);
        if (!next.ok()) {
            RC_ASSERT(!next.error().vi.empty() && !next.error().en.empty());
            continue;
        }
        // Nothing leaves what was withdrawn, only taking it up again what was closed.
        RC_ASSERT(now.state != State::withdrawn);
        if (now.state == State::closed) RC_ASSERT(command == Command::reopen);
        // It is closed only from the agency's hand.
        if (next->state == State::closed) RC_ASSERT(now.state == State::handed_in);
        // Time is asked for only while it is being worked on, and once at a time.
        if (next->extension_asked) RC_ASSERT(next->state == State::working);
        if (command == Command::ask_extension) RC_ASSERT(!now.extension_asked);
        // Nobody reports on what he did not acknowledge.
        if (now.state == State::issued) RC_ASSERT(command == Command::acknowledge || command == Command::withdraw);
        // Who issued it and who answers it never move it in the same step.
        if (is_answer(command)) RC_ASSERT(ioc::directive::is_open(next->state));
        now = *next;
    }
}

TEST(Lifecycle, EveryStateIsReached) {
    std::set<State> reached{State::issued};
    std::vector<Standing> open{{}};
    while (!open.empty()) {
        const auto at = open.back();
        open.pop_back();
        for (const auto c : all_commands())
            if (const auto next = after(at, c); next.ok() && reached.insert(next->state).second) open.push_back(*next);
    }
    EXPECT_EQ(reached.size(), 5u);
}

std::shared_ptr<const directory::Calendar> calendar() {
    static const auto made = [] {
        std::vector<Error> errors;
        const auto pack = directory::read_organisation(HL_SOURCE_DIR "/packs/quang-tri", errors);
        return *directory::Calendars::make(pack.calendars);
    }();
    return made->for_agency(AgencyId{"so-y-te"});
}

RC_GTEST_PROP(Deadlines, TheDaysShownAddUpToTheWorkingTime, ()) {
    const Instant from =
        at_local(std::chrono::year{2026} / 1 / 1, 0) + std::chrono::seconds{*rc::gen::inRange(0, 365 * 24 * 3600)};
    const directory::WorkMinutes work{*rc::gen::inRange(1, 60 * 8 * 100)};
    const auto d = deadline_in(*calendar(), from, work);
    RC_ASSERT(d.ok());
    int64_t sum = 0;
    for (const auto& day : d->days) sum += day.worked.count;
    RC_ASSERT(sum == work.count);
    RC_ASSERT(d->due > from);
    // Named by its end, it is the same.
    const auto again = deadline_at(*calendar(), from, d->due);
    RC_ASSERT(again.ok());
    RC_ASSERT(again->work == work);
}

TEST(Deadlines, AWeekendIsNotWorkingTime) {
    const Instant friday = at_local(std::chrono::year{2026} / 11 / 27, 16);
    const auto d = deadline_in(*calendar(), friday, directory::work_hours(8));
    ASSERT_TRUE(d.ok());
    EXPECT_EQ(local_date(d->due), Date(std::chrono::year{2026} / 11 / 30));
    EXPECT_EQ(deadline_at(*calendar(), friday, friday).error().code, "directive.deadline");
    EXPECT_EQ(deadline_in(*calendar(), friday, {0}).error().code, "directive.deadline");
    // From Saturday to Sunday nobody works.
    const Instant saturday = at_local(std::chrono::year{2026} / 11 / 28, 9);
    EXPECT_EQ(deadline_at(*calendar(), saturday, saturday + std::chrono::hours{24}).error().code, "directive.deadline");
}

TEST(Deadlines, RemindersComeFromTheClock) {
    Directive d;
    d.issued_at = at_local(std::chrono::year{2026} / 11 / 16, 8);
    const auto made = deadline_in(*calendar(), d.issued_at, directory::work_hours(24));
    d.deadline = *made;
    const auto at = [&](int day, int hour) {
        return timing_of(d, *calendar(), at_local(std::chrono::year{2026} / 11 / day, hour));
    };
    EXPECT_FALSE(at(16, 9).due_soon || at(16, 9).overdue || at(16, 9).unacknowledged);
    EXPECT_TRUE(at(17, 15).unacknowledged);
    EXPECT_TRUE(at(18, 14).due_soon);
    EXPECT_TRUE(at(19, 14).overdue);
    EXPECT_LT(at(19, 14).left->count, 0);
    d.state = State::handed_in;
    EXPECT_FALSE(at(19, 14).overdue);  // it waits for the issuer now
    EXPECT_FALSE(at(19, 14).left);
}

}  // namespace
}  // namespace hl::directives
