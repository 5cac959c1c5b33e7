// Random commands at random times on one dossier: whatever is accepted keeps the invariants, whatever is refused leaves
// no trace, and the ledger always tells the same story as the tables.
#include <rapidcheck.h>

#include "world.h"

namespace hl::dossiers::test {
namespace {

class Machine : public WorldTest {};
INSTANTIATE_TEST_SUITE_P(Engines, Machine, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

using Step =
    std::function<Result<Dossier>(store::Transaction&, const Context&, const access::Actor&, const Target&, Instant)>;

struct Named {
    const char* name;
    Step run;
};

const std::vector<Named>& every_command() {
    static const std::vector<Named> list{
        {"receive", [](auto& tx, auto& c, auto& a, auto& t, Instant n) { return receive(tx, c, a, t, {}, n); }},
        {"refuse", [](auto& tx, auto& c, auto& a, auto& t, Instant n) { return refuse(tx, c, a, t, {"lý do"}, n); }},
        {"transfer", [](auto& tx, auto& c, auto& a, auto& t, Instant n) { return transfer(tx, c, a, t, n); }},
        {"complete", [](auto& tx, auto& c, auto& a, auto& t, Instant n) { return complete(tx, c, a, t, {}, n); }},
        {"complete",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             const auto d = storage::find(tx, t.code.value);
             const auto open = d.ok() ? storage::open_tasks(tx, d->key) : std::vector<Task>{};
             Completion which;
             if (!open.empty()) which.task = open.back().number;
             return complete(tx, c, a, t, which, n);
         }},
        {"return",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             return return_step(tx, c, a, t, {{}, "", "lại"}, n);
         }},
        {"consult",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             return consult(tx, c, a, t, {department, "hỏi", directory::work_hours(8), "agree", {}}, n);
         }},
        {"opinion",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             return give_opinion(tx, c, a, t, {{}, "agree", ""}, n);
         }},
        {"silence",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             const auto d = storage::find(tx, t.code.value);
             int number = 1;
             for (const auto& task : storage::open_tasks(tx, d.ok() ? d->key : 0))
                 if (task.kind == procedures::StepKind::consult) number = task.number;
             return report_silence(tx, c, a, t, number, n);
         }},
        {"supplement",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             return request_supplement(tx, c, a, t, {{"giấy"}, "thiếu", ""}, n);
         }},
        {"answer",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) { return answer_supplement(tx, c, a, t, {}, "", n); }},
        {"charge",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             return charge(tx, c, a, t, {{"thue", "thuế", "duty", 1000, "", {}, "", ""}}, n);
         }},
        {"pay",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             return pay(tx, c, a, t, {{}, "cash", "1"}, n);
         }},
        {"extend",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             return extend(tx, c, a, t, c.calendars->for_agency(ward_office)->next_workday(add_days(local_date(n), 9)),
                           "chậm", n);
         }},
        {"withdraw", [](auto& tx, auto& c, auto& a, auto& t, Instant n) { return withdraw(tx, c, a, t, "", n); }},
        {"stop", [](auto& tx, auto& c, auto& a, auto& t, Instant n) { return stop(tx, c, a, t, "dừng", "Điều 1", n); }},
        {"result",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             ResultInput r;
             r.kind = "giay";
             return record_result(tx, c, a, t, r, n);
         }},
        {"decline",
         [](auto& tx, auto& c, auto& a, auto& t, Instant n) {
             ResultInput r;
             r.outcome = Outcome::declined;
             r.reason = "không đủ điều kiện";
             return record_result(tx, c, a, t, r, n);
         }},
        {"deliver", [](auto& tx, auto& c, auto& a, auto& t, Instant n) { return deliver(tx, c, a, t, {}, n); }},
    };
    return list;
}

