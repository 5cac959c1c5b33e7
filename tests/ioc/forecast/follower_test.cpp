// The forecast of dossiers over a made-up ledger whose truth is known, on every engine: what is said comes true, the
// same events give the same bytes however they are read, pauses and late events count as the clocks say.
#include <gtest/gtest.h>

#include "access/access.h"
#include "ioc/forecast/follower.h"
#include "ioc/forecast/risks.h"
#include "ioc/forecast/schema.h"
#include "made_up.h"
#include "support/test_store.h"

namespace hl::forecast {
namespace {

using hl::test::ok;
using made_up::Province;

const std::filesystem::path pack_folder = HL_SOURCE_DIR "/packs/quang-tri";

Date day(int month, int d) {
    return Date{std::chrono::year{2026} / month / d};
}

class Forecast : public hl::test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override {
        store::Migrations all;
        for (const auto* room :
             {&directory::migrations(), &access::migrations(), &procedures::migrations(), &migrations()})
            all.insert(all.end(), room->begin(), room->end());
        return all;
    }
    void SetUp() override {
        EngineTest::SetUp();
        clock().set(at_local(day(6, 29), 9));
        province = std::make_unique<Province>(store(), pack_folder, 7);
        ASSERT_TRUE(ok(province->found()));
        begin_ = *store().read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    }
    void TearDown() override {
        province.reset();
        EngineTest::TearDown();
    }
    /// As the background thread would, `batch` events at a time.
    void follow(ForecastFollower& follower, int64_t batch, int64_t& position) {
        for (;;) {
            std::vector<store::StoredEvent> events;
            ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) -> Result<void> {
                events = store::read_events(tx, position, batch);
                return follower.apply(tx, events);
            })));
            if (events.empty()) return;
            follower.committed(events);
            position += std::ssize(events);
        }
    }
    void follow() {
        ASSERT_TRUE(ok(province->flush()));
        followers = std::make_unique<store::Followers>(store());
        followers->add(std::make_shared<ForecastFollower>());
        ASSERT_TRUE(ok(followers->catch_up()));
    }
    std::vector<std::string> everything() {
        return *store().read([&](store::Reader& r) -> Result<std::vector<std::string>> {
            std::vector<std::string> out;
            r.query("SELECT dossier, code, agency, facts FROM ioc_forecast_dossier ORDER BY dossier", {},
                    [&](const store::Row& row) {
                        out.push_back(fmt::format("{} {} {} {}", row.text(0), row.text(1), row.text(2), row.text(3)));
                    });
            r.query(
                "SELECT procedure, step, agency, pace, load, level, year, durations FROM ioc_forecast_cell ORDER BY "
                "procedure, step, agency, pace, load, level, year",
                {}, [&](const store::Row& row) {
                    out.push_back(fmt::format("{} {} {} {} {} {} {} {}", row.text(0), row.text(1), row.text(2),
                                              row.integer(3), row.integer(4), row.integer(5), row.integer(6),
                                              row.text(7)));
                });
            r.query("SELECT agency, open, sum, times FROM ioc_forecast_business ORDER BY agency", {},
                    [&](const store::Row& row) {
                        out.push_back(
                            fmt::format("{} {} {} {}", row.text(0), row.integer(1), row.integer(2), row.integer(3)));
                    });
            r.query("SELECT part, weight, late, said FROM ioc_forecast_calibration ORDER BY part", {},
                    [&](const store::Row& row) {
                        out.push_back(
                            fmt::format("{} {} {} {}", row.integer(0), row.integer(1), row.integer(2), row.integer(3)));
                    });
            return out;
        });
    }
    Risk risk(const Province::One& d, Instant at) {
        auto found =
            store().read([&](store::Reader& r) { return risk_of(r, province->lore, DossierCode{"H50-" + d.id}, at); });
        EXPECT_TRUE(ok(found));
        EXPECT_TRUE(found.ok() && found->has_value());
        return found.ok() && *found ? **found : Risk{};
    }
    Board everyone(Instant at, Scope scope = {}) {
        auto found = store().read([&](store::Reader& r) { return board(r, province->lore, scope, at); });
        EXPECT_TRUE(ok(found));
        return found.ok() ? *found : Board{};
    }

    std::unique_ptr<Province> province;
    std::unique_ptr<store::Followers> followers;
    int64_t begin_ = 0;
};
HL_FOR_EVERY_ENGINE(Forecast);

TEST_P(Forecast, TheSameBytesHoweverTheEventsAreReadAndAgainAfterARebuild) {
    province->live(120, day(5, 4), day(6, 26), clock().now());
    ASSERT_TRUE(ok(province->flush()));
    ForecastFollower at_once;
    int64_t position = 0;
    follow(at_once, 4000, position);
    const auto whole = everything();
    EXPECT_GT(whole.size(), 50u);
    const auto begin_again = [&](ForecastFollower& follower) {
        ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) -> Result<void> {
            follower.reset(tx);
            return Nothing{};
        })));
        position = 0;
    };
    begin_again(at_once);
    follow(at_once, 37, position);
    EXPECT_EQ(everything(), whole);
    // A follower that is a new one at every batch: nothing rests on memory.
    begin_again(at_once);
    for (;;) {
        ForecastFollower fresh;
        const auto before = position;
        std::vector<store::StoredEvent> events;
        ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) -> Result<void> {
            events = store::read_events(tx, position, 101);
            return fresh.apply(tx, events);
        })));
        position += std::ssize(events);
        if (position == before) break;
    }
    EXPECT_EQ(everything(), whole);
}

