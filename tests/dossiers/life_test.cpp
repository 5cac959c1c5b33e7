// The life of a dossier, command by command, on every engine.
#include "world.h"

namespace hl::dossiers::test {
namespace {

class Life : public WorldTest {};
INSTANTIATE_TEST_SUITE_P(Engines, Life, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(Life, GoesFromFilingToRatedResultAndTheLedgerAgrees) {
    auto d = world->filed();
    EXPECT_EQ(d.state, State::filed);
    EXPECT_EQ(d.national(), 1);
    EXPECT_EQ(d.code.value.substr(d.code.value.find('-')), "-261116-0001");
    auto clerk = world->clerk(), handler = world->handler(), head = world->head();
    auto done = world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, clerk, {d.code}, {}, t); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->national(), 2);
    ASSERT_TRUE(done->due);
    EXPECT_EQ(local_date(*done->due), (Date{std::chrono::year{2026} / 11 / 19}));
    done = world->run([&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, clerk, {d.code}, t); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->national(), 4);
    done = world->run([&](auto& tx, auto& ctx, Instant t) { return complete(tx, ctx, head, {d.code}, {}, t); });
    ASSERT_TRUE(ok(done));
    done = world->run([&](auto& tx, auto& ctx, Instant t) { return claim(tx, ctx, handler, {d.code}, {}, t); });
    ASSERT_TRUE(ok(done));
    Completion note;
    note.note = "Đã thẩm định";
    done = world->run([&](auto& tx, auto& ctx, Instant t) { return complete(tx, ctx, handler, {d.code}, note, t); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->state, State::signing);
    ResultInput result;
    result.kind = "giay";
    result.signature = "digital";
    done =
        world->run([&](auto& tx, auto& ctx, Instant t) { return record_result(tx, ctx, head, {d.code}, result, t); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->national(), 9);
    ASSERT_EQ(world->tasks(*done).size(), 1u);
    EXPECT_EQ(world->tasks(*done)[0].kind, procedures::StepKind::return_result);
    done = world->run([&](auto& tx, auto& ctx, Instant t) { return deliver(tx, ctx, clerk, {d.code}, {}, t); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->national(), 10);
    EXPECT_TRUE(world->tasks(*done).empty());
    Rating rating;
    rating.scores = "222222211";
    rating.phone = "+84 912 000 000";
    done =
        world->run([&](auto& tx, auto& ctx, Instant t) { return rate(tx, ctx, access::Actor{}, {d.code}, rating, t); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(refused_with(world->run(
                  [&](auto& tx, auto& ctx, Instant t) { return rate(tx, ctx, access::Actor{}, {d.code}, rating, t); })),
              "rating.given");
    EXPECT_TRUE(world->agrees(d.code));
    EXPECT_EQ(world->events(*done).size(), 9u);
}

TEST_P(Life, AStrangerWithAnotherPhoneCannotRateOrTrack) {
    auto d = world->finished();
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return deliver(tx, ctx, world->system(), {d.code}, {}, t); })));
    Rating rating;
    rating.overall = 5;
    rating.phone = "0912 000 001";
    const auto wrong_phone =
        world->run([&](auto& tx, auto& ctx, Instant t) { return rate(tx, ctx, access::Actor{}, {d.code}, rating, t); });
    EXPECT_EQ(refused_with(wrong_phone), "rating.phone");
    const auto ctx = world->context();
    const auto a = world->ask([&](store::Reader& r) { return track(r, ctx, d.code.value, "0912 000 001"); });
    const auto b = world->ask([&](store::Reader& r) { return track(r, ctx, "H50.99-261116-0001", "0912000000"); });
    ASSERT_FALSE(a.ok());
    ASSERT_FALSE(b.ok());
    EXPECT_EQ(a.error().code, b.error().code);
    EXPECT_EQ(a.error().vi, b.error().vi);
    const auto right = world->ask([&](store::Reader& r) { return track(r, ctx, d.code.value, "0912000000"); });
    ASSERT_TRUE(ok(right));
    EXPECT_EQ(right->dossier.national(), 10);
}

TEST_P(Life, RefusalNeedsReasonsAndEndsIt) {
    auto d = world->filed();
    const auto without =
        world->run([&](auto& tx, auto& ctx, Instant t) { return refuse(tx, ctx, world->clerk(), {d.code}, {" "}, t); });
    ASSERT_EQ(refused_with(without), "refusal.reason_required");
    EXPECT_EQ(without.error().rule, "Thông tư 03/2025/TT-VPCP, mẫu 03");
    const auto done = world->run([&](auto& tx, auto& ctx, Instant t) {
        return refuse(tx, ctx, world->clerk(), {d.code}, {"Không thuộc thẩm quyền"}, t);
    });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->national(), 3);
    const auto later =
        world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->clerk(), {d.code}, {}, t); });
    EXPECT_EQ(refused_with(later), "dossier.wrong_state");
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Life, ADossierThatLacksAPaperIsNotReceived) {
    auto f = world->filing();
    f.components.clear();
    const auto d = world->file(f);
    ASSERT_TRUE(ok(d));
    const auto got =
        world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->clerk(), {d->code}, {}, t); });
    ASSERT_EQ(refused_with(got), "components.missing");
    EXPECT_NE(got.error().vi.find("Tờ khai"), std::string::npos);
    EXPECT_EQ(world->stored(d->code).version, 1);
}

