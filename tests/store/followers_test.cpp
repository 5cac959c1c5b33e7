#include "store/followers.h"

#include <gtest/gtest.h>

#include <condition_variable>

#include "support/engine_test.h"

namespace hl::store {
namespace {

/// Copies what it reads into a table of its own; fails on demand.
class Copier : public Follower {
  public:
    explicit Copier(std::string name) : name_(std::move(name)) {}
    std::string name() const override { return name_; }
    int version() const override { return version_; }
    void reset(Transaction& tx) override {
        tx.execute("DELETE FROM test_copy WHERE follower = ?", {name_});
        ++resets_;
    }
    Result<void> apply(Transaction& tx, std::span<const StoredEvent> events) override {
        for (const auto& event : events) {
            if (event.type != "test.happened") continue;
            tx.execute("INSERT INTO test_copy (follower, position, n) VALUES (?, ?, ?)",
                       {name_, event.position, event.data.at("n").as_int64()});
            if (event.position == fails_at_) return Error{ErrorKind::internal, "test.failed", "hỏng", "broken"};
            if (event.position == throws_at_) throw std::runtime_error("a bug");
        }
        return Nothing{};
    }
    void committed(std::span<const StoredEvent> events) override {
        std::scoped_lock lock(mutex_);
        committed_ += static_cast<int64_t>(events.size());
        changed_.notify_all();
    }
    /// The limit only keeps a broken follower from hanging the suite.
    bool wait_for(int64_t committed) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::minutes{1}, [&] { return committed_ >= committed; });
    }

    std::string name_;
    int version_ = 1;
    std::atomic<int64_t> fails_at_ = -1, throws_at_ = -1;
    std::atomic<int> resets_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    int64_t committed_ = 0;
};

/// Remembers which bytes it was given.
class Watcher : public Copier {
  public:
    Watcher(std::string name, int64_t batch) : Copier(std::move(name)), batch_(batch) {}
    int64_t batch_events() const override { return batch_; }
    void committed(std::span<const StoredEvent> events) override {
        for (const auto& event : events) seen_.push_back(&event);
        batches_.push_back(events.size());
        Copier::committed(events);
    }
    int64_t batch_;
    std::vector<const StoredEvent*> seen_;
    std::vector<size_t> batches_;
};

class FollowersTest : public EngineTest {
  protected:
    void SetUp() override {
        EngineTest::SetUp();
        run("CREATE TABLE test_copy (follower TEXT NOT NULL, position BIGINT NOT NULL, n BIGINT NOT NULL, "
            "PRIMARY KEY (follower, position))");
    }
    void run(std::string_view sql) {
        const auto done = store().write([&](Transaction& tx) -> Result<void> {
            tx.execute(sql);
            return Nothing{};
        });
        ASSERT_TRUE(done.ok()) << done.error().en;
    }
    void append(int count) {
        const auto done = store().write([&](Transaction& tx) -> Result<void> {
            for (int i = 0; i < count; ++i)
                tx.append({"test.happened", 1, "s", "a", from_ms(1'764'000'000'000), {{"n", made_++}}});
            return Nothing{};
        });
        ASSERT_TRUE(done.ok()) << done.error().en;
    }
    /// How many rows the follower wrote; -1 when they are not 0, 1, 2… without a hole.
    int64_t copied(const std::string& name) {
        const auto read = store().read([&](Reader& reader) -> Result<int64_t> {
            int64_t next = 0;
            reader.query("SELECT position, n FROM test_copy WHERE follower = ? ORDER BY position", {name},
                         [&](const Row& row) {
                             if (next >= 0 && row.integer(0) == next && row.integer(1) == next)
                                 ++next;
                             else
                                 next = -1;
                         });
            return next;
        });
        return read.ok() ? *read : -2;
    }
    int64_t made_ = 0;
};

HL_FOR_EVERY_ENGINE(FollowersTest);

