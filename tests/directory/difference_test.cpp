// What the console shows before a pack is applied: thing by thing, field by field, and nothing once it is applied.
#include "directory/difference.h"

#include "directory/pack.h"
#include "support/test_store.h"

namespace hl::directory {

using hl::test::ok;
using samples::day;
using samples::province_pack;

namespace {

class PackDifference : public hl::test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override { return directory::migrations(); }
    void apply(const OrganisationPack& pack) {
        ASSERT_TRUE(ok(store().write(
            [&](store::Transaction& tx) { return apply_organisation(tx, pack, "test", clock().now()); })));
    }
    std::vector<Difference> against(const OrganisationPack& pack) {
        auto found = store().read([&](store::Reader& r) -> Result<std::vector<Difference>> {
            return differences(r, pack, local_date(clock().now()));
        });
        EXPECT_TRUE(ok(found));
        return found.ok() ? *found : std::vector<Difference>{};
    }
};
HL_FOR_EVERY_ENGINE(PackDifference);

TEST_P(PackDifference, EverythingIsNewAtFirstAndNothingAfterwards) {
    const auto first = against(province_pack());
    EXPECT_GT(first.size(), province_pack().units.size());
    for (const auto& d : first) {
        EXPECT_EQ(d.change, Difference::Change::added);
        EXPECT_FALSE(d.fields.empty()) << d.id;
    }
    apply(province_pack());
    EXPECT_TRUE(against(province_pack()).empty());
}

TEST_P(PackDifference, SaysWhichFieldWhatEndsAndWhatIsKept) {
    apply(province_pack());
    auto pack = province_pack();
    auto& agency = *std::ranges::find(pack.agencies, "ubnd-19333", [](const Agency& a) { return a.id.value; });
    agency.versions.back().name = "Tên thử";
    auto& other = *std::ranges::find(pack.agencies, "ubnd-18880", [](const Agency& a) { return a.id.value; });
    other.versions.back().valid.to = day(2027, 1, 1);
    const auto position = pack.positions.back();
    pack.positions.pop_back();
    const auto department = pack.departments.back();
    pack.departments.pop_back();
    pack.calendars.at(0).version += 1;
    pack.calendars.at(0).days.pop_back();
    pack.hash = "another";
    std::map<std::string, Difference> by_id;
    for (auto& d : against(pack)) by_id.emplace(d.kind + " " + d.id, d);
    ASSERT_EQ(by_id.size(), 5u);
    const auto& renamed = by_id.at("agency ubnd-19333");
    EXPECT_EQ(renamed.change, Difference::Change::changed);
    ASSERT_EQ(renamed.fields.size(), 1u);
    EXPECT_EQ(renamed.fields[0].field, "name");
    EXPECT_EQ(renamed.fields[0].after, "Tên thử");
    EXPECT_FALSE(renamed.fields[0].before.empty());
    EXPECT_EQ(by_id.at("agency ubnd-18880").change, Difference::Change::ended);
    EXPECT_EQ(by_id.at("department " + department.id.value).change, Difference::Change::kept);
    const auto& gone = by_id.at("position " + position.id.value);
    EXPECT_EQ(gone.change, Difference::Change::ended);
    EXPECT_EQ(gone.fields.at(0).after, to_iso(local_date(clock().now())));
    EXPECT_EQ(by_id.at("calendar vn").fields.size(), 2u);  // the version and the day
    EXPECT_EQ(view(against(pack)).size(), 5u);
    apply(pack);
    const auto after = against(pack);
    ASSERT_EQ(after.size(), 2u);  // what the pack no longer has, and is kept
    for (const auto& d : after) EXPECT_EQ(d.change, Difference::Change::kept);
}

TEST_P(PackDifference, WhatACommandReorganisedIsHeldAgainstAnOlderPack) {
    apply(province_pack());
    Succession s;
    s.from = "ubnd-19333";
    s.to = "ubnd-18880";
    s.date = local_date(clock().now());
    s.basis = "thử";
    ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) { return reorganise(tx, {s}, "test", clock().now()); })));
    bool held = false;
    for (const auto& d : against(province_pack()))
        held = held || (d.id == "ubnd-19333" && d.change == Difference::Change::held);
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace hl::directory
