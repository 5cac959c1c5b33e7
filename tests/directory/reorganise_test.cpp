// Applying packs and reorganising, in a database of every engine.
#include <random>

#include "base/files.h"
#include "directory/events.h"
#include "directory/loader.h"
#include "directory/pack.h"
#include "store/ledger.h"
#include "support/engine_test.h"

namespace hl::directory {

using hl::test::code_of;
using hl::test::ok;
using samples::day;
using samples::province_pack;

class DirectoryStore : public hl::test::EngineTest {
  protected:
    store::Migrations more_migrations() const override { return migrations(); }
    Result<void> apply(const OrganisationPack& pack) {
        return store().write(
            [&](store::Transaction& tx) { return apply_organisation(tx, pack, "test", clock().now()); });
    }
    Result<void> change(const std::vector<Succession>& successions) {
        return store().write(
            [&](store::Transaction& tx) { return reorganise(tx, successions, "test", clock().now()); });
    }
    std::shared_ptr<const Directory> load() {
        return store()
            .read([](store::Reader& r) -> Result<std::shared_ptr<const Directory>> { return Directory::load(r); })
            .value();
    }
    std::vector<std::string> differences(const OrganisationPack& pack) {
        return store()
            .read([&](store::Reader& r) -> Result<std::vector<std::string>> { return describe_changes(r, pack); })
            .value();
    }
    std::vector<store::StoredEvent> events() {
        settle();
        return store()
            .read([](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
                return store::read_events(r, 0, 1000);
            })
            .value();
    }
};
HL_FOR_EVERY_ENGINE(DirectoryStore);

namespace {

Succession row(const char* from, const char* to, Date date, SuccessionKind kind = SuccessionKind::merge,
               const char* function = "", const char* area = "") {
    return {from, to, date, kind, function, UnitId{area}, "Nghị quyết thử"};
}
const auto date = day(2027, 1, 1);
const std::vector<Succession> merge_two_wards{row("vn-19351", "vn-19333", date), row("ubnd-19351", "ubnd-19333", date),
                                              row("hcc-19351", "hcc-19333", date)};

}  // namespace

TEST_P(DirectoryStore, KeepsAPackAsItWasRead) {
    const auto before = differences(province_pack());
    EXPECT_GT(before.size(), 300u);
    ASSERT_TRUE(ok(apply(province_pack())));
    const auto d = load();
    EXPECT_EQ(d->units_at(day(2026, 1, 1), UnitLevel::commune).size(), 78u);
    EXPECT_EQ(d->successions().size(), province_pack().successions.size());
    EXPECT_EQ(
        d->resolve("mot-cua", UnitId{"vn-19742"}, UnitLevel::commune, day(2026, 1, 1)).value().position.value().value,
        "ubnd-19742/mot-cua");
    EXPECT_EQ(differences(province_pack()), std::vector<std::string>{});
    const auto calendars = store().read([](store::Reader& r) { return Calendars::load(r); });
    ASSERT_TRUE(ok(calendars));
    EXPECT_EQ(calendars.value()->for_agency(AgencyId{"ubnd-19333"})->label(), "vn@1");
}

TEST_P(DirectoryStore, ApplyingTheSamePackTwiceChangesNothing) {
    ASSERT_TRUE(ok(apply(province_pack())));
    const auto count = events().size();
    EXPECT_EQ(count, 2u);  // the calendar and the pack
    ASSERT_TRUE(ok(apply(province_pack())));
    EXPECT_EQ(events().size(), count);
}

TEST_P(DirectoryStore, AChangedCalendarNeedsANewVersion) {
    ASSERT_TRUE(ok(apply(province_pack())));
    auto pack = province_pack();
    pack.hash = "other";
    pack.calendars[0].days.pop_back();
    EXPECT_EQ(code_of(apply(pack)), "calendar.version");
    pack.calendars[0].version = 2;
    const auto words = differences(pack);
    EXPECT_NE(std::ranges::find(words, "Lịch vn: bản 1 → 2"), words.end());
    ASSERT_TRUE(ok(apply(pack)));
    const auto calendars = store().read([](store::Reader& r) { return Calendars::load(r); });
    EXPECT_EQ(calendars.value()->for_agency(AgencyId{"x"})->label(), "vn@2");
    EXPECT_FALSE(calendars.value()->by_label("vn@1")->is_workday(day(2026, 11, 24)));
    EXPECT_TRUE(calendars.value()->by_label("vn@2")->is_workday(day(2026, 11, 24)));
}

TEST_P(DirectoryStore, DifferencesAreSaidInWords) {
    ASSERT_TRUE(ok(apply(province_pack())));
    auto pack = province_pack();
    const auto it = std::ranges::find(pack.agencies, AgencyId{"ubnd-19333"}, &Agency::id);
    it->versions.back().phone = "0233 3852 123";
    EXPECT_EQ(differences(pack), std::vector<std::string>{"cơ quan ubnd-19333: điện thoại “” → “0233 3852 123”"});
}

TEST_P(DirectoryStore, AMergerHandsEverythingToTheSuccessor) {
    ASSERT_TRUE(ok(apply(province_pack())));
    ASSERT_TRUE(ok(change(merge_two_wards)));
    const auto d = load();
    EXPECT_EQ(d->holder(AgencyId{"ubnd-19351"}, "mot-cua", {}, day(2026, 12, 31)).value().value, "ubnd-19351");
    EXPECT_EQ(d->holder(AgencyId{"ubnd-19351"}, "mot-cua", {}, date).value().value, "ubnd-19333");
    EXPECT_EQ(d->holder(AgencyId{"ubnd-461"}, "mot-cua", UnitId{"vn-19348-cu"}, date).value().value,
              "ubnd-19333");  // two steps
    EXPECT_EQ(d->resolve("dia-chinh", UnitId{"vn-19348-cu"}, UnitLevel::commune, date).value().agency.value,
              "ubnd-19333");
    EXPECT_TRUE(d->positions_of(AgencyId{"ubnd-19351"}, date).empty());
    EXPECT_EQ(d->agency_by_code(d->agency(AgencyId{"ubnd-19351"})->at(day(2026, 1, 1))->code, date), nullptr);
    const auto last = events().back();
    EXPECT_EQ(last.type, events::reorganised);
    EXPECT_EQ(last.data.at("successions").as_array().size(), 3u);
}

TEST_P(DirectoryStore, APackDoesNotUndoAReorganisation) {
    ASSERT_TRUE(ok(apply(province_pack())));
    ASSERT_TRUE(ok(change(merge_two_wards)));
    auto pack = province_pack();
    pack.hash = "edited";
    ASSERT_TRUE(ok(apply(pack)));
    const auto d = load();
    EXPECT_FALSE(d->agency(AgencyId{"ubnd-19351"})->at(date));
    EXPECT_EQ(d->holder(AgencyId{"ubnd-19351"}, "mot-cua", {}, date).value().value, "ubnd-19333");
    EXPECT_TRUE(d->positions_of(AgencyId{"ubnd-19351"}, date).empty());
}

TEST_P(DirectoryStore, NoWorkIsLeftBehind) {
    ASSERT_TRUE(ok(apply(province_pack())));
    EXPECT_EQ(code_of(change({})), "reorganise.unknown");
    EXPECT_EQ(code_of(change({row("ubnd-19351", "", date)})), "reorganise.no_successor");
    EXPECT_EQ(code_of(change({row("ubnd-19351", "ubnd-0", date)})), "reorganise.unknown");
    EXPECT_EQ(code_of(change({row("ubnd-19351", "vn-19333", date)})), "reorganise.unknown");
    EXPECT_EQ(code_of(change({row("ubnd-19351", "ubnd-19351", date)})), "reorganise.cycle");
    EXPECT_EQ(code_of(change({row("ubnd-461", "ubnd-19333", date)})), "reorganise.date");  // ended in 2025
    EXPECT_EQ(code_of(change({row("ubnd-19351", "ubnd-461", date)})), "reorganise.no_successor");
    EXPECT_EQ(code_of(change({row("vn-19351", "vn-19333", date)})), "reorganise.no_successor");  // its committee stays
    EXPECT_EQ(code_of(change({row("ubnd-19351", "ubnd-19333", date), row("ubnd-19333", "ubnd-19351", date)})),
              "reorganise.cycle");
    EXPECT_EQ(code_of(change({row("ubnd-19351", "ubnd-19333", date), row("ubnd-19351", "ubnd-19360", date)})),
              "reorganise.date");
    EXPECT_EQ(code_of(change({row("ubnd-19351", "ubnd-19333", date, SuccessionKind::transfer)})),
              "reorganise.no_successor");
    EXPECT_EQ(differences(province_pack()), std::vector<std::string>{});  // a refusal leaves no trace
}

TEST_P(DirectoryStore, OneFunctionCanMoveWhileTheAgencyLives) {
    ASSERT_TRUE(ok(apply(province_pack())));
    ASSERT_TRUE(ok(change({row("ubnd-19351", "ubnd-19333", date, SuccessionKind::transfer, "dia-chinh")})));
    const auto back = day(2028, 1, 1);
    ASSERT_TRUE(ok(change({row("ubnd-19333", "ubnd-19351", back, SuccessionKind::transfer, "dia-chinh", "vn-19351")})));
    const auto d = load();
    const AgencyId from{"ubnd-19351"};
    EXPECT_EQ(d->holder(from, "dia-chinh", {}, day(2026, 12, 31)).value(), from);
    EXPECT_EQ(d->holder(from, "dia-chinh", {}, date).value().value, "ubnd-19333");
    EXPECT_EQ(d->holder(from, "mot-cua", {}, date).value(), from);
    EXPECT_EQ(d->holder(from, "dia-chinh", UnitId{"vn-19351"}, back).value(), from);  // there and back again
    EXPECT_EQ(d->holder(from, "dia-chinh", UnitId{"vn-19333"}, back).value().value, "ubnd-19333");
}

TEST_P(DirectoryStore, OfficersHoldPositionsInTheirTime) {
    ASSERT_TRUE(ok(apply(province_pack())));
    const PositionId position{"ubnd-19333/mot-cua"};
    const auto assign = [&](const char* who, Date from, std::optional<Date> to) {
        return store().write([&](store::Transaction& tx) {
            return assign_officer(tx, OfficerId{who}, position, {from, to}, "test", clock().now());
        });
    };
    ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) {
        return add_officer(tx, OfficerId{"cb-1"}, "Cán bộ thử", "test", clock().now());
    })));
    EXPECT_EQ(code_of(assign("cb-2", day(2026, 1, 1), {})), "officer.unknown");
    EXPECT_EQ(code_of(assign("cb-1", day(2020, 1, 1), {})), "officer.dates");
    ASSERT_TRUE(ok(assign("cb-1", day(2026, 1, 1), {})));
    EXPECT_EQ(code_of(assign("cb-1", day(2026, 6, 1), {})), "officer.assigned");
    EXPECT_EQ(load()->officer(OfficerId{"cb-1"})->holdings.size(), 1u);
    for (const auto& e : events())
        EXPECT_EQ(e.data_text.find("Cán bộ thử"), std::string::npos) << "a name went into the ledger";
}

