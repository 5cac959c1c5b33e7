#include "store/migrate.h"

#include <gtest/gtest.h>

#include <thread>

#include "store/statement_text.h"
#include "support/test_store.h"

namespace hl::store {
namespace {

using test::code_of;
using test::ok;

class MigrationTest : public test::EngineTest {
  protected:
    Result<std::unique_ptr<Store>> open(const Migrations& m) {
        return Store::open(test_store().options, m, clock(), test_store().random);
    }
    static Migrations with(std::initializer_list<Migration> more) {
        Migrations all = migrations();
        all.insert(all.end(), more);
        return all;
    }
    static bool works(Store& store, std::string_view sql) {
        return store
            .read([&](Reader& r) -> Result<void> {
                r.query(sql, {}, [](const Row&) {});
                return Nothing{};
            })
            .ok();
    }
    const Migration first{"tea", 1, "tea",
                          "CREATE TABLE tea (name TEXT); CREATE TABLE cup (id {{serial}}, pic {{blob}});"};
    const Migration second{"tea", 2, "milk", "ALTER TABLE tea ADD COLUMN milk BIGINT;"};
};
HL_FOR_EVERY_ENGINE(MigrationTest);

TEST_P(MigrationTest, RunOnceInOrderAndGoForward) {
    ASSERT_TRUE(ok(open(with({first}))));
    ASSERT_TRUE(ok(open(with({first}))));
    auto store = open(with({first, second}));
    ASSERT_TRUE(ok(store));
    EXPECT_TRUE(works(**store, "SELECT name, milk FROM tea"));
    EXPECT_TRUE(ok((*store)->write([](Transaction& tx) -> Result<void> {
        tx.execute("INSERT INTO cup (pic) VALUES (?)", {Blob{"abc"}});
        tx.execute("INSERT INTO cup (pic) VALUES (?)", {Blob{"def"}});
        EXPECT_EQ(
            tx.first("SELECT id FROM cup WHERE pic = ?", {Blob{"def"}}, [](const Row& r) { return r.integer(0); }), 2);
        return Nothing{};
    })));
}

TEST_P(MigrationTest, AChangedTextIsRefusedByName) {
    ASSERT_TRUE(ok(open(with({first, second}))));
    Migration changed = second;
    changed.sql += "\n";
    const auto store = open(with({first, changed}));
    ASSERT_EQ(code_of(store), "store.migration_changed");
    EXPECT_NE(store.error().en.find("tea/2"), std::string::npos);
    EXPECT_NE(store.error().vi.find("tea/2"), std::string::npos);
}

TEST_P(MigrationTest, ThePartForTheOtherEngineMayBeMended) {
    ASSERT_TRUE(ok(open(with({first}))));
    Migration mended = first;
    (GetParam() == Engine::sqlite ? mended.postgres : mended.sqlite) = "CREATE TABLE never (a BIGINT);";
    EXPECT_TRUE(ok(open(with({mended}))));
}

TEST_P(MigrationTest, ANewerDatabaseIsRefused) {
    ASSERT_TRUE(ok(open(with({first, second}))));
    const auto store = open(with({first}));
    ASSERT_EQ(code_of(store), "store.newer");
    EXPECT_NE(store.error().en.find("tea/2"), std::string::npos);
}

TEST_P(MigrationTest, AFailingMigrationLeavesNothingBehind) {
    const Migration broken{"tea", 2, "broken", "CREATE TABLE pot (a BIGINT); INSERT INTO nowhere VALUES (1);"};
    EXPECT_EQ(code_of(open(with({first, broken}))), "store.bug");
    auto store = open(with({}));
    ASSERT_TRUE(ok(store));
    EXPECT_FALSE(works(**store, "SELECT * FROM pot"));
    EXPECT_FALSE(works(**store, "SELECT * FROM tea"));
}

TEST_P(MigrationTest, AGapInTheNumbersIsAMistakeInTheProgram) {
    EXPECT_THROW((void)open(with({second})), std::logic_error);
}

TEST_P(MigrationTest, TwoProgramsThatStartAtOnceRunThemOnce) {
    std::vector<std::string> codes(4, "not run");
    std::vector<std::thread> threads;
    for (auto& code : codes) threads.emplace_back([&] { code = code_of(open(with({first, second}))); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(codes, std::vector<std::string>(4));
}

TEST(NumberPlaceholders, LeavesStringsNamesAndCommentsAlone) {
    const auto n = number_placeholders("SELECT '?''?', \"?\", ? /* ? */, a -- ?\n FROM t WHERE b = ?");
    EXPECT_EQ(n.text, "SELECT '?''?', \"?\", $1 /* ? */, a -- ?\n FROM t WHERE b = $2");
    EXPECT_EQ(n.parameters, 2u);
    EXPECT_EQ(number_placeholders("SELECT '?").text, "SELECT '?");
    EXPECT_EQ(number_placeholders("").text, "");
}

}  // namespace
}  // namespace hl::store