TEST_P(Forecast, ABatchThatWasUndoneLeavesNothingInMemory) {
    province->live(60, day(5, 4), day(6, 26), clock().now());
    ASSERT_TRUE(ok(province->flush()));
    ForecastFollower follower;
    int64_t position = 0;
    (void)store().write([&](store::Transaction& tx) -> Result<void> {
        TRY_VOID(follower.apply(tx, store::read_events(tx, 0, 200)));
        return Error{ErrorKind::unavailable, "test.undone", "", ""};
    });
    follow(follower, 150, position);
    const auto after = everything();
    ForecastFollower other;
    ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) -> Result<void> {
        other.reset(tx);
        return Nothing{};
    })));
    position = 0;
    follow(other, 4000, position);
    EXPECT_EQ(everything(), after);
}

TEST_P(Forecast, TooLittleKnownIsUnknownAndNotZero) {
    auto d = province->one(1, "9.000001", "ubnd-19333");
    province->filed(d, at_local(day(6, 22), 8));
    follow();
    auto told = risk(d, at_local(day(6, 22), 10));
    EXPECT_EQ(told.outlook.why, WhyUnknown::not_received);
    province->received(d, at_local(day(6, 22), 9));
    follow();
    told = risk(d, at_local(day(6, 22), 10));
    EXPECT_EQ(told.outlook.standing, Standing::unknown);
    EXPECT_EQ(told.outlook.why, WhyUnknown::few_cases);
    EXPECT_FALSE(reason(told.outlook).vi.empty());
}

/// A history in which "handle" takes very nearly its plan, so that what comes out can be reckoned.
class SteadyForecast : public Forecast {
  protected:
    void SetUp() override {
        Forecast::SetUp();
        if (HasFatalFailure()) return;
        province->truth.sigma = 0.05;
        province->truth.ease = 0;
        province->truth.agency = {{"ubnd-19333", 0.0}};
        province->truth.step = {};
        province->live(60, day(5, 4), day(6, 12), at_local(day(6, 20), 9));
    }
    Province::One begun(int n, Instant at) {
        auto d = province->one(n, "9.000001", "ubnd-19333");
        province->filed(d, at);
        province->received(d, at);
        return d;
    }
};
HL_FOR_EVERY_ENGINE(SteadyForecast);

TEST_P(SteadyForecast, WhoHasTimeEnoughIsSafeAndWhoHasNotIsLate) {
    // Twenty hours of work in 24: safe on the morning of the reception; without hope when nearly all of it is still to
    // be done with a day and an hour left.
    auto d = begun(900, at_local(day(6, 22), 8));
    follow();
    EXPECT_LT(risk(d, at_local(day(6, 22), 9)).outlook.raw, 0.2);
    province->step(d, 0, at_local(day(6, 24), 15));
    follow();
    const auto hopeless = risk(d, at_local(day(6, 24), 16)).outlook;
    EXPECT_GT(hopeless.raw, 0.95);
    ASSERT_NE(hopeless.worst(), nullptr);
    EXPECT_EQ(hopeless.worst()->step, "handle");  // the long one is where the promise passes
    const auto after = risk(d, at_local(day(6, 26), 8)).outlook;
    EXPECT_EQ(after.standing, Standing::late);
    EXPECT_LT(after.left, 0);
}

TEST_P(SteadyForecast, TheStepsChancesAddUpToTheWhole) {
    auto d = begun(900, at_local(day(6, 22), 8));
    province->step(d, 0, at_local(day(6, 22), 16));
    follow();
    for (const int hour : {16, 17}) {
        const auto told = risk(d, at_local(day(6, 24), hour - 5)).outlook;
        double sum = 0;
        for (const auto& s : told.steps) sum += s.misses;
        EXPECT_NEAR(sum, told.raw, 1e-9);
        EXPECT_EQ(told.steps.size(), 3u);  // assign, handle, approve; handing out is no part of the promise
    }
}

TEST_P(SteadyForecast, WaitingForTheApplicantTakesNothingOfTheTime) {
    auto d = begun(900, at_local(day(6, 22), 8));
    province->step(d, 0, at_local(day(6, 22), 10));
    province->asked_supplement(d, at_local(day(6, 22), 11));
    follow();
    const auto early = risk(d, at_local(day(6, 22), 14)).outlook, late = risk(d, at_local(day(6, 29), 9)).outlook;
    EXPECT_EQ(early.standing, Standing::waiting);
    EXPECT_EQ(late.standing, Standing::waiting);
    EXPECT_FALSE(late.due.has_value());
    EXPECT_EQ(late.steps.front().elapsed, 60);  // ten to eleven, and no minute since
    EXPECT_LT(late.raw, 0.2);                   // the promise begins anew when the papers come
    province->answered(d, at_local(day(6, 29), 10));
    follow();
    const auto again = risk(d, at_local(day(6, 29), 11)).outlook;
    EXPECT_EQ(again.standing, Standing::running);
    EXPECT_EQ(again.steps.front().elapsed, 120);
}