TEST_P(FollowersTest, ReadEverythingOnceInOrder) {
    append(2500);
    Followers followers(store());
    followers.add(std::make_shared<Copier>("one"));
    followers.add(std::make_shared<Copier>("two"));
    ASSERT_TRUE(followers.catch_up().ok());
    EXPECT_EQ(copied("one"), 2500);
    EXPECT_EQ(copied("two"), 2500);
    append(3);
    ASSERT_TRUE(followers.catch_up().ok());
    EXPECT_EQ(copied("one"), 2503);
    for (const auto& status : followers.status()) {
        EXPECT_EQ(status.position, 2503);
        EXPECT_EQ(status.lag, 0);
        EXPECT_EQ(status.problem, "");
    }
}

TEST_P(FollowersTest, WhatOneHasReadServesTheOthersAtTheSamePlace) {
    auto first = std::make_shared<Watcher>("first", 1000), second = std::make_shared<Watcher>("second", 1000),
         small = std::make_shared<Watcher>("small", 3), late = std::make_shared<Watcher>("late", 1000);
    Followers followers(store());
    for (const auto& one : {first, second, small}) followers.add(one);
    append(10);
    ASSERT_TRUE(followers.catch_up().ok());
    ASSERT_EQ(first->seen_.size(), 10u);
    for (const auto& one : {second, small}) EXPECT_EQ(one->seen_, first->seen_) << one->name();
    append(5);
    followers.add(late);
    ASSERT_TRUE(followers.catch_up().ok());
    for (const auto& one : {second, small}) EXPECT_EQ(one->seen_, first->seen_) << one->name();
    for (const auto* name : {"first", "second", "small", "late"}) EXPECT_EQ(copied(name), copied("first")) << name;
    EXPECT_EQ(late->committed_, 15);
}

TEST_P(FollowersTest, WhoTakesManyAtATimeIsNotGivenTheFewThatAnotherTook) {
    auto few = std::make_shared<Watcher>("few", 4), many = std::make_shared<Watcher>("many", 40);
    append(100);
    Followers followers(store());
    followers.add(few);
    followers.add(many);
    followers.start();
    EXPECT_TRUE(few->wait_for(100) && many->wait_for(100));
    followers.stop();
    EXPECT_EQ(few->batches_, std::vector<size_t>(25, 4));
    EXPECT_EQ(many->batches_, (std::vector<size_t>{40, 40, 20}));
}

TEST_P(FollowersTest, GoOnWhereTheyStoppedAfterARestart) {
    append(10);
    const auto before = std::make_shared<Copier>("one");
    {
        Followers followers(store());
        followers.add(before);
        ASSERT_TRUE(followers.catch_up().ok());
    }
    append(10);
    const auto after = std::make_shared<Copier>("one");
    Followers followers(store());
    followers.add(after);
    ASSERT_TRUE(followers.catch_up().ok());
    EXPECT_EQ(copied("one"), 20);
    EXPECT_EQ(after->committed_, 10);
    EXPECT_EQ(after->resets_, 0);
}

TEST_P(FollowersTest, AFailureIsStoredUndoesItsBatchAndDoesNotStopTheOthers) {
    append(20);
    const auto bad = std::make_shared<Copier>("bad");
    bad->fails_at_ = 7;
    Followers followers(store());
    followers.add(bad);
    followers.add(std::make_shared<Copier>("good"));
    const auto done = followers.catch_up();
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code, "test.failed");
    EXPECT_EQ(copied("bad"), 0);
    EXPECT_EQ(copied("good"), 20);
    auto status = followers.status();
    EXPECT_EQ(status[0].problem, "test.failed: broken");
    EXPECT_EQ(status[0].lag, 20);
    EXPECT_EQ(status[1].problem, "");
    bad->fails_at_ = -1;
    ASSERT_TRUE(followers.catch_up().ok());
    EXPECT_EQ(copied("bad"), 20);
    status = followers.status();
    EXPECT_EQ(status[0].problem, "");
    ASSERT_TRUE(status[0].last);  // what it was is still told
    EXPECT_EQ(status[0].last->vi, "hỏng");
    EXPECT_EQ(status[0].last->en, "broken");
    EXPECT_EQ(status[0].last->at, clock().now());
    EXPECT_FALSE(status[1].last);
}