TEST_P(Life, ASupplementPausesAndThePromiseStartsAgain) {
    auto d = world->working();
    const auto asked = world->run([&](auto& tx, auto& ctx, Instant t) {
        return request_supplement(tx, ctx, world->handler(), {d.code}, {{"Bản sao sổ hộ khẩu"}, "Thiếu", ""}, t);
    });
    ASSERT_TRUE(ok(asked));
    EXPECT_EQ(asked->national(), 5);
    EXPECT_EQ(asked->due, d.due);
    world->clock().set(at_local(Date{std::chrono::year{2026} / 11 / 18}, 9));
    const auto back = world->run([&](auto& tx, auto& ctx, Instant t) {
        return answer_supplement(tx, ctx, world->clerk(), {d.code}, {}, "", t);
    });
    ASSERT_TRUE(ok(back));
    EXPECT_EQ(back->national(), 4);
    EXPECT_EQ(local_date(*back->due), (Date{std::chrono::year{2026} / 11 / 23}));
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Life, AClockSetBackLosesNothingAndLeavesTheTapeInOrder) {
    auto d = world->working();
    const auto promised = d.due;
    const auto asked_at = world->now();
    ASSERT_TRUE(ok(world->run([&](auto& tx, auto& ctx, Instant t) {
        return request_supplement(tx, ctx, world->handler(), {d.code}, {{"Bản sao"}, "Thiếu", ""}, t);
    })));
    // Somebody sets the machine's clock, and the server is started again: it is the day before.
    world->clock().set(asked_at - std::chrono::hours{24});
    world->reload();
    const auto back = world->run([&](auto& tx, auto& ctx, Instant t) {
        return answer_supplement(tx, ctx, world->clerk(), {d.code}, {}, "", t);
    });
    ASSERT_TRUE(ok(back));
    EXPECT_TRUE(std::ranges::is_sorted(back->clock.acts, {}, &ClockEvent::at));
    ASSERT_TRUE(back->due);
    EXPECT_LE(*back->due, *promised) << "an hour that did not pass is given to nobody";
    const auto second = world->filed();
    EXPECT_NE(second.code, d.code);
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->clerk(), {second.code}, {}, t); })));
    EXPECT_TRUE(world->agrees(d.code));
    EXPECT_TRUE(world->agrees(second.code));
    // The ledger is in the order of its commits, whatever the hour that stands in an event.
    const auto events = world->ask(
        [](store::Reader& r) { return Result<std::vector<store::StoredEvent>>{store::read_events(r, 0, 1000)}; });
    int64_t position = 0;
    for (const auto& e : *events) EXPECT_EQ(e.position, position++);
}

