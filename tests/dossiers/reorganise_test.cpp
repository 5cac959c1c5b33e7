// Dossiers open in a district office on 30 June 2025 are with its successors on 1 July: clocks unbroken, codes the
// same, old codes still found (Law 72/2025/QH15).
#include "dossiers/reorganise.h"

#include "dossiers/import.h"
#include "store/ledger.h"
#include "world.h"

namespace hl::dossiers::test {
namespace {

class Reorganised : public WorldTest {
  protected:
    [[nodiscard]] Instant start() const override { return at_local(Date{std::chrono::year{2025} / 6 / 30}, 8); }
    Result<HandOver> new_day() {
        world->clock().set(at_local(Date{std::chrono::year{2025} / 7 / 1}, 0));
        return world->store().write(
            [&](store::Transaction& tx) { return rehome(tx, world->context(), world->system(), world->now()); });
    }
    Dossier district_dossier() {
        auto f = world->filing(of_district);
        f.place = UnitId{"vn-461"};
        const auto d = world->file(f);
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : Dossier{};
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, Reorganised, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(Reorganised, OpenDossiersOfTheDistrictAreWithItsSuccessorsTheNextDay) {
    std::vector<Dossier> before;
    before.push_back(district_dossier());
    auto d = district_dossier();
    auto r =
        world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->system(), {d.code}, {}, t); });
    ASSERT_TRUE(ok(r));
    before.push_back(*r);
    d = district_dossier();
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->system(), {d.code}, {}, t); })));
    r = world->run([&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, world->system(), {d.code}, t); });
    ASSERT_TRUE(ok(r));
    before.push_back(*r);
    for (const auto& b : before) EXPECT_EQ(b.agency, district);
    const auto moved = new_day();
    ASSERT_TRUE(ok(moved));
    EXPECT_EQ(moved->dossiers, 3);
    const Date today = local_date(world->now());
    for (const auto& b : before) {
        const auto now = world->stored(b.code);
        EXPECT_EQ(now.code, b.code);
        EXPECT_EQ(now.clock, b.clock);
        EXPECT_EQ(now.due, b.due);
        EXPECT_EQ(now.state, b.state);
        EXPECT_NE(now.agency, district);
        EXPECT_TRUE(world->directory->agency(now.agency)->at(today));
        EXPECT_TRUE(world->directory->agency(now.reception)->at(today));
        for (const auto& t : world->tasks(now)) {
            EXPECT_TRUE(world->directory->agency(t.agency)->at(today)) << t.agency.value;
        }
        EXPECT_TRUE(world->agrees(b.code));
    }
    const auto again = new_day();
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(again->dossiers, 0);
    // And the work goes on to its end with the successor.
    auto last = world->stored(before[2].code);
    for (int i = 0; i < 6 && last.state != State::finished; ++i) {
        auto next = world->step(last.code);
        ASSERT_TRUE(ok(next));
        last = *next;
    }
    EXPECT_EQ(last.state, State::finished);
    EXPECT_TRUE(world->agrees(last.code));
}

TEST_P(Reorganised, WorkTouchedBeforeTheHandOverRunsIsMovedOnTheWay) {
    auto d = district_dossier();
    world->clock().set(at_local(Date{std::chrono::year{2025} / 7 / 1}, 8));
    const auto r =
        world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->system(), {d.code}, {}, t); });
    ASSERT_TRUE(ok(r));
    EXPECT_NE(r->agency, district);
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Reorganised, ImportedDossiersKeepTheirOldCodesAndGetALiveHolder) {
    world->clock().set(at_local(Date{std::chrono::year{2025} / 7 / 2}, 8));
    ImportItem item;
    item.code = DossierCode{"000.00.38.H50-250620-0012"};
    item.other_codes = {"H50.38-250620-120012"};
    item.procedure = of_district;
    item.place = UnitId{"vn-461"};
    item.agency = district;
    item.applicant = world->filing().applicant;
    item.status = 4;
    item.filed_at = at_local(Date{std::chrono::year{2025} / 6 / 20}, 8);
    item.received_at = item.filed_at;
    item.due = at_local(Date{std::chrono::year{2025} / 7 / 4}, 17);
    const auto import = [&] {
        return world->store().write([&](store::Transaction& tx) {
            return import_dossiers(tx, world->context(), world->system(), {item}, world->now());
        });
    };
    const auto report = import();
    ASSERT_TRUE(ok(report));
    ASSERT_TRUE(ok(report->at(0).result));
    const auto d = report->at(0).result.value();
    EXPECT_TRUE(world->directory->agency(d.agency)->at(local_date(world->now())));
    EXPECT_EQ(d.due, item.due);
    EXPECT_EQ(world->stored(DossierCode{"h50.38-250620-120012"}).code, d.code);
    EXPECT_EQ(world->stored(item.code).code, d.code);
    EXPECT_TRUE(world->agrees(d.code));
    EXPECT_EQ(refused_with(import()->at(0).result), "import.exists");
    item.code = DossierCode{"000.00.38.H50-250620-0013"};
    item.other_codes.clear();
    item.received_at = item.filed_at - std::chrono::hours{1};
    EXPECT_EQ(refused_with(import()->at(0).result), "import.dates");
}

TEST_P(Reorganised, ARehearsalSaysWhatTheHandOverDoesAndWritesNothing) {
    world->clock().set(at_local(Date{std::chrono::year{2026} / 11 / 18}, 8));
    for (int i = 0; i < 2; ++i) {
        const auto d = world->file(world->filing());
        ASSERT_TRUE(ok(d));
        EXPECT_EQ(d->agency, ward_office);
    }
    const AgencyId other{"ubnd-18880"};
    directory::Succession s;
    s.from = ward_office.value;
    s.to = other.value;
    s.date = local_date(world->now());
    s.kind = directory::SuccessionKind::merge;
    s.basis = "Nghị quyết thử nghiệm (dữ liệu mẫu)";
    const auto ledger = [&] {
        EXPECT_TRUE(ok(world->store().settle()));
        return *world->ask([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    };
    const auto before = ledger();
    const auto stranger = rehearse(world->store(), world->context(), world->clerk(), {s}, world->now());
    EXPECT_EQ(refused_with(stranger), "access.denied");
    const auto seen = rehearse(world->store(), world->context(), world->system(), {s}, world->now());
    ASSERT_TRUE(ok(seen));
    EXPECT_EQ(seen->dossiers, 2);
    EXPECT_EQ(seen->stuck_dossiers, 0);
    ASSERT_EQ(seen->moves.size(), 1u);
    EXPECT_EQ(seen->moves.begin()->first.from, ward_office);
    EXPECT_EQ(seen->moves.begin()->first.to, other);
    EXPECT_EQ(seen->moves.begin()->second, 2);
    EXPECT_EQ(ledger(), before);
    EXPECT_TRUE(rehearse(world->store(), world->context(), world->system(), {s}, world->now(), 1)->more);
    const auto done = world->store().write(
        [&](store::Transaction& tx) { return hand_over(tx, world->context(), world->system(), {s}, world->now()); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->dossiers, seen->dossiers);
}

}  // namespace
}  // namespace hl::dossiers::test
