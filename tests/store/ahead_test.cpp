#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "one_batch.h"
#include "support/test_store.h"

namespace hl::store {
namespace {

using test::code_of;
using test::ok;
using test::TestStore;

constexpr int keys = 6;
constexpr std::string_view read_sql = "SELECT value, version FROM tally WHERE name = ?";
constexpr std::string_view read_old_sql = "SELECT name FROM alias WHERE old = ?";
constexpr std::string_view write_sql = "UPDATE tally SET value = ?, version = ? WHERE name = ? AND version = ?";
constexpr std::string_view write_blindly_sql =
    "UPDATE tally SET value = value + 1, version = version + 1 WHERE name = ?";
constexpr std::string_view read_all_sql = "SELECT value FROM tally ORDER BY name";

Migrations tables() {
    Migrations all = migrations();
    std::string sql =
        "CREATE TABLE tally (name TEXT PRIMARY KEY, value BIGINT NOT NULL, version BIGINT NOT NULL);\n"
        "CREATE TABLE alias (old TEXT PRIMARY KEY, name TEXT NOT NULL);\n";
    for (int i = 0; i < keys; ++i)
        sql +=
            fmt::format("INSERT INTO tally VALUES ('k{0}', 0, 1);\nINSERT INTO alias VALUES ('old{0}', 'k{0}');\n", i);
    all.push_back({"tally", 1, "tally", sql});
    return all;
}

enum class Kind { foreseen, by_alias, unforeseen, blind, refused, twice };
struct Step {
    Kind kind;
    int key;
};

/// Adds one to what it read.
Result<boost::json::value> add_one(Transaction& tx, const std::string& name) {
    struct Tally {
        int64_t value, version;
    };
    const auto found = tx.first(read_sql, {name}, [](const Row& row) { return Tally{row.integer(0), row.integer(1)}; });
    if (!found) return Error{ErrorKind::not_found, "test.none", "Không có.", "None."};
    tx.post_one(write_sql, {found->value + 1, found->version + 1, name, found->version});
    return boost::json::value(found->value + 1);
}

std::function<Result<boost::json::value>(Transaction&)> job(const Step& step) {
    const auto name = fmt::format("k{}", step.key);
    const auto old = fmt::format("old{}", step.key);
    switch (step.kind) {
        case Kind::by_alias:
            return [old](Transaction& tx) {
                const auto present = tx.first(read_old_sql, {old}, [](const Row& row) { return row.string(0); });
                return add_one(tx, present.value_or(""));
            };
        case Kind::blind:
            return [name](Transaction& tx) -> Result<boost::json::value> {
                tx.execute(write_blindly_sql, {name});
                return boost::json::value{};
            };
        case Kind::refused:
            return [name](Transaction& tx) -> Result<boost::json::value> {
                (void)tx.first(read_sql, {name}, [](const Row&) { return true; });
                return Error{ErrorKind::conflict, "test.refused", "Không.", "No."};
            };
        case Kind::twice:
            return [name](Transaction& tx) -> Result<boost::json::value> {
                TRY_VOID(add_one(tx, name));
                return add_one(tx, name);
            };
        case Kind::foreseen:
        case Kind::unforeseen:
            return [name](Transaction& tx) { return add_one(tx, name); };
    }
    return {};
}

Foresight foresight(const Step& step) {
    const auto name = fmt::format("k{}", step.key);
    const auto old = fmt::format("old{}", step.key);
    switch (step.kind) {
        case Kind::unforeseen:
        case Kind::blind:
            return {};
        case Kind::by_alias:  // does not know in the first round which row it is about
            return [old](Ahead& ahead) {
                if (ahead.round() == 0) return ahead.ask(read_old_sql, {old});
                if (ahead.round() > 1) return;
                const auto present =
                    ahead.known().first(read_old_sql, {old}, [](const Row& row) { return row.string(0); });
                if (present->back() % 2 == 0) return ahead.give_up();
                ahead.ask(read_sql, {*present});
            };
        case Kind::foreseen:
        case Kind::refused:
        case Kind::twice:
            return [name](Ahead& ahead) {
                if (ahead.round() == 0) ahead.ask(read_sql, {name});
            };
    }
    return {};
}

class AskedAhead : public testing::TestWithParam<Engine> {
  protected:
    static StoreOptions one_writer() {
        StoreOptions options;
        options.group_writers = 1;
        return options;
    }
    TestStore t{GetParam(), tables(), one_writer()};