/// Any sequence of mergers and splits: whoever ever existed has a live holder for every function on every date.
TEST_P(DirectoryStore, RandomReorganisationsLeaveNoWorkWithoutAHolder) {
    std::mt19937 random(20250701);
    const auto pick = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
    ASSERT_TRUE(ok(apply(province_pack())));
    auto d = load();
    auto when = date;
    int done = 0, refused = 0;
    for (int round = 0; round < 30; ++round) {
        when = add_days(when, static_cast<int>(pick(40)));  // sometimes the same day again
        const auto live = d->agencies_at(when, AgencyKind::department);
        if (live.size() < 3) break;
        std::vector<Succession> rows;
        const auto& from = live[pick(live.size())]->id.value;
        const auto& to = d->agencies_at(day(2026, 1, 1), AgencyKind::department)[pick(15)]->id.value;  // may be dead
        rows.push_back(row(from.c_str(), to.c_str(), when, SuccessionKind::split));
        if (pick(2))
            rows.push_back(row(from.c_str(), live[pick(live.size())]->id.value.c_str(), when, SuccessionKind::split,
                               "chuyen-vien"));
        if (pick(2))
            rows.push_back(row(from.c_str(), live[pick(live.size())]->id.value.c_str(), when, SuccessionKind::split, "",
                               "vn-19333"));
        if (pick(3) == 0) rows.erase(rows.begin());
        if (rows.empty()) continue;
        if (auto result = change(rows); result.ok())
            ++done;
        else {
            ++refused;
            EXPECT_TRUE(result.error().code.starts_with("reorganise.")) << result.error().code;
        }
        d = load();
        for (const auto& agency : province_pack().agencies) {
            if (agency.versions.front().kind != AgencyKind::department) continue;
            for (auto check = date; check <= add_days(when, 1); check = add_days(check, 13))
                for (const auto* f : {"mot-cua", "chuyen-vien", "lanh-dao"})
                    for (const auto* area : {"", "vn-19333", "vn-19348-cu"}) {
                        const auto holder = d->holder(agency.id, f, UnitId{area}, check);
                        ASSERT_TRUE(ok(holder)) << agency.id.value;
                        ASSERT_TRUE(d->agency(holder.value())->at(check));
                    }
        }
    }
    EXPECT_GT(done, 3);
    EXPECT_GT(refused, 3);
}

}  // namespace hl::directory
