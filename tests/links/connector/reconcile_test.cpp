#include <sys/stat.h>

#include "base/files.h"
#include "links/connector/mapping.h"
#include "partner.h"

namespace hl::connector::test {

class Compare : public Bones {};
HL_FOR_EVERY_ENGINE(Compare);

TEST_P(Compare, FindsWhatThePartnerForgotAndWhatItChanged) {
    for (const auto* key : {"a", "b", "c"}) change(key, "1");
    run();
    EXPECT_EQ(compare().differences, 0);
    partner_.holds.erase("a");
    partner_.holds["b"] = "7";
    const auto run1 = compare();
    EXPECT_EQ(run1.compared, 3);
    EXPECT_EQ(run1.differences, 2);
    const auto found = open_differences();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].kind, DifferenceKind::missing_there);
    EXPECT_EQ(found[1].field, "value");
    EXPECT_EQ(found[1].ours, json::value("1"));
    EXPECT_EQ(found[1].theirs, json::value("7"));
}

TEST_P(Compare, SentAgainADifferenceIsGoneInTheNextComparison) {
    change("a", "1");
    run();
    partner_.holds["a"] = "7";
    (void)compare();
    const auto number = open_differences().front().number;
    ASSERT_TRUE(hl::test::ok(store().write(
        [&](store::Transaction& tx) { return repair_difference(tx, actor(), "things", number, clock().now()); })));
    EXPECT_TRUE(open_differences().empty());
    run();
    EXPECT_EQ(partner_.holds["a"], "1");
    EXPECT_EQ(compare().differences, 0);
    const auto all = *store().read([&](store::Reader& r) -> Result<std::vector<Difference>> {
        return differences(r, "things", DifferenceState::gone, 0, 10);
    });
    EXPECT_EQ(all.size(), 1u);
}

TEST_P(Compare, WhatWaitsIsNoDifference) {
    change("a", "1");
    run();
    change("a", "2");
    follow();
    const auto run1 = compare();
    EXPECT_EQ(run1.waiting, 1);
    EXPECT_EQ(run1.differences, 0);
}

TEST_P(Compare, AnExplainedDifferenceStaysExplainedUntilItIsAnother) {
    change("a", "1");
    run();
    partner_.holds["a"] = "7";
    (void)compare();
    ASSERT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) {
        return explain_difference(tx, actor(), "things", open_differences().front().number, "đối tác sửa",
                                  clock().now());
    })));
    (void)compare();
    EXPECT_TRUE(open_differences().empty());
    partner_.holds["a"] = "8";
    (void)compare();
    EXPECT_EQ(open_differences().size(), 1u);
}

TEST_P(Compare, ReplayedEverythingStandsInTheOutboxAgain) {
    for (const auto* key : {"a", "b", "c"}) change(key, "1");
    run();
    partner_.holds.clear();
    const auto n =
        store().write([&](store::Transaction& tx) { return replay(tx, actor(), "things", {}, clock().now()); });
    ASSERT_TRUE(hl::test::ok(n));
    EXPECT_EQ(*n, 3);
    run();
    EXPECT_EQ(partner_.holds.size(), 3u);
    EXPECT_FALSE(store()
                     .write([&](store::Transaction& tx) {
                         return replay(tx, actor(), "things", {"unknown", {}}, clock().now());
                     })
                     .ok());
}

TEST_P(Compare, ANewMappingLetsHeldMessagesBeLookedAtAgain) {
    change("a", nullptr);
    run();
    EXPECT_EQ(counts().held, 1);
    const hl::test::TempDir pack;
    std::filesystem::create_directories(pack / "links");
    ASSERT_TRUE(hl::test::ok(
        write_file(pack / "links/things.yaml", "id: t-1\nconnector: things\nvalid: {from: 2026-01-01, to: null}\n")));
    std::vector<Error> errors;
    const auto read = read_mappings(pack.path(), errors);
    ASSERT_TRUE(errors.empty());
    ASSERT_TRUE(hl::test::ok(
        store().write([&](store::Transaction& tx) { return apply_mappings(tx, read, "system:test", clock().now()); })));
    const int before = connector_->builds;
    run();
    EXPECT_EQ(connector_->builds, before + 1);
    Mappings mappings;
    const auto valid = store().read([&](store::Reader& r) { return mappings.valid(r, "things", clock().now()); });
    ASSERT_TRUE(hl::test::ok(valid));
    EXPECT_EQ((*valid)->id, "t-1");
    EXPECT_FALSE(store().read([&](store::Reader& r) { return mappings.valid(r, "other", clock().now()); }).ok());
}

TEST(Secrets, AFileThatOthersMayReadIsNoSecret) {
    const hl::test::TempDir folder;
    const auto file = folder / "password";
    ASSERT_TRUE(hl::test::ok(write_file(file, "hunter22\n", 0644)));
    ::chmod(file.c_str(), 0644);
    EXPECT_EQ(read_secret(file).error().code, "link.secret_mode");
    ::chmod(file.c_str(), 0600);
    EXPECT_EQ(*read_secret(file), "hunter22");
    EXPECT_EQ(read_secret(folder / "none").error().code, "link.secret_missing");
}

TEST(BackOff, GrowsToItsLongestAndIsNeverTheSameForAll) {
    SeededRandom random(7);
    Pace pace;
    for (int attempts = 1; attempts < 40; ++attempts) {
        const auto wait = back_off(pace, attempts, random);
        EXPECT_LE(wait, pace.longest_retry);
        EXPECT_GE(wait, std::min(pace.longest_retry, pace.first_retry * (1 << std::min(attempts - 1, 20))) / 2);
    }
}

}  // namespace hl::connector::test