    /// In one group. Their error codes in order.
    std::vector<std::string> together(const std::vector<Step>& steps) {
        std::vector<test_batch::Job> jobs;
        std::vector<Foresight> foresights;
        for (const auto& step : steps) {
            jobs.push_back(job(step));
            foresights.push_back(foresight(step));
        }
        std::vector<std::string> out;
        for (const auto& answer : test_batch::in_one_batch(*t.store, jobs, foresights))
            out.push_back(answer.ok() ? "" : answer.error().code);
        return out;
    }
    std::vector<int64_t> values() {
        return *t->read([](Reader& r) -> Result<std::vector<int64_t>> {
            return r.all(read_all_sql, {}, [](const Row& row) { return row.integer(0); });
        });
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, AskedAhead, testing::ValuesIn(test::engines()), test::engine_name);

TEST_P(AskedAhead, NoChangeIsLostWhateverAsksForWhat) {
    std::vector<int64_t> wanted(keys);
    const bool held = rc::check("each change rests on the one before it", [&] {
        const auto kinds = *rc::gen::container<std::vector<Kind>>(
            rc::gen::element(Kind::foreseen, Kind::foreseen, Kind::foreseen, Kind::by_alias, Kind::unforeseen,
                             Kind::blind, Kind::refused, Kind::twice));
        std::vector<Step> steps;
        for (const Kind kind : kinds) steps.push_back({kind, *rc::gen::inRange(0, keys)});
        const auto codes = together(steps);
        for (size_t i = 0; i < steps.size(); ++i) {
            RC_ASSERT(codes[i] == (steps[i].kind == Kind::refused ? "test.refused" : ""));
            if (steps[i].kind == Kind::refused) continue;
            wanted[static_cast<size_t>(steps[i].key)] += steps[i].kind == Kind::twice ? 2 : 1;
        }
        RC_ASSERT(values() == wanted);
    });
    EXPECT_TRUE(held);
}

TEST_P(AskedAhead, PostgresAnswersAGroupsQuestionsTogether) {
    if (GetParam() != Engine::postgres) GTEST_SKIP() << "SQLite asks nothing ahead";
    const auto before = t->statistics().at("asked_ahead").as_int64();
    EXPECT_EQ(together({{Kind::foreseen, 0}, {Kind::foreseen, 1}, {Kind::foreseen, 2}, {Kind::unforeseen, 3}}),
              std::vector<std::string>(4));
    EXPECT_EQ(t->statistics().at("asked_ahead").as_int64() - before, 3);
}

TEST_P(AskedAhead, AWriteThatAsksForItRunsAgainOnACleanSlate) {
    int runs = 0;
    EXPECT_TRUE(ok(t->write([&](Transaction& tx) -> Result<void> {
        tx.execute(write_blindly_sql, {"k0"});
        tx.append({"tally.grown", 1, "k0", "tester", from_ms(0), {}});
        if (++runs < 3) tx.run_again();
        return Nothing{};
    })));
    EXPECT_EQ(runs, 3);
    EXPECT_EQ(values().front(), 1);
}

TEST_P(AskedAhead, AWriteThatNeverFindsItsRowGivesUpWithAnError) {
    int runs = 0;
    const auto done = t->write([&](Transaction& tx) -> Result<void> {
        ++runs;
        tx.post_one(write_sql, {5, 5, "k0", 99});
        return Nothing{};
    });
    EXPECT_EQ(code_of(done), "store.unavailable");
    EXPECT_GT(runs, 1);
    EXPECT_EQ(values().front(), 0);
}

}  // namespace
}  // namespace hl::store