TEST_P(SteadyForecast, AnEventThatComesLateIsTakenAtItsOwnTime) {
    auto a = begun(900, at_local(day(6, 22), 8)), b = begun(901, at_local(day(6, 22), 8));
    province->step(a, 0, at_local(day(6, 22), 10));
    ASSERT_TRUE(ok(province->flush()));
    // Of the other it is told after later events were in the ledger.
    province->step(b, 0, at_local(day(6, 22), 10));
    follow();
    const auto at = at_local(day(6, 23), 9);
    EXPECT_EQ(risk(a, at).outlook.steps.front().elapsed, risk(b, at).outlook.steps.front().elapsed);
}

TEST_P(SteadyForecast, TheBoardIsInOrderAndOfTheScopeOnly) {
    (void)begun(900, at_local(day(6, 22), 8));
    (void)begun(901, at_local(day(6, 23), 14));
    (void)begun(902, at_local(day(6, 17), 8));
    follow();
    const auto all = everyone(at_local(day(6, 24), 9));
    ASSERT_GE(all.items.size(), 3u);
    EXPECT_TRUE(all.position.has_value());
    int rank = 0;
    double last = 2;
    for (const auto& r : all.items) {
        const int now = r.outlook.standing == Standing::late ? 0 : r.outlook.standing == Standing::unknown ? 2 : 1;
        EXPECT_GE(now, rank);
        if (now == 1 && rank == 1) {
            EXPECT_LE(r.outlook.probability, last + 1e-12);
        }
        rank = now;
        if (now == 1) last = r.outlook.probability;
    }
    EXPECT_TRUE(everyone(at_local(day(6, 24), 9), {std::vector{AgencyId{"ubnd-19345"}}, ""}).items.empty());
    EXPECT_EQ(everyone(at_local(day(6, 24), 9), {std::vector{AgencyId{"ubnd-19333"}}, ""}).items.size(),
              all.items.size());
    const auto summary = by_agency(all);
    ASSERT_EQ(summary.size(), 1u);
    EXPECT_EQ(summary.front().open, static_cast<int64_t>(all.items.size()));
}

TEST_P(SteadyForecast, TheEndedAreForgottenAndNobodyIsNamed) {
    auto d = begun(900, at_local(day(6, 22), 8));
    for (int s = 0; s < 4; ++s) province->step(d, s, at_local(day(6, 22), 10 + s));
    follow();
    const auto found = store().read(
        [&](store::Reader& r) { return risk_of(r, province->lore, DossierCode{"H50-" + d.id}, clock().now()); });
    ASSERT_TRUE(ok(found));
    EXPECT_FALSE(found->has_value());
    for (const auto& row : everything()) EXPECT_EQ(row.find("subject"), std::string::npos);
}

/// What is said is near the truth, and better than the simple ways: once, on the engine that is always there.
TEST(ForecastTruth, WhatIsSaidComesTrue) {
    hl::test::TempDir folder;
    ManualClock clock(at_local(day(11, 28), 9));
    SystemRandom random;
    auto migrations_ = store::migrations();
    for (const auto* room : {&directory::migrations(), &access::migrations(), &procedures::migrations()})
        migrations_.insert(migrations_.end(), room->begin(), room->end());
    store::StoreOptions options;
    options.url = "sqlite:" + (folder / "truth.db").string();
    auto store = store::Store::open(options, migrations_, clock, random);
    ASSERT_TRUE(ok(store));
    Province province(**store, pack_folder, 11);
    ASSERT_TRUE(ok(province.found()));
    province.live(350, day(8, 3), day(11, 20), clock.now());
    ASSERT_TRUE(ok(province.flush()));
    BacktestOptions how;
    how.every = 4;
    how.warm_up = 0.3;
    const auto tested = backtest(**store, how);
    ASSERT_TRUE(ok(tested));
    ASSERT_GT(tested->ours.size(), 80u);
    const auto ours = score(tested->ours), base = score(tested->base_rate), left = score(tested->time_left);
    EXPECT_LT(ours.brier, 0.9 * base.brier);
    EXPECT_LT(ours.brier, 0.95 * left.brier);
    EXPECT_LT(ours.log_loss, base.log_loss);
    EXPECT_GT(ours.auc, 0.7);
    EXPECT_LT(ours.reliability, 0.12);
    // Gone through again, it says the same.
    const auto again = backtest(**store, how);
    ASSERT_TRUE(ok(again));
    ASSERT_EQ(again->ours.size(), tested->ours.size());
    for (size_t i = 0; i < again->ours.size(); ++i) EXPECT_EQ(again->ours[i].said, tested->ours[i].said);
}

}  // namespace
}  // namespace hl::forecast
