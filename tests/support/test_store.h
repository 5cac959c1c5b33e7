// Fresh databases for tests, on every engine there is: SQLite always, PostgreSQL when HL_TEST_PG holds a connection URI
// (`eval "$(tools/test-postgres start)"`). On PostgreSQL a fresh database is a schema of its own, dropped afterwards.
//
//     class Desk : public hl::test::EngineTest {};
//     HL_FOR_EVERY_ENGINE(Desk);
//     TEST_P(Desk, KeepsWhatItWasGiven) { store().write(…); }
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "store/schema.h"
#include "store/store.h"
#include "support/temp_dir.h"

namespace hl::test {

/// 2026-11-23 09:00 in Viet Nam, a Monday.
inline constexpr int64_t start_ms = 1'795'399'200'000;

[[nodiscard]] std::vector<store::Engine> engines();
[[nodiscard]] std::string engine_name(const testing::TestParamInfo<store::Engine>& info);
[[nodiscard]] std::string postgres_url();  // empty when there is none

/// An empty database; `url` may be opened as often as wanted.
class TestDatabase {
  public:
    explicit TestDatabase(store::Engine engine);
    /// PostgreSQL on another server than HL_TEST_PG's.
    explicit TestDatabase(const std::string& server_url);
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;
    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] store::Engine engine() const { return engine_; }
    [[nodiscard]] std::filesystem::path file() const;  // SQLite
    [[nodiscard]] const TempDir& folder() const { return folder_; }
    /// Runs SQL beside any store, on a connection of its own. Throws std::runtime_error.
    void run(const std::string& sql) const;

  private:
    void make_schema(const std::string& server_url);
    store::Engine engine_;
    TempDir folder_;
    std::string server_url_, schema_, url_;
};

/// Reproducible, and shared by the stores and threads of a test.
class SharedRandom final : public Random {
  public:
    void fill(std::span<uint8_t> bytes) override {
        std::scoped_lock lock(mutex_);
        source_.fill(bytes);
    }

  private:
    std::mutex mutex_;
    SeededRandom source_{42};
};

/// A database with a store open on it.
struct TestStore {
    explicit TestStore(store::Engine engine, const store::Migrations& migrations = store::migrations(),
                       store::StoreOptions options = {});
    [[nodiscard]] store::Store& operator*() const { return *store; }
    [[nodiscard]] store::Store* operator->() const { return store.get(); }
    void reopen();  // closes and opens again, like a restart of the program

    TestDatabase database;
    ManualClock clock{from_ms(start_ms)};
    SharedRandom random;
    store::Migrations migrations;
    store::StoreOptions options;
    std::unique_ptr<store::Store> store;
};

/// With the store's own tables and those in `more`, which come after them.
[[nodiscard]] std::unique_ptr<TestStore> open_test_store(store::Engine engine, const store::Migrations& more = {});

class EngineTest : public testing::TestWithParam<store::Engine> {
  protected:
    /// Tables beside the store's own.
    [[nodiscard]] virtual store::Migrations more_migrations() const { return {}; }
    void SetUp() override { test_store_ = open_test_store(GetParam(), more_migrations()); }
    void TearDown() override { test_store_.reset(); }
    [[nodiscard]] store::Store& store() { return *test_store_->store; }
    [[nodiscard]] TestStore& test_store() { return *test_store_; }
    [[nodiscard]] ManualClock& clock() { return test_store_->clock; }
    /// Events written so far have their positions afterwards, on PostgreSQL too.
    void settle() {
        const auto done = store().settle();
        ASSERT_TRUE(done.ok()) << done.error().en;
    }

  private:
    std::unique_ptr<TestStore> test_store_;
};

#define HL_FOR_EVERY_ENGINE(suite) \
    INSTANTIATE_TEST_SUITE_P(Engines, suite, testing::ValuesIn(hl::test::engines()), hl::test::engine_name)

/// For EXPECT_TRUE(ok(result)): prints the error.
template <class T>
[[nodiscard]] testing::AssertionResult ok(const Result<T>& result) {
    if (result.ok()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << result.error().code << ": " << result.error().en;
}
template <class T>
[[nodiscard]] std::string code_of(const Result<T>& result) {
    return result.ok() ? "" : result.error().code;
}

}  // namespace hl::test
