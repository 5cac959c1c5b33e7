// Unusual changes and arrivals, asked of the indicators of a made-up ledger in which one agency's work tripled.
#include "../indicators/ledger.h"
#include "ioc/forecast/changes_find.h"
#include "ioc/forecast/views.h"

namespace hl::forecast {
namespace {

using hl::test::ok;
using ioc::Dimension;

std::shared_ptr<const directory::Calendar> calendar() {
    static const auto made = [] {
        directory::CalendarData data;
        data.id = "vn";
        data.weekday_shifts = {{450, 690}, {780, 1020}};
        data.notices[2026] = "made up";
        return *directory::Calendar::make(std::move(data));
    }();
    return made;
}

class Movements : public ioc::test::IndicatorTest {
  protected:
    void SetUp() override {
        IndicatorTest::SetUp();
        // Thirteen weeks until Sunday 22 November; in the last one so-y-te takes in three times as many.
        const std::vector<std::string> agencies{"so-y-te", "so-noi-vu", "ubnd-19333"};
        int n = 0;
        for (Date d = *parse_date("2026-08-24"); d < *parse_date("2026-11-23"); d = add_days(d, 1)) {
            if (!calendar()->is_workday(d)) continue;
            for (const auto& agency : agencies) {
                const int times = agency == "so-y-te" && d >= *parse_date("2026-11-16") ? 12 : 4;
                for (int i = 0; i < times; ++i) {
                    const auto at = at_local(d, 8, i);
                    auto one = ledger->filed(fmt::format("d{:05}", n++), at, agency, fmt::format("1.00000{}", i % 4));
                    ledger->received(one, at, at + std::chrono::hours{72});
                }
            }
        }
        catch_up();
    }
    Changes changes(Sight sight, std::string indicator = "HCC.TIEP_NHAN") {
        ChangeQuestion q;
        q.period = *ioc::parse_period("2026-W47");
        q.sight = std::move(sight);
        q.indicator = std::move(indicator);
        q.now = clock().now();
        auto found = store().read([&](store::Reader& r) { return find_changes(r, *book, *calendar(), q); });
        EXPECT_TRUE(ok(found));
        return found.ok() ? *found : Changes{};
    }
};
HL_FOR_EVERY_ENGINE(Movements);

TEST_P(Movements, TheChangeIsFoundAndTheAgencyThatMovedIsNamedWithItsPart) {
    const auto found = changes({{}, true});
    ASSERT_EQ(found.items.size(), 2u);  // the province and so-y-te; the two others did as ever
    for (const auto& c : found.items) {
        EXPECT_TRUE(c.agency.empty() || c.agency.value == "so-y-te");
        for (const auto& [by, e] : c.why) {
            double sum = 0;
            for (const auto& m : e.movers) sum += m.contribution;
            EXPECT_NEAR(sum, e.change, 1e-9) << ioc::to_string(by);
        }
        if (!c.agency.empty()) continue;
        EXPECT_DOUBLE_EQ(c.test.value, 100);
        EXPECT_DOUBLE_EQ(c.test.expected, 60);
        ASSERT_FALSE(c.why.empty());
        EXPECT_EQ(c.why.front().first, Dimension::agency);
        const auto& first = c.why.front().second.movers.front();
        EXPECT_EQ(first.key, "so-y-te");
        EXPECT_DOUBLE_EQ(first.contribution, 40);
    }
    EXPECT_GE(found.tested, 4);
    EXPECT_TRUE(found.position.has_value());
}

TEST_P(Movements, WhoSeesOneAgencySeesItsChangesAlone) {
    EXPECT_TRUE(changes({std::vector{AgencyId{"so-noi-vu"}}, false}).items.empty());
    const auto own = changes({std::vector{AgencyId{"so-y-te"}}, false});
    ASSERT_EQ(own.items.size(), 1u);
    for (const auto& [by, e] : own.items.front().why) EXPECT_NE(by, Dimension::unit);
}

TEST_P(Movements, APeriodThatIsRunningIsNotCompared) {
    ChangeQuestion q;
    q.period = *ioc::parse_period("2026-W48");
    q.now = clock().now();
    const auto found = store().read([&](store::Reader& r) { return find_changes(r, *book, *calendar(), q); });
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().code, "forecast.period");
}

TEST_P(Movements, ArrivalsAreTheIndicatorsAndSmallNumbersAreNotTold) {
    const auto asked =
        store().read([&](store::Reader& r) { return arrivals_of(r, *book, of("so-noi-vu"), clock().now()); });
    ASSERT_TRUE(ok(asked));
    int64_t sum = 0;
    for (const auto n : asked->arrivals.counts) sum += n;
    EXPECT_EQ(sum, 13 * 5 * 4);
    const auto told = forecast_intake(asked->arrivals, *calendar(), local_date(clock().now()));
    EXPECT_EQ(told.method, Method::seasonal);
    EXPECT_NEAR(told.ahead[1].expected, 20, 1.5);
    const auto shown = view(told, Telling{1000, false});
    for (const auto& w : shown.at("weeks").as_array()) {
        EXPECT_TRUE(w.at("expected").is_null());
        EXPECT_TRUE(w.at("suppressed").as_bool());
    }
    const auto by =
        store().read([&](store::Reader& r) { return arrivals_by(r, *book, {}, Dimension::agency, 2, clock().now()); });
    ASSERT_TRUE(ok(by));
    ASSERT_EQ(by->size(), 2u);
    EXPECT_EQ(by->front().first, "so-y-te");
}

}  // namespace
}  // namespace hl::forecast
