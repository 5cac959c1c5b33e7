// Who may subscribe: the owner and whom it admitted; who is dismissed reads no longer.
#include "exchange/topics/readers.h"

#include <gtest/gtest.h>

#include "exchange/topics/commands.h"
#include "exchange/topics/messages.h"
#include "exchange/topics/queries.h"
#include "exchange/topics/schema.h"
#include "support/test_store.h"

namespace hl::exchange::topics {
namespace {

const ClientId owner{"QT", "GOV", "A", "P"};
const ClientId consumer{"QT", "GOV", "B", "C"};

class Readers : public test::EngineTest {
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
    Result<void> admit_one(const ClientId& client, std::string_view basis) {
        return store().write([&](store::Transaction& tx) { return admit(tx, "t", client, basis, "x", clock().now()); });
    }
    Result<void> dismiss_one(const ClientId& client) {
        return store().write([&](store::Transaction& tx) { return dismiss(tx, "t", client, "x", clock().now()); });
    }
    bool may(const ClientId& client) {
        const auto got = store().read([&](store::Reader& reader) -> Result<bool> {
            return may_subscribe(reader, *find_topic(reader, "t"), client);
        });
        return got.ok() && *got;
    }
};
HL_FOR_EVERY_ENGINE(Readers);

TEST_P(Readers, OnlyTheOwnerAndWhomItAdmittedMaySubscribe) {
    EXPECT_TRUE(may(owner));
    EXPECT_FALSE(may(consumer));
    ASSERT_TRUE(test::ok(admit_one(consumer, "QĐ 1 (mẫu)")));
    EXPECT_TRUE(may(consumer));
    EXPECT_FALSE(may({"QT", "GOV", "B", "D"}));
}

TEST_P(Readers, AdmissionNeedsASubsystemAndABasis) {
    EXPECT_EQ(test::code_of(admit_one(consumer.member(), "QĐ 1 (mẫu)")), "topic.reader");
    EXPECT_EQ(test::code_of(admit_one(consumer, "")), "topic.basis");
    EXPECT_EQ(test::code_of(dismiss_one(consumer)), "topic.no_reader");
}

TEST_P(Readers, AdmittedAgainItHasTheNewBasis) {
    ASSERT_TRUE(test::ok(admit_one(consumer, "one")));
    ASSERT_TRUE(test::ok(admit_one(consumer, "two")));
    const auto all = store().read(
        [](store::Reader& reader) -> Result<std::vector<TopicReader>> { return topic_readers(reader, "t"); });
    ASSERT_TRUE(test::ok(all));
    ASSERT_EQ(all->size(), 1u);
    EXPECT_EQ(all->front().basis, "two");
    EXPECT_EQ(all->front().client, consumer);
}

TEST_P(Readers, WhoIsDismissedHasNoSubscriptionLeft) {
    ASSERT_TRUE(test::ok(admit_one(consumer, "one")));
    const auto made = store().write([&](store::Transaction& tx) {
        return subscribe(tx, {"t", consumer, {}, 1}, "x", test_store().random, clock().now());
    });
    ASSERT_TRUE(test::ok(made));
    ASSERT_TRUE(test::ok(dismiss_one(consumer)));
    EXPECT_FALSE(may(consumer));
    EXPECT_EQ(test::code_of(store().write(
                  [&](store::Transaction& tx) { return take(tx, made->id, consumer, {}, clock().now()); })),
              "subscription.unknown");
}

}  // namespace
}  // namespace hl::exchange::topics
