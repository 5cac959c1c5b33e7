#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <latch>

#include "base/log.h"
#include "one_batch.h"
#include "store/ledger.h"
#include "store/merkle.h"
#include "support/test_store.h"

namespace hl::store {
namespace {

using test::code_of;
using test::ok;
using test::TestStore;
using test_batch::in_one_batch;
using test_batch::Job;

Migrations tables() {
    Migrations all = migrations();
    all.push_back({"item", 1, "items",
                   "CREATE TABLE item (name TEXT NOT NULL PRIMARY KEY);\n"
                   "CREATE TABLE part (item TEXT NOT NULL REFERENCES item (name) DEFERRABLE INITIALLY DEFERRED);"});
    return all;
}

std::vector<std::string> names(Store& store) {
    return *store.read([](Reader& r) -> Result<std::vector<std::string>> {
        return r.all("SELECT name FROM item ORDER BY name", {}, [](const Row& row) { return row.string(0); });
    });
}

/// The streams of all events, after checking positions, leaves, tiles and that the appended tree is the stored one.
std::vector<std::string> checked_streams(Store& store) {
    return *store.read([](Reader& r) -> Result<std::vector<std::string>> {
        std::vector<std::string> out;
        MerkleFrontier tree;
        for (const auto& event : read_events(r, 0, 1'000'000)) {
            EXPECT_EQ(event.position, static_cast<int64_t>(out.size()));
            tree.add(merkle_leaf(leaf_bytes(event)));
            out.push_back(event.stream);
        }
        EXPECT_EQ(MerkleAppender::load(r).root(), tree.root());
        return out;
    });
}

enum class Kind { good, refuses, refuses_early, throws, breaks_constraint };

/// One writer on either engine, so that what waits becomes batches.
class Batch : public testing::TestWithParam<Engine> {
  protected:
    static StoreOptions one_writer() {
        StoreOptions options;
        options.write_pool = 1;
        options.group_writers = 1;
        return options;
    }
    TestStore t{GetParam(), tables(), one_writer()};
    std::vector<std::string> streams_in_ledger() {
        EXPECT_TRUE(ok(t->settle()));
        return checked_streams(*t.store);
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, Batch, testing::ValuesIn(test::engines()), test::engine_name);

TEST_P(Batch, EachWriteStandsOrFallsAlone) {
    int64_t n = 0;
    std::vector<std::string> wanted, streams;
    const bool held = rc::check("a batch is what its good writes make", [&] {
        const auto kinds = *rc::gen::container<std::vector<Kind>>(
            rc::gen::element(Kind::good, Kind::good, Kind::good, Kind::refuses, Kind::refuses_early, Kind::throws,
                             Kind::breaks_constraint));
        std::vector<Job> jobs;
        std::vector<std::string> codes;
        for (const Kind kind : kinds) {
            const std::string name = fmt::format("{:08}", n++);
            jobs.push_back([kind, name](Transaction& tx) -> Result<boost::json::value> {
                tx.after_commit([] {});
                if (kind == Kind::refuses_early) return Error{ErrorKind::conflict, "test.refused", "Không.", "No."};
                tx.append({"item.made", 1, name, "tester", from_ms(0), {}});
                tx.post("INSERT INTO item (name) VALUES (?)", {name});
                if (kind == Kind::refuses) return Error{ErrorKind::conflict, "test.refused", "Không.", "No."};
                if (kind == Kind::throws) throw std::runtime_error("mistake");
                if (kind == Kind::breaks_constraint) tx.execute("INSERT INTO item (name) VALUES (?)", {name});
                return boost::json::value(name);
            });
            codes.push_back(kind == Kind::good                ? ""
                            : kind == Kind::refuses           ? "test.refused"
                            : kind == Kind::refuses_early     ? "test.refused"
                            : kind == Kind::breaks_constraint ? "store.constraint"
                                                              : "store.bug");
            if (kind != Kind::good) continue;
            wanted.push_back(name);
            streams.push_back(name);
        }
        const auto answers = in_one_batch(*t.store, jobs);
        for (size_t i = 0; i < answers.size(); ++i) RC_ASSERT(code_of(answers[i]) == codes[i]);
        RC_ASSERT(names(*t.store) == wanted);
        RC_ASSERT(streams_in_ledger() == streams);
    });
    EXPECT_TRUE(held);
}

TEST(GroupCommit, WritesThatWaitTogetherAreOneCommit) {
    TestStore t(Engine::sqlite, tables());
    std::vector<Job> jobs;
    for (int i = 0; i < 100; ++i)
        jobs.push_back([i](Transaction& tx) -> Result<boost::json::value> {
            tx.execute("INSERT INTO item (name) VALUES (?)", {std::to_string(i)});
            return boost::json::value{};
        });
    const auto before = t->statistics().at("commits").as_int64();
    for (const auto& answer : in_one_batch(*t.store, jobs)) EXPECT_TRUE(ok(answer));
    EXPECT_EQ(t->statistics().at("commits").as_int64() - before, 2);  // the one that held the writer, and the batch
}

TEST_P(Batch, AConstraintThatShowsOnlyAtCommitFailsItsOwnWriteAlone) {
    const auto insert = [](std::string_view sql, std::string value) -> Job {
        return [sql, value](Transaction& tx) -> Result<boost::json::value> {
            tx.append({"item.made", 1, value, "tester", from_ms(0), {}});
            tx.execute(sql, {value});
            return boost::json::value{};
        };
    };
    constexpr std::string_view item = "INSERT INTO item (name) VALUES (?)";
    constexpr std::string_view part = "INSERT INTO part (item) VALUES (?)";
    const auto answers = in_one_batch(*t.store, {insert(item, "a"), insert(part, "missing"), insert(part, "a")});
    EXPECT_TRUE(ok(answers[0]));
    EXPECT_EQ(code_of(answers[1]), "store.constraint");
    EXPECT_TRUE(ok(answers[2]));
    EXPECT_EQ(streams_in_ledger(), (std::vector<std::string>{"a", "a"}));
}

TEST(GroupCommit, TheCommandLineMayWriteBesideARunningServer) {
    TestStore server(Engine::sqlite, tables());
    auto other = Store::open(server.options, server.migrations, server.clock, server.random);
    ASSERT_TRUE(ok(other));
    std::vector<std::string> wanted;
    for (int i = 0; i < 600; ++i) {  // past the first tile
        Store& store = i % 3 ? *server.store : **other;
        wanted.push_back(std::to_string(i));
        ASSERT_TRUE(ok(store.write([&](Transaction& tx) -> Result<void> {
            tx.append({"item.made", 1, wanted.back(), "tester", from_ms(0), {}});
            EXPECT_EQ(tx.next_number("items"), i + 1);
            return Nothing{};
        })));
    }
    EXPECT_EQ(checked_streams(*server.store), wanted);
}

TEST(GroupCommit, TheLogIsCopiedBackAndStartsOver) {
    TestStore t(Engine::sqlite, tables());
    const std::string big(3000, 'x');
    int64_t longest = 0;
    for (int i = 0; i < 300; ++i) {
        ASSERT_TRUE(ok(t->write([&](Transaction& tx) -> Result<void> {
            for (int k = 0; k < 50; ++k)
                tx.execute("INSERT INTO item (name) VALUES (?)", {fmt::format("{}-{}{}", i, k, big)});
            return Nothing{};
        })));
        longest = std::max(longest, t->statistics().at("wal_bytes").as_int64());
    }
    EXPECT_GT(t->statistics().at("checkpoints").as_int64(), 0);
    EXPECT_LT(longest, int64_t{250} << 20);
}

/// Reads that follow one another without a gap always hold some place in the log: only when the writer waits for those
/// of old snapshots can it start over. (A load of half a million dossiers once left a log of 25 GB.)
TEST(GroupCommit, TheLogStartsOverWhileReadsOverlap) {
    StoreOptions options;
    options.log_pages = 500;
    TestStore t(Engine::sqlite, tables(), options);
    std::atomic<int> begun{0};
    std::atomic<bool> stop{false};
    const auto read_on = [&] {
        while (!stop) {
            const auto done = t->read([&](Reader& r) -> Result<int64_t> {
                const auto size = ledger_size(r);  // from here on it holds a snapshot
                const int mine = ++begun;
                while (!stop && begun <= mine) std::this_thread::yield();  // …until the other reader holds one
                return size;
            });
            ASSERT_TRUE(done.ok());
        }
    };
    std::thread one(read_on), two(read_on);
    const std::string big(3000, 'x');
    int64_t longest = 0, written = 0;
    for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(ok(t->write([&](Transaction& tx) -> Result<void> {
            for (int k = 0; k < 20; ++k)
                tx.execute("INSERT INTO item (name) VALUES (?)", {fmt::format("{}-{}{}", i, k, big)});
            return Nothing{};
        })));
        written += 20 * static_cast<int64_t>(big.size());
        longest = std::max(longest, t->statistics().at("wal_bytes").as_int64());
    }
    stop = true;
    one.join();
    two.join();
    EXPECT_LT(longest, written / 2);
}

}  // namespace
}  // namespace hl::store
