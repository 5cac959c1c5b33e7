// Queues, search and figures, as the ledger's followers keep them.
#include "access/accounts.h"
#include "directory/commands.h"
#include "dossiers/bulk.h"
#include "dossiers/search.h"
#include "dossiers/statistics.h"
#include "store/followers.h"
#include "world.h"

namespace hl::dossiers::test {
namespace {

class Questions : public WorldTest {
  protected:
    void follow() {
        ASSERT_TRUE(ok(world->store().settle()));
        store::Followers followers(world->store());
        followers.add(std::make_shared<DossierSearch>([this] { return world->context(); }));
        followers.add(std::make_shared<DossierStatistics>());
        ASSERT_TRUE(ok(followers.catch_up()));
    }
    StatisticsRow total(AgencyId agency = {}) {
        const auto month = month_of(world->now());
        auto rows = world->ask([&](store::Reader& r) -> Result<std::vector<StatisticsRow>> {
            return statistics(r, {month, month, agency, GroupBy::total}, world->now());
        });
        return rows.ok() && !rows->empty() ? rows->front() : StatisticsRow{};
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, Questions, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(Questions, AQueueComesByDueTimePageByPageAndUnknownLast) {
    std::set<std::string> codes;
    for (int i = 0; i < 5; ++i) codes.insert(world->received(i == 2 ? untimed : simple).code.value);
    const auto open = world->filed();
    QueueQuery q;
    q.agency = world->tasks(open)[0].agency;
    q.limit = 2;
    std::vector<QueueItem> all;
    for (int page = 0; page < 10; ++page) {
        const auto got = world->ask([&](store::Reader& r) { return queue(r, q); });
        ASSERT_TRUE(ok(got));
        all.insert(all.end(), got->items.begin(), got->items.end());
        if (got->next.empty()) break;
        q.cursor = got->next;
    }
    ASSERT_EQ(all.size(), 6u);
    for (size_t i = 1; i < all.size(); ++i)
        if (all[i].task.due) {
            ASSERT_TRUE(all[i - 1].task.due);
            EXPECT_LE(*all[i - 1].task.due, *all[i].task.due);
        }
    EXPECT_EQ(all.back().code, open.code);
    q.cursor = "x.y";
    EXPECT_EQ(refused_with(world->ask([&](store::Reader& r) { return queue(r, q); })), "cursor.invalid");
}

TEST_P(Questions, SearchFindsByNameWithoutDiacriticsByNumberAndByCodeOnlyWhatMayBeRead) {
    auto f = world->filing();
    f.applicant.name = "Hồ Văn Lệ Thuỷ";
    const auto d = world->file(f);
    ASSERT_TRUE(ok(d));
    (void)world->filed();
    follow();
    const auto find = [&](const access::Actor& who, const std::string& words) {
        auto page = world->ask(
            [&](store::Reader& r) { return search_dossiers(r, world->context(), who, {words}, world->now()); });
        EXPECT_TRUE(ok(page));
        std::vector<std::string> codes;
        for (const auto& x : page->items) codes.push_back(x.code.value);
        return codes;
    };
    const std::vector<std::string> one{d->code.value};
    EXPECT_EQ(find(world->clerk(), "le thuy"), one);
    EXPECT_EQ(find(world->clerk(), "Lệ Thủy"), one);
    EXPECT_EQ(find(world->clerk(), d->code.value), one);
    EXPECT_EQ(find(world->clerk(), "0912 000 000").size(), 2u);
    EXPECT_EQ(find(world->clerk(), "000000000000").size(), 2u);
    EXPECT_TRUE(find(world->officer("khac", access::Role::clerk, AgencyId{"ubnd-18880"}), "le thuy").empty());
    EXPECT_TRUE(find(world->officer("khac", access::Role::clerk, AgencyId{"ubnd-18880"}), d->code.value).empty());
}

TEST_P(Questions, FiguresBalanceAndKeepUnknownApart) {
    (void)world->finished(simple);
    (void)world->working(simple);
    (void)world->working(untimed);
    auto late = world->signing(hourly);
    const auto gone = world->working();
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return withdraw(tx, ctx, world->system(), {gone.code}, "", t); })));
    world->clock().set(at_local(Date{std::chrono::year{2026} / 11 / 25}, 9));
    ASSERT_TRUE(ok(world->step(late.code)));
    follow();
    const auto row = total();
    EXPECT_EQ(row.received, 5);
    EXPECT_EQ(row.finished, 2);
    EXPECT_EQ(row.promise.on_time, 1);
    EXPECT_EQ(row.promise.late, 1);
    EXPECT_EQ(row.index.late, 1);
    EXPECT_EQ(row.withdrawn, 1);
    EXPECT_EQ(row.in_progress, 2);
    EXPECT_EQ(row.overdue, 1);
    EXPECT_EQ(row.due_unknown, 1);
    EXPECT_EQ(row.carried_over, 0);
    EXPECT_EQ(row.carried_over + row.received, row.finished + row.withdrawn + row.stopped + row.in_progress);
    EXPECT_EQ(total(AgencyId{"ubnd-18880"}).received, 0);
}

TEST_P(Questions, FiguresAreTheSameAfterARebuild) {
    (void)world->finished(simple);
    (void)world->working(paying);
    follow();
    const auto before = total();
    store::Followers followers(world->store());
    followers.add(std::make_shared<DossierStatistics>());
    ASSERT_TRUE(ok(followers.restart("dossiers.statistics", "test")));
    ASSERT_TRUE(ok(followers.catch_up()));
    ASSERT_TRUE(ok(followers.catch_up()));
    const auto after = total();
    EXPECT_EQ(after.received, before.received);
    EXPECT_EQ(after.finished, before.finished);
    EXPECT_EQ(after.in_progress, before.in_progress);
    EXPECT_EQ(after.minutes, before.minutes);
}