TEST_P(Life, ASupplementAfterThreeWorkingDaysIsRefusedWithTheArticle) {
    auto d = world->working();
    world->clock().set(at_local(Date{std::chrono::year{2026} / 11 / 20}, 8));
    const auto asked = world->run([&](auto& tx, auto& ctx, Instant t) {
        return request_supplement(tx, ctx, world->handler(), {d.code}, {{"Bản sao"}, "Thiếu", ""}, t);
    });
    ASSERT_EQ(refused_with(asked), "supplement.too_late");
    EXPECT_EQ(asked.error().rule, "Nghị định 61/2018/NĐ-CP, Điều 19");
}

TEST_P(Life, AFinancialDutyHoldsItUpUntilPaid) {
    auto d = world->working(paying);
    for (int i = 0; i < 6 && d.state != State::awaiting_payment; ++i) {
        auto next = world->step(d.code);
        ASSERT_TRUE(ok(next));
        d = *next;
    }
    ASSERT_EQ(d.state, State::awaiting_payment);
    EXPECT_EQ(d.national(), 6);
    Charge tax{"thue", "Lệ phí trước bạ", "duty", 250'000, "Thông báo thử", {}, "", ""};
    auto charged = world->run(
        [&](auto& tx, auto& ctx, Instant t) { return charge(tx, ctx, world->handler(), {d.code}, {tax}, t); });
    ASSERT_TRUE(ok(charged));
    EXPECT_EQ(charged->unpaid, 250'000);
    EXPECT_EQ(refused_with(world->step(d.code)), "step.charges_unpaid");
    world->clock().advance(std::chrono::hours{48});
    auto paid = world->run([&](auto& tx, auto& ctx, Instant t) {
        return pay(tx, ctx, world->clerk(), {d.code}, {{}, "transfer", "GD-1"}, t);
    });
    ASSERT_TRUE(ok(paid));
    EXPECT_EQ(paid->unpaid, 0);
    EXPECT_EQ(paid->national(), 4);
    EXPECT_GT(*paid->due, *d.due);
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Life, ConsultationRunsBesideTheWorkAndSilenceIsReportedOnce) {
    auto d = world->working(consulting);
    auto next = world->step(d.code);  // assigned: both lanes run
    ASSERT_TRUE(ok(next));
    const auto tasks = world->tasks(*next);
    ASSERT_EQ(tasks.size(), 2u);
    Consultation c{department, "Ý kiến về quy hoạch?", directory::work_hours(8), "report", {}};
    next =
        world->run([&](auto& tx, auto& ctx, Instant t) { return consult(tx, ctx, world->handler(), {d.code}, c, t); });
    ASSERT_TRUE(ok(next));
    const int asked = world->tasks(*next).back().number;
    const auto soon = world->run(
        [&](auto& tx, auto& ctx, Instant t) { return report_silence(tx, ctx, world->handler(), {d.code}, asked, t); });
    EXPECT_EQ(refused_with(soon), "silence.not_due");
    world->clock().set(at_local(Date{std::chrono::year{2026} / 11 / 18}, 8));
    const auto count = world->store().write([&](store::Transaction& tx) {
        return report_silences(tx, world->context(), world->system(), 10, world->now());
    });
    ASSERT_TRUE(ok(count));
    EXPECT_EQ(*count, 1);
    const auto again = world->store().write([&](store::Transaction& tx) {
        return report_silences(tx, world->context(), world->system(), 10, world->now());
    });
    EXPECT_EQ(*again, 0);
    Opinion o{asked, "agree", ""};
    const auto answered = world->run([&](auto& tx, auto& ctx, Instant t) {
        return give_opinion(tx, ctx, world->officer("can-bo-so", access::Role::handler, department), {d.code}, o, t);
    });
    ASSERT_TRUE(ok(answered));
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Life, WorkSentBackReturnsToItsOfficerWithTheReason) {
    auto d = world->signing();
    const auto back = world->run([&](auto& tx, auto& ctx, Instant t) {
        return return_step(tx, ctx, world->head(), {d.code}, {{}, "", "Thiếu căn cứ"}, t);
    });
    ASSERT_TRUE(ok(back));
    EXPECT_EQ(back->state, State::processing);
    const auto tasks = world->tasks(*back);
    ASSERT_EQ(tasks.size(), 1u);
    EXPECT_EQ(tasks[0].step, "handle");
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Life, ExtensionOnceAndADayBefore) {
    auto d = world->working();
    const auto extend_to = [&](int day) {
        return world->run([&](auto& tx, auto& ctx, Instant t) {
            return extend(tx, ctx, world->head(), {d.code}, Date{std::chrono::year{2026} / 11 / day}, "Khối lượng lớn",
                          t);
        });
    };
    EXPECT_EQ(refused_with(extend_to(21)), "extension.date");  // a Saturday
    world->clock().set(at_local(Date{std::chrono::year{2026} / 11 / 19}, 8));
    EXPECT_EQ(refused_with(extend_to(25)), "extension.too_late");
    world->clock().set(at_local(Date{std::chrono::year{2026} / 11 / 18}, 8));
    const auto first = extend_to(25);
    ASSERT_TRUE(ok(first));
    EXPECT_EQ(local_date(*first->due), (Date{std::chrono::year{2026} / 11 / 25}));
    EXPECT_EQ(refused_with(extend_to(27)), "extension.used");
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Life, WithdrawalOnlyWhileThereIsNoResult) {
    auto d = world->finished();
    EXPECT_EQ(refused_with(world->run(
                  [&](auto& tx, auto& ctx, Instant t) { return withdraw(tx, ctx, world->clerk(), {d.code}, "", t); })),
              "dossier.wrong_state");
    auto e = world->working();
    const auto done = world->run(
        [&](auto& tx, auto& ctx, Instant t) { return withdraw(tx, ctx, world->clerk(), {e.code}, "Đổi ý", t); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->national(), 7);
    EXPECT_TRUE(world->tasks(*done).empty());
    EXPECT_TRUE(world->agrees(e.code));
}

TEST_P(Life, AnUnverifiedTimeGivesNoDueDateAndAnUnknownVerdict) {
    auto d = world->received(untimed);
    EXPECT_FALSE(d.due);
    world->clock().advance(std::chrono::hours{24 * 60});
    const auto clocks = world->ask([&](store::Reader& r) { return clocks_of(r, world->context(), d, world->now()); });
    ASSERT_TRUE(ok(clocks));
    EXPECT_EQ(clocks->promise_now.verdict, Verdict::unknown);
    EXPECT_EQ(clocks->index_now.verdict, Verdict::unknown);
}

TEST_P(Life, AnotherAgencysOfficerMayNotActAndAnOldVersionIsRefused) {
    auto d = world->filed();
    const auto other = world->officer("nguoi-khac", access::Role::clerk, AgencyId{"ubnd-18880"});
    EXPECT_EQ(refused_with(
                  world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, other, {d.code}, {}, t); })),
              "access.denied");
    EXPECT_EQ(refused_with(world->run([&](auto& tx, auto& ctx, Instant t) {
                  return receive(tx, ctx, world->clerk(), {d.code, 7}, {}, t);
              })),
              "dossier.changed");
}

TEST_P(Life, NothingInTheLedgerNamesThePerson) {
    auto d = world->signing();
    std::string all;
    for (const auto& e : world->events(d)) all += e.data_text + e.actor;
    for (const char* secret : {"Người", "Nộp", "000000000000", "912000000", "0912"})
        EXPECT_EQ(all.find(secret), std::string::npos) << secret;
}

TEST_P(Life, TheFirstErasureOfThePersonLeavesTheDossierStanding) {
    auto d = world->finished();
    ASSERT_TRUE(ok(world->store().write(
        [&](store::Transaction& tx) { return world->vault().erase_subject(tx, d.subject, world->now()); })));
    const auto whole =
        world->ask([&](store::Reader& r) { return load_whole(r, world->context(), world->stored(d.code)); });
    ASSERT_TRUE(ok(whole));
    EXPECT_FALSE(whole->person);
    EXPECT_EQ(whole->detail.results.size(), 1u);
}

}  // namespace
}  // namespace hl::dossiers::test
