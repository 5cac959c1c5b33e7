// What only a server can do to us: conflicts between nodes, lost connections, a restart in the middle of the work.
#include <gtest/gtest.h>

#include <cstdio>
#include <latch>
#include <set>
#include <thread>

#include "store/ledger.h"
#include "support/quiet.h"
#include "support/test_store.h"

namespace hl::store {
namespace {

using test::code_of;
using test::ok;
using test::TestStore;

Migrations tables() {
    Migrations all = migrations();
    all.push_back(
        {"case", 1, "cases", "CREATE TABLE thing (name TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);"});
    return all;
}

constexpr std::string_view insert = "INSERT INTO thing (name, version) VALUES (?, ?)";
constexpr std::string_view select_version = "SELECT version FROM thing WHERE name = ?";
constexpr std::string_view update = "UPDATE thing SET version = ? WHERE name = ?";
const auto integer = [](const Row& row) { return row.integer(0); };

class Postgres : public testing::Test {
  protected:
    void SetUp() override {
        if (test::postgres_url().empty()) GTEST_SKIP() << "HL_TEST_PG names no server";
        t_ = std::make_unique<TestStore>(Engine::postgres, tables());
        t_->options.node = node();
        t_->reopen();
    }
    Store& store() { return *t_->store; }
    std::unique_ptr<Store> another_node() {
        auto options = t_->options;
        options.node = node() + "-2";
        auto opened = Store::open(options, t_->migrations, t_->clock, t_->random);
        EXPECT_TRUE(ok(opened));
        return opened.ok() ? std::move(*opened) : nullptr;
    }
    /// Ends the server's side of every connection that this test's stores hold, and nobody else's.
    void cut_connections() {
        t_->database.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
            "application_name LIKE '" +
            node() + "%'");
    }
    [[nodiscard]] std::string node() const { return t_->database.folder().path().filename().string(); }
    static Result<void> step(Store& store, const std::string& name) {
        return store.write([&](Transaction& tx) -> Result<void> {
            const int64_t version = tx.first(select_version, {name}, integer).value() + 1;
            tx.execute(update, {version, name});
            tx.append({"thing.moved", 1, name, "tester", from_ms(0), {{"version", version}}});
            return Nothing{};
        });
    }
    static Result<void> make(Store& store, const std::string& name) {
        return store.write([&](Transaction& tx) -> Result<void> {
            if (tx.first(select_version, {name}, integer))
                return Error{ErrorKind::conflict, "thing.exists", "Đã có.", "It exists."};
            tx.execute(insert, {name, 0});
            return Nothing{};
        });
    }
    std::unique_ptr<TestStore> t_;
};

TEST_F(Postgres, NoUpdateIsLostAndEachStreamIsInItsOrder) {
    const auto other = another_node();
    for (const char* name : {"a", "b"}) ASSERT_TRUE(ok(make(store(), name)));
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 20; ++i)
                while (!step(t % 2 ? store() : *other, i % 2 ? "a" : "b").ok())
                    if (++failed > 100) return;
        });
    for (auto& thread : threads) thread.join();
    ASSERT_TRUE(ok(store().settle()));
    for (const char* name : {"a", "b"}) {
        const auto events =
            *store().read([&](Reader& r) -> Result<std::vector<StoredEvent>> { return read_stream(r, name); });
        ASSERT_EQ(events.size(), 40u);
        for (size_t i = 0; i < events.size(); ++i)
            EXPECT_EQ(events[i].data.at("version").as_int64(), static_cast<int64_t>(i) + 1);
    }
}

TEST_F(Postgres, OfTwoThatMakeTheSameThingTheSecondSeesTheFirst) {
    const auto other = another_node();
    for (int round = 0; round < 20; ++round) {
        const std::string name = std::to_string(round);
        std::latch together(2);
        std::string first, second;
        std::thread thread([&] {
            together.arrive_and_wait();
            second = code_of(make(*other, name));
        });
        together.arrive_and_wait();
        first = code_of(make(store(), name));
        thread.join();
        EXPECT_EQ(first + second, "thing.exists");
    }
}

TEST_F(Postgres, ADatabaseErrorThatWasSwallowedIsAMistakeInTheProgram) {
    EXPECT_EQ(code_of(store().write([](Transaction& tx) -> Result<void> {
                  tx.execute(insert, {"a", 1});
                  try {
                      tx.execute(insert, {"a", 1});
                  } catch (const DbError&) {  // wrong: on PostgreSQL the transaction is dead
                  }
                  return Nothing{};
              })),
              "store.bug");
}