/// What must hold of every dossier at every moment.
void check(World& world, const Dossier& d) {
    const auto tasks = world.tasks(d);
    const auto& directory = *world.directory;
    const Date today = local_date(world.now());
    RC_ASSERT(national_status(d.state) >= 1 && national_status(d.state) <= 10);
    if (is_open(d.state)) {
        // Every open dossier has a live holder and somebody's task.
        RC_ASSERT(!tasks.empty());
        const auto* holder = directory.agency(d.agency);
        RC_ASSERT(holder && holder->at(today));
        for (const auto& t : tasks) {
            const auto* agency = directory.agency(t.agency);
            RC_ASSERT(agency && agency->at(today));
        }
    } else {
        RC_ASSERT(tasks.empty());
        RC_ASSERT(!d.clock.started() || d.clock.stopped());
    }
    RC_ASSERT(d.extensions <= 1);
    RC_ASSERT((d.state == State::finished || d.state == State::returned) <= (d.results > 0));
    const bool waiting = d.state == State::awaiting_supplement || d.state == State::awaiting_payment;
    RC_ASSERT(waiting == (d.clock.paused() && is_open(d.state)));
    RC_ASSERT(d.clock.started() == d.received_at.has_value());
    for (size_t i = 1; i < d.clock.acts.size(); ++i) RC_ASSERT(d.clock.acts[i - 1].at <= d.clock.acts[i].at);
    if (d.state == State::finished) RC_ASSERT(tasks.size() == 1u);
    if (d.state == State::returned) RC_ASSERT(d.unpaid == 0);
}

TEST_P(Machine, NoSequenceOfCommandsReachesAnIllegalState) {
    const auto& commands = every_command();
    const auto procedures = std::array{simple, consulting, paying, untimed, hourly};
    rc::detail::TestParams params = rc::detail::configuration().testParams;
    params.maxSuccess = GetParam() == store::Engine::sqlite ? 200 : 15;
    std::map<State, int> reached;
    const auto result = rc::detail::checkTestable(
        [&] {
            const auto procedure = procedures[*rc::gen::inRange<size_t>(0, procedures.size())];
            auto d = world->filed(procedure);
            // Chance alone dies early: the first commands are mostly the usual ones.
            const auto length = *rc::gen::inRange(1, 30);
            for (int i = 0; i < length; ++i) {
                const bool usual = *rc::gen::inRange(0, 3) > 0;
                size_t choice = *rc::gen::inRange<size_t>(0, commands.size());
                if (usual && d.state == State::filed) choice = 0;
                if (usual && d.state == State::received) choice = 2;
                if (usual && d.state == State::processing) choice = 3 + choice % 2;
                world->clock().advance(std::chrono::minutes{*rc::gen::inRange(0, 900)});
                const auto before = world->stored(d.code);
                const auto tasks_before = world->tasks(before).size();
                const auto done = world->run([&](auto& tx, auto& ctx, Instant t) {
                    return commands[choice].run(tx, ctx, world->system(), {d.code}, t);
                });
                const auto after = world->stored(d.code);
                if (done.ok()) {
                    RC_ASSERT(after.version == before.version + 1);
                    check(*world, after);
                } else {
                    RC_ASSERT(done.error().kind != ErrorKind::internal);
                    RC_ASSERT(!done.error().vi.empty() && !done.error().en.empty());
                    RC_ASSERT(after.version == before.version);
                    RC_ASSERT(world->tasks(after).size() == tasks_before);
                }
                d = after;
                ++reached[d.state];
            }
            RC_ASSERT(static_cast<bool>(world->agrees(d.code)));
        },
        rc::detail::TestMetadata{}, params);
    if (!result.template is<rc::detail::SuccessResult>()) {
        std::ostringstream out;
        rc::detail::printResultMessage(result, out);
        FAIL() << out.str();
    }
    int commands_run = 0;
    for (const auto& [state, count] : reached) commands_run += count;
    RecordProperty("commands", commands_run);
    EXPECT_GE(commands_run, params.maxSuccess);
    // The walk is worth something only when it gets around.
    if (GetParam() == store::Engine::sqlite) {
        EXPECT_GE(reached.size(), 9u);
    }
}

}  // namespace
}  // namespace hl::dossiers::test
