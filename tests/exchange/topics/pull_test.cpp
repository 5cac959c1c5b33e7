// Long polling: what is there comes at once, what comes later wakes who waits, a position acknowledges.
#include "exchange/topics/pull.h"

#include <gtest/gtest.h>

#include <thread>

#include "exchange/topics/commands.h"
#include "exchange/topics/schema.h"
#include "support/test_store.h"

namespace hl::exchange::topics {
namespace {

using namespace std::chrono_literals;
const ClientId owner{"QT", "GOV", "A", "P"};
const ClientId consumer{"QT", "GOV", "B", "C"};

class Pulling : public test::EngineTest {
  protected:
    store::Migrations more_migrations() const override { return topics::migrations(); }
    void SetUp() override {
        test::EngineTest::SetUp();
        TopicSettings s;
        s.id = s.title = "t";
        s.owner = owner;
        ASSERT_TRUE(
            test::ok(store().write([&](store::Transaction& tx) { return create_topic(tx, s, "x", clock().now()); })));
        auto made = store().write([&](store::Transaction& tx) {
            return subscribe(tx, {"t", consumer, {}, 1}, "x", test_store().random, clock().now());
        });
        ASSERT_TRUE(test::ok(made));
        request_ = {made->id, consumer, {}, {}, 0ms};
    }
    void publish_one(std::string body) {
        ASSERT_TRUE(test::ok(store().write([&](store::Transaction& tx) -> Result<int64_t> {
            signals_.tell_after(tx, "t");
            return publish(tx, owner, {"t", 0, "k", fmt::format("m{}", ++count_), {}, "text/plain", body, "s", "l"},
                           clock().now());
        })));
    }
    std::string pulled(std::optional<int64_t> after) {
        request_.after = after;
        const auto got = pull(store(), signals_, request_);
        EXPECT_TRUE(test::ok(got));
        std::string out;
        if (got.ok())
            for (const auto& d : *got) out += fmt::format("{} ", d.message.position);
        return out;
    }
    Signals signals_;
    PullRequest request_;
    int count_ = 0;
};
HL_FOR_EVERY_ENGINE(Pulling);

TEST_P(Pulling, APositionAcknowledgesWhatWasGivenUpToIt) {
    for (int i = 0; i < 3; ++i) publish_one("x");
    request_.settings.limit = 2;
    EXPECT_EQ(pulled({}), "1 2 ");
    EXPECT_EQ(pulled(1), "");  // 2 is still leased, and 3 behind it
    EXPECT_EQ(pulled(2), "3 ");
    EXPECT_EQ(pulled(3), "");
}
TEST_P(Pulling, WhoWaitsIsWokenByWhoPublishes) {
    request_.wait = 60s;
    std::string got;
    std::thread waiting([&] { got = pulled({}); });
    publish_one("x");
    waiting.join();
    EXPECT_EQ(got, "1 ");
}
TEST_P(Pulling, NothingComesOfNothing) {
    EXPECT_EQ(pulled({}), "");
    request_.wait = 60s;
    const auto stopped = pull(store(), signals_, request_, [] { return true; });
    ASSERT_TRUE(test::ok(stopped));
    EXPECT_TRUE(stopped->empty());
    request_.subscription = "nobody";
    EXPECT_EQ(test::code_of(pull(store(), signals_, request_)), "subscription.unknown");
}
TEST_P(Pulling, BodiesAreTextOrBase64) {
    publish_one("xin chào");
    publish_one("\xFF");
    const auto got = pull(store(), signals_, request_);
    ASSERT_TRUE(test::ok(got));
    const auto json = to_json(*got);
    EXPECT_EQ(json.at("messages").at(0).at("body"), "xin chào");
    EXPECT_EQ(json.at("messages").at(1).at("body_base64"), "/w==");
    EXPECT_EQ(json.at("messages").at(0).at("signature"), "s");
}

}  // namespace
}  // namespace hl::exchange::topics
