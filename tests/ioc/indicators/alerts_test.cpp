// Alerts: raised when it has lasted, not in quiet hours, over only on the calm side of the second limit, each once.
#include "ioc/indicators/alerts.h"

#include "directory/commands.h"
#include "ledger.h"

namespace hl::ioc::test {
namespace {

class Alerts : public IndicatorTest {
  protected:
    void SetUp() override {
        IndicatorTest::SetUp();
        std::vector<Error> errors;
        organisation_ = directory::preview(directory::read_organisation(pack_folder, errors));
    }
    AlertRun judge() {
        const auto run = store().write(
            [&](store::Transaction& tx) { return judge_alerts(tx, *book, *organisation_, clock().now()); });
        EXPECT_TRUE(ok(run));
        return run.ok() ? *run : AlertRun{};
    }
    std::vector<std::string> standing() {
        std::vector<std::string> out;
        const auto list =
            store().read([&](store::Reader& r) -> Result<std::vector<Alert>> { return standing_alerts(r, *book, {}); });
        for (const auto& a : *list) out.push_back(a.rule->id + "@" + a.agency.value);
        return out;
    }
    /// So many dossiers open past their day.
    void overdue(int n) {
        for (int i = 0; i < n; ++i) {
            open_.push_back(ledger->filed(fmt::format("o{}", i), day(11, 2)));
            ledger->received(open_.back(), day(11, 2), day(11, 5));
        }
        catch_up();
    }
    void end(int n) {
        for (int i = 0; i < n; ++i) {
            ledger->finished(open_.back(), clock().now(), dossiers::Verdict::late, 10);
            open_.pop_back();
        }
        catch_up();
    }
    using List = std::vector<std::string>;
    std::vector<MadeUp::One> open_;
    std::shared_ptr<const directory::Directory> organisation_;
};
HL_FOR_EVERY_ENGINE(Alerts);

TEST_P(Alerts, AreRaisedWhenItLastedAndAreOverOnlyBelowTheSecondLimit) {
    overdue(25);
    EXPECT_EQ(judge().raised, 0);  // only just seen
    clock().advance(std::chrono::minutes{29});
    EXPECT_EQ(judge().raised, 0);
    clock().advance(std::chrono::minutes{1});
    EXPECT_EQ(judge().raised, 1);
    EXPECT_EQ(standing(), List{"hcc.dang-qua-han@so-y-te"});
    EXPECT_EQ(judge().raised, 0);  // told once
    end(10);                       // 15: below the first limit, above the second
    EXPECT_EQ(judge().cleared, 0);
    end(5);
    EXPECT_GE(judge().cleared, 1);
    const auto left = standing();
    EXPECT_EQ(std::count(left.begin(), left.end(), "hcc.dang-qua-han@so-y-te"), 0);
    settle();
    int raised = 0, cleared = 0;
    const auto events = store().read(
        [](store::Reader& r) -> Result<std::vector<store::StoredEvent>> { return store::read_events(r, 0, 10'000); });
    for (const auto& e : *events) {
        raised += e.type == "ioc.alert_raised" && e.stream == "ioc:alert:hcc.dang-qua-han";
        cleared += e.type == "ioc.alert_cleared" && e.stream == "ioc:alert:hcc.dang-qua-han";
    }
    EXPECT_EQ(raised, 1);
    EXPECT_EQ(cleared, 1);
}

TEST_P(Alerts, WaitForTheMorning) {
    overdue(25);
    clock().set(day(11, 23, 21));
    (void)judge();
    clock().set(day(11, 24, 2));
    EXPECT_EQ(judge().raised, 0);  // quiet hours go over midnight
    clock().set(day(11, 24, 7));
    EXPECT_EQ(judge().raised, 1);
}

TEST_P(Alerts, ARestartForgetsNothing) {
    overdue(25);
    (void)judge();
    clock().advance(std::chrono::minutes{31});
    follow();
    EXPECT_EQ(judge().raised, 1);
    EXPECT_EQ(
        store().read([&](store::Reader& r) { return alerts_change(r, *book, *organisation_, clock().now()); }).value(),
        false);
}

TEST(QuietHours, GoOverMidnight) {
    EXPECT_TRUE(within_quiet({1200, 420}, 1300));
    EXPECT_TRUE(within_quiet({1200, 420}, 0));
    EXPECT_FALSE(within_quiet({1200, 420}, 420));
    EXPECT_TRUE(within_quiet({60, 120}, 60));
    EXPECT_FALSE(within_quiet({60, 120}, 120));
}

}  // namespace
}  // namespace hl::ioc::test
