// The morning meeting's paper: the same figures as the API's questions give, never good when stale or unknown, and a
// document that can be read.
#include "ioc/briefing/briefing.h"

#include <gtest/gtest.h>

#include "../indicators/ledger.h"
#include "directory/commands.h"
#include "ioc/briefing/paper.h"
#include "ioc/directives/schema.h"

namespace hl::briefing {
namespace {

using ioc::test::day;
using ioc::test::MadeUp;
using ioc::test::pack_book;

std::shared_ptr<const directory::Directory> organisation() {
    static const auto made = [] {
        std::vector<Error> errors;
        return directory::preview(directory::read_organisation(ioc::test::pack_folder, errors));
    }();
    return made;
}

class Briefings : public hl::test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override {
        auto all = ioc::migrations();
        const auto& more = directives::migrations();
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    void SetUp() override {
        EngineTest::SetUp();
        MadeUp made(store());
        made.busy(60, 7);
        made.flush();
        store::Followers followers(store());
        followers.add(std::make_shared<ioc::Rollup>([] { return pack_book(); }));
        ASSERT_TRUE(hl::test::ok(followers.catch_up()));
    }
    [[nodiscard]] Sources sources() const {
        auto calendars = directory::Calendars::make({});
        return {
            {organisation(), calendars.ok() ? *calendars : nullptr, nullptr, nullptr, nullptr}, pack_book(), nullptr};
    }
    Result<Briefing> asked(Date d, Instant now, const access::Actor& actor) {
        return store().read([&](store::Reader& r) { return gather(r, sources(), actor, d, now); });
    }
    static access::Actor all() { return access::Actor::system("test", organisation()); }
};
HL_FOR_EVERY_ENGINE(Briefings);

TEST_P(Briefings, EveryComponentIsThereWithTheFiguresThatQuestionsGive) {
    const auto now = day(9, 10, 7);
    const auto found = asked(local_date(now), now, all());
    ASSERT_TRUE(hl::test::ok(found));
    ASSERT_EQ(found->sections.size(), ioc::all_components().size());
    EXPECT_FALSE(found->past);
    ASSERT_TRUE(found->position);
    int compared = 0;
    for (const auto& section : found->sections)
        for (const auto& row : section.rows) {
            ioc::Question q;
            q.indicator = row.indicator;
            q.now = now;
            q.small = q.latest = true;
            q.first = q.last = row.figure.period;
            const auto figures =
                store().read([&](store::Reader& r) { return ioc::figures(r, *found->sources.book, q); });
            ASSERT_TRUE(hl::test::ok(figures));
            ASSERT_EQ(figures->items.size(), 1u) << row.indicator->code;
            EXPECT_EQ(figures->items[0].value, row.figure.value) << row.indicator->code;
            EXPECT_EQ(figures->items[0].status, row.figure.status) << row.indicator->code;
            compared += row.figure.value.has_value();
        }
    EXPECT_GT(compared, 5);
}

TEST_P(Briefings, PastDayIsToldAsItWasKnownThenAndTheFutureIsRefused) {
    const auto now = day(9, 10, 7);
    const auto found = asked(local_date(day(8, 5)), now, all());
    ASSERT_TRUE(hl::test::ok(found));
    EXPECT_TRUE(found->past);
    EXPECT_TRUE(found->alerts.empty());
    EXPECT_FALSE(found->orders);
    for (const auto& section : found->sections)
        for (const auto& row : section.rows)
            if (row.figure.value && row.indicator->fold) {
                EXPECT_LE(row.figure.period.begin(), day(8, 5, 23)) << row.indicator->code;
            }
    EXPECT_EQ(hl::test::code_of(asked(local_date(day(9, 11)), now, all())), "briefing.future");
    EXPECT_EQ(hl::test::code_of(asked(local_date(now), now, access::Actor{})), "access.unauthenticated");
}

TEST_P(Briefings, PaperIsATaggedDocumentWithItsTitle) {
    const auto now = day(9, 10, 7);
    const auto found = asked(local_date(now), now, all());
    ASSERT_TRUE(hl::test::ok(found));
    const auto bytes = to_pdf(*found);
    ASSERT_TRUE(hl::test::ok(bytes));
    EXPECT_TRUE(bytes->starts_with("%PDF-1."));
    for (const auto* tag : {"/StructTreeRoot", "/H1", "/H2", "/Table", "/TH", "/Title"})
        EXPECT_NE(bytes->find(tag), std::string::npos) << tag;
}

TEST(BriefingWords, UnknownIsNoNumberAndNumbersAreVietnamese) {
    EXPECT_EQ(said(std::nullopt, "%"), "Chưa rõ");
    EXPECT_EQ(said(0, "hồ sơ"), "0 hồ sơ");
    EXPECT_EQ(said(97.25, "%"), "97,25%");
    EXPECT_EQ(said(1234567.5, "đồng"), "1.234.567,5 đồng");
    EXPECT_EQ(said(-1234, "đồng"), "-1.234 đồng");
    EXPECT_EQ(said(-0.001, "%"), "0%");
    EXPECT_EQ(said(100, "%"), "100%");
}

TEST(BriefingPaper, LongTableGoesOverPagesEachWithItsNumber) {
    Paper paper("Tiêu đề", "Cơ quan", "", "2026-11-28T00:00:00Z", "chân trang");
    std::vector<std::vector<Cell>> rows;
    for (int i = 0; i < 200; ++i) rows.push_back({{fmt::format("Dòng {}", i)}, {std::string(200, 'x')}});
    paper.table({{"A", 1}, {"B", 2}}, rows);
    const auto bytes = paper.finish();
    ASSERT_TRUE(bytes.ok());
    EXPECT_NE(bytes->find("/Count"), std::string::npos);
}

}  // namespace
}  // namespace hl::briefing