TEST_P(FollowersTest, AnExceptionIsAFailureLikeAnyOther) {
    append(5);
    const auto bad = std::make_shared<Copier>("bad");
    bad->throws_at_ = 2;
    Followers followers(store());
    followers.add(bad);
    const auto done = followers.catch_up();
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code, "follower.failed");
    EXPECT_NE(followers.status()[0].problem.find("a bug"), std::string::npos);
    EXPECT_EQ(copied("bad"), 0);
}

TEST_P(FollowersTest, ANewVersionStartsAgainFromTheFirstEvent) {
    append(30);
    {
        Followers followers(store());
        followers.add(std::make_shared<Copier>("one"));
        ASSERT_TRUE(followers.catch_up().ok());
    }
    const auto next = std::make_shared<Copier>("one");
    next->version_ = 2;
    Followers followers(store());
    followers.add(next);
    EXPECT_EQ(followers.status()[0].lag, 30);
    ASSERT_TRUE(followers.catch_up().ok());
    EXPECT_EQ(next->resets_, 1);
    EXPECT_EQ(next->committed_, 30);
    EXPECT_EQ(copied("one"), 30);
}

TEST_P(FollowersTest, ARestartThrowsAwayReadsAgainAndIsOnRecord) {
    append(30);
    const auto one = std::make_shared<Copier>("one");
    Followers followers(store());
    followers.add(one);
    ASSERT_TRUE(followers.catch_up().ok());
    run("UPDATE test_copy SET n = 99 WHERE position = 3");
    EXPECT_EQ(copied("one"), -1);
    ASSERT_TRUE(followers.restart("one", "account:x").ok());
    EXPECT_EQ(followers.status()[0].position, 0);
    ASSERT_TRUE(followers.catch_up().ok());
    EXPECT_EQ(copied("one"), 30);
    const auto said = store().read(
        [](Reader& reader) -> Result<std::optional<StoredEvent>> { return last_of_stream(reader, "follower:one"); });
    ASSERT_TRUE(said.ok() && *said);
    EXPECT_EQ((*said)->type, "ledger.follower_restarted");
    EXPECT_EQ((*said)->actor, "account:x");
    EXPECT_EQ((*said)->data.at("position"), 30);
    const auto unknown = followers.restart("nobody", "account:x");
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().code, "follower.unknown");
}

TEST_P(FollowersTest, TheBackgroundThreadFollowsWhatIsWrittenMeanwhile) {
    const auto one = std::make_shared<Copier>("one");
    Followers followers(store());
    followers.add(one);
    followers.start();
    followers.start();
    for (int i = 0; i < 20; ++i) {
        append(5);
        followers.wake();
    }
    ASSERT_TRUE(one->wait_for(100));
    followers.stop();
    followers.stop();
    EXPECT_EQ(copied("one"), 100);
    append(1);
    followers.start();
    ASSERT_TRUE(one->wait_for(101));
    EXPECT_EQ(copied("one"), 101);
}

TEST_P(FollowersTest, TwoNodesNeverApplyTheSameEventTwice) {
    append(3000);
    const auto here = std::make_shared<Copier>("one"), there = std::make_shared<Copier>("one");
    Followers first(store()), second(store());
    first.add(here);
    second.add(there);
    std::thread other([&] { EXPECT_TRUE(second.catch_up().ok()); });
    EXPECT_TRUE(first.catch_up().ok());
    other.join();
    EXPECT_EQ(copied("one"), 3000);
    EXPECT_EQ(here->committed_ + there->committed_, 3000);
}

TEST_P(FollowersTest, TwoOfOneNameAreAMistakeInTheProgram) {
    Followers followers(store());
    followers.add(std::make_shared<Copier>("one"));
    EXPECT_THROW(followers.add(std::make_shared<Copier>("one")), std::logic_error);
}

}  // namespace
}  // namespace hl::store