TEST_F(Postgres, LostConnectionsAreReplacedWithoutAnybodyNoticing) {
    ASSERT_TRUE(ok(make(store(), "a")));
    cut_connections();
    EXPECT_TRUE(ok(step(store(), "a")));
    cut_connections();
    EXPECT_EQ(
        *store().read([](Reader& r) -> Result<int64_t> { return r.first(select_version, {"a"}, integer).value(); }), 1);
    cut_connections();
    EXPECT_EQ(*store().write([](Transaction& tx) -> Result<int64_t> { return tx.next_number("n") > 0; }), 1);
    EXPECT_TRUE(ok(store().settle()));
}

TEST_F(Postgres, AnotherNodeTakesOverThePositions) {
    auto other = another_node();
    ASSERT_TRUE(ok(make(*other, "a")));
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(ok(step(*other, "a")));
    t_->store.reset();  // whichever led, the other must go on
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(ok(step(*other, "a")));
    ASSERT_TRUE(ok(other->settle()));
    EXPECT_TRUE(other->statistics().at("leads").as_bool());
    t_->reopen();
    other.reset();
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(ok(step(store(), "a")));
    ASSERT_TRUE(ok(store().settle()));
    const auto events =
        *store().read([](Reader& r) -> Result<std::vector<StoredEvent>> { return read_events(r, 0, 1000); });
    ASSERT_EQ(events.size(), 610u);
    for (size_t i = 0; i < events.size(); ++i)
        EXPECT_EQ(events[i].data.at("version").as_int64(), static_cast<int64_t>(i) + 1);
}

/// A server of its own, so that a restart disturbs nobody.
class OwnServer {
  public:
    OwnServer() {
        // The server runs as another user when we are root: it must be able to pass through to its own folder.
        std::filesystem::permissions(folder_.path(), std::filesystem::perms{0711});
        url_ = run("start");
    }
    ~OwnServer() { (void)run("stop"); }
    void restart(const std::string& mode) const { (void)run("restart " + mode); }
    [[nodiscard]] std::string url() const {
        const auto at = url_.find("postgresql://");
        return at == std::string::npos ? "" : url_.substr(at, url_.find('\n') - at);
    }

  private:
    [[nodiscard]] std::string run(const std::string& what) const {
        const std::string command =
            "HL_TEST_PG_DIR=" + (folder_ / "server").string() + " " HL_SOURCE_DIR "/tools/test-postgres " + what;
        std::string out;
        FILE* pipe = ::popen(command.c_str(), "r");
        for (int c = 0; pipe && (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
        if (pipe) ::pclose(pipe);
        return out;
    }
    test::TempDir folder_;
    std::string url_;
};

TEST_F(Postgres, ARestartUnderLoadLosesNothingThatWasAcknowledged) {
    const test::Quiet quiet;
    const OwnServer server;
    ASSERT_FALSE(server.url().empty());
    const test::TestDatabase database(server.url());
    ManualClock clock{from_ms(test::start_ms)};
    SystemRandom random;
    auto opened = Store::open({.url = database.url()}, tables(), clock, random);
    ASSERT_TRUE(ok(opened));
    Store& store = **opened;
    std::mutex mutex;
    std::set<std::string> acknowledged, unknown;
    std::set<std::string> codes;
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; !stop; ++i) {
                const std::string name = fmt::format("{}-{}", t, i);
                const auto result = store.write([&](Transaction& tx) -> Result<void> {
                    tx.execute(insert, {name, tx.next_number("things")});
                    tx.append({"thing.made", 1, name, "tester", from_ms(0), {}});
                    return Nothing{};
                });
                std::scoped_lock lock(mutex);
                if (result.ok())
                    acknowledged.insert(name);
                else
                    unknown.insert(name), codes.insert(code_of(result));
            }
        });
    for (const char* mode : {"fast", "immediate"}) {
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
        server.restart(mode);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    stop = true;
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(codes.empty() || codes == std::set<std::string>{"store.unavailable"});
    EXPECT_TRUE(ok(store.settle()));
    auto stored = store.read([](Reader& r) -> Result<std::set<std::string>> {
        const auto rows = r.all("SELECT name FROM thing", {}, [](const Row& row) { return row.string(0); });
        std::set<std::string> events;
        int64_t next = 0;
        for (const auto& e : read_events(r, 0, 1'000'000)) {
            EXPECT_EQ(e.position, next++);
            events.insert(e.stream);
        }
        EXPECT_EQ(events, std::set<std::string>(rows.begin(), rows.end()));
        return events;
    });
    ASSERT_TRUE(ok(stored));
    EXPECT_TRUE(std::includes(stored->begin(), stored->end(), acknowledged.begin(), acknowledged.end()));
    for (const auto& name : *stored) EXPECT_TRUE(acknowledged.contains(name) || unknown.contains(name));
    EXPECT_GT(acknowledged.size(), 20u);
    opened->reset();
}

}  // namespace
}  // namespace hl::store
