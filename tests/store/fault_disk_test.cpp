// What happens when the disk fails, the program is killed, or the file system fills up: what was acknowledged is there,
// nothing is there by half, and the store goes on when the trouble is over.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <thread>

#include "store/ledger.h"
#include "store/merkle.h"
#include "support/fault_vfs.h"
#include "support/quiet.h"
#include "support/test_store.h"

namespace hl::store {
namespace {

using test::code_of;
using test::ok;
using test::TestStore;

Migrations tables() {
    Migrations all = migrations();
    all.push_back({"pair", 1, "pairs",
                   "CREATE TABLE half_a (n BIGINT NOT NULL PRIMARY KEY, filler TEXT);\n"
                   "CREATE TABLE half_b (n BIGINT NOT NULL PRIMARY KEY, filler TEXT);"});
    return all;
}

/// One write that is whole only when both halves and the event are there.
Result<void> write_pair(Store& store, int64_t n, size_t filler = 500) {
    return store.write([&](Transaction& tx) -> Result<void> {
        const std::string text(filler, 'x');
        tx.execute("INSERT INTO half_a (n, filler) VALUES (?, ?)", {n, text});
        tx.append({"pair.made", 1, std::to_string(n), "tester", from_ms(0), {{"n", n}}});
        tx.execute("INSERT INTO half_b (n, filler) VALUES (?, ?)", {n, text});
        return Nothing{};
    });
}

/// The pairs that are there, after checking that none is there by half and that the ledger holds exactly them.
std::set<int64_t> whole_pairs(Store& store) {
    EXPECT_TRUE(ok(store.settle()));
    auto read = store.read([](Reader& r) -> Result<std::set<int64_t>> {
        const auto n = [](const Row& row) { return row.integer(0); };
        const auto a = r.all("SELECT n FROM half_a ORDER BY n", {}, n);
        EXPECT_EQ(a, r.all("SELECT n FROM half_b ORDER BY n", {}, n));
        std::set<int64_t> events;
        MerkleFrontier tree;
        for (const auto& event : read_events(r, 0, 1'000'000)) {
            EXPECT_EQ(event.position, tree.size());
            tree.add(merkle_leaf(leaf_bytes(event)));
            EXPECT_TRUE(events.insert(event.data.at("n").as_int64()).second);
        }
        EXPECT_EQ(events, std::set<int64_t>(a.begin(), a.end()));
        EXPECT_EQ(MerkleAppender::load(r).root(), tree.root());
        return events;
    });
    EXPECT_TRUE(ok(read));
    return read.ok() ? *read : std::set<int64_t>{};
}

bool sound(Store& store) {
    return *store.read([](Reader& r) -> Result<bool> {
        return *r.first("PRAGMA integrity_check", {}, [](const Row& row) { return row.string(0); }) == "ok";
    });
}

/// Three writes and a close with the disk failing at its `at`-th change. Returns how many changes there were.
int run_with_fault(int at, int code, bool stays) {
    SCOPED_TRACE(fmt::format("change {} fails with {}{}", at, code, stays ? " and so do all after it" : ""));
    test::FaultVfs disk;
    TestStore t(Engine::sqlite, tables());
    EXPECT_TRUE(ok(write_pair(*t.store, 0)));
    std::set<int64_t> acknowledged{0}, unknown;
    disk.fail(at, code, stays);
    for (int64_t n = 1; n <= 3; ++n) {
        const auto result = write_pair(*t.store, n);
        if (result.ok()) {
            acknowledged.insert(n);
        } else {
            EXPECT_TRUE(code_of(result) == "store.full" || code_of(result) == "store.unavailable") << code_of(result);
            if (result.error().en.find("Idempotency-Key") != std::string::npos) unknown.insert(n);
        }
    }
    const bool whole_run = at < 0;
    if (whole_run) {
        EXPECT_EQ(acknowledged.size(), 4u);
    }
    EXPECT_EQ(whole_pairs(*t.store), acknowledged);  // reading goes on
    t.store.reset();                                 // copies the log back, or fails to
    const int changes = disk.changes();
    disk.heal();
    t.reopen();
    // A commit whose fsync failed is answered as unknown, and may be found complete when the log is read anew.
    const auto there = whole_pairs(*t.store);
    for (const int64_t n : there) EXPECT_TRUE(acknowledged.contains(n) || unknown.contains(n)) << n;
    EXPECT_TRUE(std::includes(there.begin(), there.end(), acknowledged.begin(), acknowledged.end()));
    acknowledged = there;
    EXPECT_TRUE(ok(write_pair(*t.store, 9)));
    acknowledged.insert(9);
    EXPECT_EQ(whole_pairs(*t.store), acknowledged);
    EXPECT_TRUE(sound(*t.store));
    return changes;
}

class FaultyDisk : public testing::TestWithParam<std::pair<int, bool>> {};
INSTANTIATE_TEST_SUITE_P(Kinds, FaultyDisk,
                         testing::Values(std::pair{SQLITE_FULL, false}, std::pair{SQLITE_FULL, true},
                                         std::pair{SQLITE_IOERR, false}, std::pair{SQLITE_IOERR, true}));

TEST_P(FaultyDisk, EveryChangeMayFailAndNothingIsHalfDone) {
    const test::Quiet quiet;
    const int changes = run_with_fault(-1, 0, false);
    EXPECT_GT(changes, 10);
    for (int at = 0; at < changes && !HasFailure(); ++at) run_with_fault(at, GetParam().first, GetParam().second);
}

TEST(FullDisk, ARealFileSystemThatFillsUpRefusesAndGoesOnWhenThereIsRoom) {
    const test::TempDir mount_point;
    if (::mount("tmpfs", mount_point.path().c_str(), "tmpfs", 0, "size=8m") != 0)
        GTEST_SKIP() << "mounting a small file system needs root";
    {
        const test::Quiet quiet;
        ManualClock clock{from_ms(test::start_ms)};
        SeededRandom random{1};
        const std::string url = "sqlite:" + (mount_point / "data.db").string();
        auto store = Store::open({.url = url, .min_free_bytes = 0}, tables(), clock, random);
        EXPECT_TRUE(ok(store));
        const auto ballast = mount_point / "ballast";
        std::ofstream(ballast) << std::string(4u << 20, 'b');
        std::set<int64_t> acknowledged;
        Result<void> last;
        for (int64_t n = 0; n < 2000 && last.ok(); ++n) {
            last = write_pair(**store, n, 4000);
            if (last.ok()) acknowledged.insert(n);
        }
        EXPECT_EQ(code_of(last), "store.full");
        EXPECT_FALSE(acknowledged.empty());
        EXPECT_EQ(whole_pairs(**store), acknowledged);
        std::filesystem::remove(ballast);
        EXPECT_TRUE(ok(write_pair(**store, 100'000)));
        acknowledged.insert(100'000);
        store->reset();
        store = Store::open({.url = url, .min_free_bytes = 0}, tables(), clock, random);
        EXPECT_EQ(whole_pairs(**store), acknowledged);
        EXPECT_TRUE(sound(**store));
    }
    ::umount(mount_point.path().c_str());
}

/// Writes from three threads for ever; each acknowledged number goes into the pipe. Never returns.
[[noreturn]] void write_until_killed(const StoreOptions& options, int64_t first, int pipe) {
    static ManualClock clock{from_ms(test::start_ms)};
    static SystemRandom random;
    auto store = Store::open(options, tables(), clock, random);
    if (!store.ok()) _exit(1);
    std::atomic<int64_t> next{first};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            for (;;) {
                const int64_t n = next++;
                if (write_pair(**store, n).ok() && ::write(pipe, &n, sizeof n) != sizeof n) _exit(1);
            }
        });
    for (auto& thread : threads) thread.join();
    _exit(0);
}

class Killed : public test::EngineTest {
  protected:
    void SetUp() override {}  // no store may be open in the parent when it forks
};
HL_FOR_EVERY_ENGINE(Killed);

TEST_P(Killed, WhatWasAcknowledgedIsThereAndNothingByHalf) {
    TestStore t(GetParam(), tables());
    t.store.reset();
    std::set<int64_t> acknowledged;
    for (int round = 0; round < 4; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            write_until_killed(t.options, round * 1'000'000, ends[1]);
        }
        ::close(ends[1]);
        int64_t n = 0;
        for (int seen = 0; ::read(ends[0], &n, sizeof n) == sizeof n;) {
            acknowledged.insert(n);
            if (++seen == 50 + round * 7) ::kill(child, SIGKILL);
        }
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status));
        t.reopen();
        const auto there = whole_pairs(*t.store);
        EXPECT_TRUE(std::includes(there.begin(), there.end(), acknowledged.begin(), acknowledged.end()));
        t.store.reset();
    }
    EXPECT_GE(acknowledged.size(), 200u);
}

}  // namespace
}  // namespace hl::store
