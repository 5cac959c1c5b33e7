// Waiting without a thread each: woken by who publishes, ended by the time given or by stopping, answered once.
#include "exchange/topics/long_polls.h"

#include <gtest/gtest.h>

#include <future>

#include "exchange/topics/commands.h"
#include "exchange/topics/schema.h"
#include "support/test_store.h"

namespace hl::exchange::topics {
namespace {

using namespace std::chrono_literals;
const ClientId owner{"QT", "GOV", "A", "P"};
const ClientId consumer{"QT", "GOV", "B", "C"};
using Pulled = Result<std::vector<Delivery>>;

class Waiting : public test::EngineTest {
  protected:
    store::Migrations more_migrations() const override { return topics::migrations(); }
    void SetUp() override {
        test::EngineTest::SetUp();
        TopicSettings s;
        s.id = s.title = "t";
        s.owner = owner;
        ASSERT_TRUE(
            test::ok(store().write([&](store::Transaction& tx) { return create_topic(tx, s, "x", clock().now()); })));
    }
    std::string subscribed() {
        const auto made = store().write([&](store::Transaction& tx) {
            return subscribe(tx, {"t", consumer, {}, {}}, "x", test_store().random, clock().now());
        });
        EXPECT_TRUE(test::ok(made));
        return made.ok() ? made->id : "";
    }
    void publish_one(Signals& signals, std::string body = "x") {
        ASSERT_TRUE(test::ok(store().write([&](store::Transaction& tx) -> Result<int64_t> {
            signals.tell_after(tx, "t");
            return publish(tx, owner, {"t", 0, "", fmt::format("m{}", ++count_), {}, "text/plain", body, "", ""},
                           clock().now());
        })));
    }
    static std::future<Pulled> pull_with(LongPolls& polls, PullRequest request) {
        const auto promise = std::make_shared<std::promise<Pulled>>();
        polls.pull(std::move(request), [promise](Pulled got) { promise->set_value(std::move(got)); });
        return promise->get_future();
    }
    int count_ = 0;
};
HL_FOR_EVERY_ENGINE(Waiting);

TEST_P(Waiting, WhatIsThereComesAtOnce) {
    Signals signals;
    LongPolls polls(store(), signals);
    const auto id = subscribed();
    publish_one(signals);
    const auto got = pull_with(polls, {id, consumer, {}, {}, 60s}).get();
    ASSERT_TRUE(test::ok(got));
    EXPECT_EQ(got->size(), 1u);
    const auto rest = pull_with(polls, {id, consumer, 1, {}, 0ms}).get();
    ASSERT_TRUE(test::ok(rest));
    EXPECT_TRUE(rest->empty());
}

TEST_P(Waiting, ManyWaitAndEachIsWokenOnce) {
    Signals signals;
    LongPolls polls(store(), signals, 2);
    std::vector<std::future<Pulled>> all;
    for (int i = 0; i < 40; ++i) all.push_back(pull_with(polls, {subscribed(), consumer, {}, {}, 60s}));
    publish_one(signals);
    for (auto& one : all) {
        const auto got = one.get();
        ASSERT_TRUE(test::ok(got));
        EXPECT_EQ(got->size(), 1u);
    }
    EXPECT_EQ(polls.waiting(), 0u);
}

TEST_P(Waiting, TheTimeThatWasGivenEndsIt) {
    Signals signals;
    LongPolls polls(store(), signals);
    const auto got = pull_with(polls, {subscribed(), consumer, {}, {}, 1ms}).get();
    ASSERT_TRUE(test::ok(got));
    EXPECT_TRUE(got->empty());
}

TEST_P(Waiting, StoppingAnswersWhoWaitsAndNobodyWaitsAfterwards) {
    Signals signals;
    LongPolls polls(store(), signals);
    const auto id = subscribed();
    auto waiting = pull_with(polls, {id, consumer, {}, {}, 60s});
    polls.stop();
    const auto got = waiting.get();
    ASSERT_TRUE(test::ok(got));
    EXPECT_TRUE(got->empty());
    publish_one(signals);
    const auto late = pull_with(polls, {id, consumer, {}, {}, 60s}).get();
    ASSERT_TRUE(test::ok(late));
    EXPECT_EQ(late->size(), 1u);
}

TEST_P(Waiting, RefusalsAreTold) {
    Signals signals;
    LongPolls polls(store(), signals);
    EXPECT_EQ(test::code_of(pull_with(polls, {"nobody", consumer, {}, {}, 60s}).get()), "subscription.unknown");
    EXPECT_EQ(test::code_of(pull_with(polls, {subscribed(), owner, {}, {}, 60s}).get()), "subscription.not_yours");
}

TEST_P(Waiting, ABatchIsNotLargerThanAsked) {
    Signals signals;
    LongPolls polls(store(), signals);
    const auto id = subscribed();
    for (int i = 0; i < 4; ++i) publish_one(signals, std::string(100, 'x'));
    PullRequest request{id, consumer, {}, {}, 0ms};
    request.settings.bytes = 250;
    const auto two = pull_with(polls, request).get();
    ASSERT_TRUE(test::ok(two));
    EXPECT_EQ(two->size(), 2u);
    request.settings.bytes = 1;
    const auto one = pull_with(polls, request).get();
    ASSERT_TRUE(test::ok(one));
    EXPECT_EQ(one->size(), 1u);
}

}  // namespace
}  // namespace hl::exchange::topics
