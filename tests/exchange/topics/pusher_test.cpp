// Delivery to subscribers: retried with growing waits, in order, until it succeeds or is a dead letter.
#include "exchange/topics/pusher.h"

#include <gtest/gtest.h>

#include <numeric>

#include "exchange/topics/commands.h"
#include "exchange/topics/queries.h"
#include "exchange/topics/schema.h"
#include "support/test_store.h"

namespace hl::exchange::topics {
namespace {

using namespace std::chrono_literals;
const ClientId owner{"QT", "GOV", "A", "P"};
const ClientId consumer{"QT", "GOV", "B", "C"};

class Pushing : public test::EngineTest {
  protected:
    store::Migrations more_migrations() const override { return topics::migrations(); }
    void SetUp() override {
        test::EngineTest::SetUp();
        TopicSettings s;
        s.id = s.title = "t";
        s.owner = owner;
        s.attempts = 3;
        ASSERT_TRUE(
            test::ok(store().write([&](store::Transaction& tx) { return create_topic(tx, s, "x", clock().now()); })));
        auto made = store().write([&](store::Transaction& tx) {
            return subscribe(tx, {"t", consumer, ServiceId{consumer, "nhan-tin", ""}, 1}, "x", test_store().random,
                             clock().now());
        });
        ASSERT_TRUE(test::ok(made));
        subscription_ = *made;
    }
    void publish_one(const std::string& key) {
        ASSERT_TRUE(test::ok(store().write([&](store::Transaction& tx) {
            return publish(tx, owner, {"t", 0, key, fmt::format("m{}", ++count_), {}, "", "x", "", ""}, clock().now());
        })));
    }
    PushRound push(const Deliver& deliver) {
        const auto round = push_once(store(), subscription_, deliver);
        EXPECT_TRUE(test::ok(round));
        return round.ok() ? *round : PushRound{};
    }
    Subscription subscription_;
    int count_ = 0;
};
HL_FOR_EVERY_ENGINE(Pushing);

const Error refused{ErrorKind::unavailable, "test.away", "vắng", "away"};

TEST_P(Pushing, FailuresWaitLongerEachTimeAndHoldTheirKeyAlone) {
    publish_one("a");
    publish_one("a");
    publish_one("b");
    std::vector<int64_t> tried;
    const Deliver deliver = [&](const Subscription& s, const Message& m) -> Result<void> {
        EXPECT_EQ(s.push_to->code, "nhan-tin");
        tried.push_back(m.position);
        if (m.key == "a") return refused;
        return Nothing{};
    };
    EXPECT_EQ(push(deliver).failed, 1);
    EXPECT_EQ(tried, (std::vector<int64_t>{1, 3}));
    EXPECT_EQ(push(deliver).failed, 0);  // not yet
    clock().advance(1s);
    EXPECT_EQ(push(deliver).failed, 1);
    clock().advance(1s);
    EXPECT_EQ(push(deliver).failed, 0);  // two seconds now
    clock().advance(1s);
    EXPECT_EQ(push(deliver).dead, 1);
    EXPECT_EQ(push(deliver).failed, 1);  // 2, now that 1 is out of its way
    EXPECT_EQ(tried, (std::vector<int64_t>{1, 3, 1, 1, 2}));
    const auto letters = *store().read(
        [&](store::Reader& r) -> Result<std::vector<DeadLetter>> { return dead_letters(r, subscription_.id, 0, 10); });
    ASSERT_EQ(letters.size(), 1u);
    EXPECT_EQ(letters[0].reason, "test.away: away");
}
TEST_P(Pushing, AMessageWhoseLeaseEndedIsLeftForTheNextRound) {
    publish_one("a");
    publish_one("b");
    std::vector<int64_t> tried;
    (void)push_once(store(), subscription_, [&](const Subscription&, const Message& m) -> Result<void> {
        tried.push_back(m.position);
        clock().advance(121s);
        return Nothing{};
    });
    EXPECT_EQ(tried, (std::vector<int64_t>{1}));
}
TEST_P(Pushing, AThrowingDeliveryIsAFailedOne) {
    publish_one("a");
    EXPECT_EQ(push([](const Subscription&, const Message&) -> Result<void> { throw std::runtime_error("x"); }).failed,
              1);
}
TEST_P(Pushing, ThreadsDeliverEverythingOnceAndStop) {
    std::mutex mutex;
    std::condition_variable arrived;
    std::vector<int64_t> got;
    Pusher pusher(
        store(),
        [&](const Subscription&, const Message& m) -> Result<void> {
            std::scoped_lock lock(mutex);
            got.push_back(m.position);
            arrived.notify_all();
            return Nothing{};
        },
        {}, 2);
    pusher.start();
    for (int i = 0; i < 10; ++i) publish_one("a");
    pusher.wake();
    {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(arrived.wait_for(lock, 60s, [&] { return got.size() == 10; }));
    }
    pusher.stop();
    std::vector<int64_t> wanted(10);
    std::iota(wanted.begin(), wanted.end(), 1);
    EXPECT_EQ(got, wanted);
}

}  // namespace
}  // namespace hl::exchange::topics
