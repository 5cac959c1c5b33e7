// A trial says what a dossier would meet: it is held against dossiers that were really made.
#include "dossiers/trial.h"

#include "procedures/draft_sheet.h"
#include "world.h"

namespace hl::dossiers::test {
namespace {

class TrialRun : public WorldTest {
  protected:
    TrialRequest request(const ProcedureCode& code) {
        TrialRequest r;
        auto release = world->catalogue->valid(code, world->now());
        EXPECT_TRUE(ok(release));
        if (release.ok()) r.release = *release;
        r.start = world->now();
        r.answers.place = ward;
        return r;
    }
    Trial run(const TrialRequest& r) {
        auto t = run_trial(world->context(), r);
        EXPECT_TRUE(ok(t));
        return t.ok() ? *std::move(t) : Trial{};
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, TrialRun, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(TrialRun, PromisesAndPlansWhatARealDossierGets) {
    for (const int hour : {8, 14, 16}) {
        world->clock().set(at_local(Date{std::chrono::year{2026} / 11 / 18}, hour, 20));
        for (const auto& code : {simple, consulting, hourly, untimed}) {
            const auto t = run(request(code));
            const auto d = world->received(code);
            EXPECT_EQ(t.promised ? std::optional{t.promised->at} : std::nullopt, d.due) << code.value << hour;
            EXPECT_EQ(t.agency, d.agency);
            EXPECT_EQ(t.reception, d.reception);
            const auto open = world->tasks(d);
            ASSERT_FALSE(open.empty());
            EXPECT_EQ(t.steps.front().step.id, open.front().step);
            EXPECT_EQ(t.steps.front().who.agency, open.front().agency);
            EXPECT_EQ(t.steps.front().due, open.front().due);
        }
    }
}

TEST_P(TrialRun, EveryStepBeginsWhereTheOneBeforeEnded) {
    const auto t = run(request(simple));
    ASSERT_EQ(t.steps.size(), 5u);
    for (size_t i = 1; i < t.steps.size(); ++i) EXPECT_EQ(t.steps[i].started, t.steps[i - 1].ended);
    EXPECT_EQ(t.steps.back().step.kind, procedures::StepKind::return_result);
    EXPECT_EQ(t.finished, t.steps.back().started);
    EXPECT_EQ(t.promise_verdict.verdict, Verdict::on_time);
    EXPECT_EQ(t.promise.state, ClockState::stopped);
    EXPECT_FALSE(t.promise.arithmetic.empty());
    EXPECT_TRUE(t.problems.empty());
    EXPECT_TRUE(
        world
            ->ask([](store::Reader& r) -> Result<int64_t> {
                return r.first("SELECT COUNT(*) FROM dossier", {}, [](const store::Row& row) { return row.integer(0); })
                    .value();
            })
            .value() == 0);
}

TEST_P(TrialRun, WorkThatTakesTooLongIsLateAndSaysSo) {
    auto r = request(simple);
    r.outcomes["handle"].took = directory::work_days(10);
    const auto t = run(r);
    const auto handle = std::ranges::find(t.steps, "handle", [](const TrialStep& s) { return s.step.id; });
    ASSERT_NE(handle, t.steps.end());
    EXPECT_TRUE(handle->late);
    EXPECT_EQ(t.promise_verdict.verdict, Verdict::late);
    EXPECT_EQ(t.index_verdict.verdict, Verdict::late);
}

TEST_P(TrialRun, ASupplementStopsTheIndexAndStartsThePromiseAgain) {
    auto r = request(simple);
    r.outcomes["handle"].took = directory::work_hours(8);
    r.outcomes["handle"].supplement = directory::work_days(5);
    const auto t = run(r);
    ASSERT_EQ(t.waits.size(), 1u);
    EXPECT_EQ(t.waits[0].reason, PauseReason::supplement);
    const auto rounds = std::ranges::count(t.steps, "handle", [](const TrialStep& s) { return s.step.id; });
    EXPECT_EQ(rounds, 2);
    ASSERT_TRUE(t.promise.due && t.promised);
    EXPECT_GT(*t.promise.due, t.promised->at);
    const auto calendar = world->calendars->for_agency(t.agency);
    // The day of receipt is not counted (Civil Code 2015, Article 147.2).
    const auto first = calendar->opening(calendar->next_workday(local_date(r.start)));
    EXPECT_EQ(t.index.elapsed, calendar->between(std::min(first, t.waits[0].from), t.waits[0].from).elapsed +
                                   calendar->between(t.waits[0].to, t.finished).elapsed);
    EXPECT_EQ(t.promise_verdict.verdict, Verdict::on_time);
    // Asked for on the fourth day it comes too late (Decree 61/2018, Article 19).
    r.outcomes["handle"].took = directory::work_days(5);
    const auto late = run(r);
    ASSERT_FALSE(late.problems.empty());
    EXPECT_EQ(late.problems.front().code, "supplement.too_late");
}

TEST_P(TrialRun, ADraftIsTriedBeforeItIsPublishedAndParallelLanesWaitForEachOther) {
    auto r = request(consulting);
    const auto published = run(r);
    procedures::Templates templates;
    std::vector<Error> errors;
    templates = procedures::read_templates(pack_folder, errors);
    auto draft = procedures::draft_of(*r.release, templates);
    auto text = procedures::write_procedure(draft);
    auto again = procedures::parse_procedure(text, "t.yaml", templates, errors);
    ASSERT_TRUE(again && errors.empty()) << (errors.empty() ? "" : errors.front().en);
    EXPECT_EQ(procedures::make_artefacts(again->card, again->form, again->flow, again->rules).flow.hash,
              r.release->flow_hash);
    r.release = std::make_shared<const procedures::Release>(procedures::release_of(*again));
    r.outcomes["consult"].took = directory::work_hours(6);
    r.outcomes["handle"].took = directory::work_hours(2);
    const auto t = run(r);
    const auto of = [&](std::string_view id) {
        return *std::ranges::find(t.steps, id, [](const TrialStep& s) { return std::string_view{s.step.id}; });
    };
    EXPECT_EQ(of("consult").who.agency, department);
    EXPECT_EQ(of("synthesise").started, of("consult").ended);
    EXPECT_GT(of("consult").ended, of("handle").ended);
    const auto shown = view(t, r, *world->directory);
    EXPECT_TRUE(shown.at("release").is_null());
    EXPECT_EQ(shown.at("steps").as_array().size(), t.steps.size());
}

TEST(TrialWords, DeadlineIsSaidWithItsDay) {
    const auto t = at_local(Date{std::chrono::year{2026} / 11 / 27}, 17);
    EXPECT_EQ(deadline_in_words(t), "trước 17 giờ 00 thứ Sáu, ngày 27/11/2026");
    EXPECT_EQ(deadline_in_english(t), "before 17:00 on Friday, 27/11/2026");
}

}  // namespace
}  // namespace hl::dossiers::test