TEST_P(Questions, InBulkEachHasItsOwnOutcome) {
    const auto good = world->filed();
    const auto already = world->received();
    const auto report = world->store().write([&](store::Transaction& tx) {
        return receive_all(tx, world->context(), world->clerk(),
                           {{good.code}, {already.code}, {DossierCode{"H50.1-261116-0001"}}, {good.code}},
                           world->now());
    });
    ASSERT_TRUE(ok(report));
    ASSERT_EQ(report->size(), 3u);
    EXPECT_TRUE(ok(report->at(0).result));
    EXPECT_EQ(refused_with(report->at(1).result), "dossier.wrong_state");
    EXPECT_EQ(refused_with(report->at(2).result), "dossier.not_found");
    EXPECT_EQ(world->stored(good.code).state, State::received);
    EXPECT_TRUE(world->agrees(good.code));
}

TEST_P(Questions, ResultsAreSignedTogetherAndNeverGuessed) {
    const auto one = world->signing(), two = world->signing();
    const auto early = world->received();
    const auto sign = [&](const access::Actor& who, const std::string& kind) {
        return world->store().write([&](store::Transaction& tx) {
            return sign_all(tx, world->context(), who, {{one.code}, {early.code}, {two.code}}, kind, "digital",
                            world->now());
        });
    };
    const auto stranger = sign(world->clerk(), "");
    ASSERT_TRUE(ok(stranger));
    for (const auto& outcome : *stranger) EXPECT_FALSE(outcome.result.ok());
    EXPECT_EQ(refused_with(sign(world->head(), "khong-co")->at(0).result), "result.kind");
    const auto report = sign(world->head(), "");  // the card lists one kind
    ASSERT_TRUE(ok(report));
    EXPECT_TRUE(ok(report->at(0).result));
    EXPECT_FALSE(report->at(1).result.ok());
    EXPECT_TRUE(ok(report->at(2).result));
    for (const auto& d : {one, two}) {
        EXPECT_EQ(world->stored(d.code).state, State::finished);
        EXPECT_TRUE(world->agrees(d.code));
    }
    EXPECT_EQ(world->stored(early.code).state, State::received);
}

TEST_P(Questions, StepsAreEndedTogether) {
    const auto ready = world->received(), early = world->filed();
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, world->clerk(), {ready.code}, t); })));
    const auto report = world->store().write([&](store::Transaction& tx) {
        return complete_all(tx, world->context(), world->head(), {{ready.code}, {early.code}}, "Giao xử lý",
                            world->now());
    });
    ASSERT_TRUE(ok(report));
    EXPECT_TRUE(ok(report->at(0).result));
    EXPECT_FALSE(report->at(1).result.ok());
    EXPECT_TRUE(world->agrees(ready.code));
}

TEST_P(Questions, WorkOfSomebodyOnLeaveIsGivenToAnotherTogether) {
    const auto one = world->working(), two = world->working(), early = world->filed();
    // A colleague by his role alone, as the list of officers offers him, and somebody with neither role nor position.
    const OfficerId colleague{"nguoi-thay"}, stranger{"nguoi-la"};
    ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
        TRY_VOID(directory::add_officer(tx, colleague, "Người thay (mẫu)", "test", world->now()));
        TRY_VOID(directory::add_officer(tx, stranger, "Người lạ (mẫu)", "test", world->now()));
        SeededRandom random{5};
        access::AccountPolicy policy;
        policy.cost = {1, 8u << 20};
        const access::NewAccount account{
            "nguoi-thay", "Người thay (mẫu)", access::AccountKind::officer, colleague, {}, "mot-mat-khau-du-dai",
            false};
        TRY(const auto id, access::create_account(tx, account, policy, "test", random, world->now()));
        return access::grant_role(tx, id, {access::Role::handler, test::ward_office, local_date(world->now()), {}},
                                  "test", world->now());
    })));
    world->reload();
    const auto give = [&](const access::Actor& by, const OfficerId& officer) {
        auto report = world->store().write([&](store::Transaction& tx) {
            return reassign_all(tx, world->context(), by, {{one.code}, {two.code}, {early.code}}, officer, "Nghỉ phép",
                                world->now());
        });
        EXPECT_TRUE(ok(report));
        return *report;
    };
    for (const auto& outcome : give(world->handler(), colleague))
        EXPECT_EQ(hl::test::code_of(outcome.result), "access.denied");
    EXPECT_EQ(hl::test::code_of(give(world->head(), stranger).at(0).result), "task.officer_elsewhere");
    const auto report = give(world->head(), colleague);
    EXPECT_TRUE(ok(report.at(0).result));
    EXPECT_TRUE(ok(report.at(1).result));
    for (const auto& d : {one, two}) {
        const auto tasks = world->tasks(world->stored(d.code));
        ASSERT_EQ(tasks.size(), 1u);
        EXPECT_EQ(tasks.front().officer, colleague);
        EXPECT_TRUE(world->agrees(d.code));
    }
}

TEST_P(Questions, TheHistoryNamesAgencyStepAndTimes) {
    const auto d = world->signing();
    ASSERT_TRUE(ok(world->store().settle()));
    const auto history =
        world->ask([&](store::Reader& r) { return history_of(r, world->context(), world->stored(d.code)); });
    ASSERT_TRUE(ok(history));
    ASSERT_GE(history->size(), 5u);
    EXPECT_EQ(history->front().type, "dossier.filed");
    for (const auto& e : *history) EXPECT_FALSE(e.agency.empty());
    EXPECT_EQ(history->back().to, State::signing);
    EXPECT_EQ(history->back().started.size(), 1u);
}

}  // namespace
}  // namespace hl::dossiers::test
