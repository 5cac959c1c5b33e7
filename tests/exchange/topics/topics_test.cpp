// Topics and subscriptions on every engine: order by key, at least once, leases, dead letters, replay, retention.
#include <gtest/gtest.h>

#include "exchange/topics/commands.h"
#include "exchange/topics/messages.h"
#include "exchange/topics/queries.h"
#include "exchange/topics/schema.h"
#include "exchange/topics/signals.h"
#include "store/ledger.h"
#include "support/test_store.h"

namespace hl::exchange::topics {
namespace {

using namespace std::chrono_literals;

const ClientId owner{"QUANGTRI", "GOV", "H50.12", "DKKD"};
const ClientId reader{"QUANGTRI", "GOV", "H50.13", "THUE"};
const ClientId stranger{"QUANGTRI", "GOV", "H50.14", "KHAC"};

class TopicStore : public test::EngineTest {
  protected:
    store::Migrations more_migrations() const override { return topics::migrations(); }
    template <class F>
    auto write(F f) {
        return store().write(f);
    }
    void SetUp() override {
        test::EngineTest::SetUp();
        ASSERT_TRUE(test::ok(
            write([&](store::Transaction& tx) { return create_topic(tx, settings(), "system:test", now()); })));
        subscription_ = *new_subscription({});
    }
    static TopicSettings settings() {
        TopicSettings s;
        s.id = "dn.thay-doi";
        s.title = "Thay đổi đăng ký doanh nghiệp";
        s.owner = owner;
        s.attempts = 3;
        s.retention = 240h;
        s.dead_retention = 480h;
        return s;
    }
    Instant now() { return clock().now(); }
    Result<std::string> new_subscription(std::optional<int64_t> from) {
        auto made = write([&](store::Transaction& tx) {
            return subscribe(tx, {"dn.thay-doi", reader, {}, from}, "system:test", test_store().random, now());
        });
        if (!made.ok()) return made.error();
        return made->id;
    }
    Result<int64_t> publish_one(std::string key, std::string body = "x", std::string id = "",
                                const ClientId& who = owner) {
        static int n = 0;
        Message m{"dn.thay-doi",
                  0,
                  std::move(key),
                  id.empty() ? "id-" + std::to_string(++n) : id,
                  {},
                  "text/plain",
                  std::move(body),
                  "signature",
                  "log:7"};
        return write([&](store::Transaction& tx) { return publish(tx, who, m, now()); });
    }
    std::vector<Delivery> take_some(TakeSettings settings = {}, std::string id = "") {
        auto taken = write(
            [&](store::Transaction& tx) { return take(tx, id.empty() ? subscription_ : id, reader, settings, now()); });
        EXPECT_TRUE(test::ok(taken));
        return taken.ok() ? *taken : std::vector<Delivery>{};
    }
    static std::string positions(const std::vector<Delivery>& all) {
        std::string out;
        for (const auto& d : all) out += fmt::format("{} ", d.message.position);
        return out;
    }
    Result<void> ack(const Delivery& d) {
        return write([&](store::Transaction& tx) {
            return acknowledge(tx, subscription_, reader, d.message.position, d.lease);
        });
    }
    Result<Failed> failed(const Delivery& d, Instant retry, std::string_view reason = "503") {
        return write([&](store::Transaction& tx) {
            return fail(tx, subscription_, reader, d.message.position, d.lease, reason, retry, now());
        });
    }
    std::vector<DeadLetter> dead() {
        return *store().read([&](store::Reader& r) -> Result<std::vector<DeadLetter>> {
            return dead_letters(r, subscription_, 0, 100);
        });
    }
    Backlog behind() {
        return *store().read(
            [&](store::Reader& r) -> Result<Backlog> { return backlog(r, *find_subscription(r, subscription_)); });
    }
    std::string subscription_;
};
HL_FOR_EVERY_ENGINE(TopicStore);

TEST_P(TopicStore, GivesMessagesInOrderWithAllTheyCarry) {
    EXPECT_EQ(*publish_one("a", std::string("b\0c\xFF", 4), "m1"), 1);
    EXPECT_EQ(*publish_one("b"), 2);
    const auto got = take_some();
    ASSERT_EQ(positions(got), "1 2 ");
    EXPECT_EQ(got[0].message.body, std::string("b\0c\xFF", 4));
    EXPECT_EQ(got[0].message.signature, "signature");
    EXPECT_EQ(got[0].message.log_record, "log:7");
    EXPECT_EQ(got[0].message.message_id, "m1");
    EXPECT_EQ(got[0].attempt, 1);
    EXPECT_EQ(behind().waiting, 2);
    for (const auto& d : got) EXPECT_TRUE(test::ok(ack(d)));
    EXPECT_TRUE(test::ok(ack(got[0])));  // repeated: nothing
    EXPECT_EQ(behind().waiting, 0);
    EXPECT_EQ(positions(take_some()), "");
}
TEST_P(TopicStore, WhatIsNotAcknowledgedIsGivenAgain) {
    (void)publish_one("a");
    const auto first = take_some();
    EXPECT_EQ(positions(take_some()), "");  // leased
    clock().advance(30s);
    test_store().reopen();  // a crash changes nothing
    const auto second = take_some();
    ASSERT_EQ(positions(second), "1 ");
    EXPECT_EQ(second[0].attempt, 2);
    EXPECT_EQ(test::code_of(ack(first[0])), "delivery.lease");
    EXPECT_TRUE(test::ok(ack(second[0])));
}
TEST_P(TopicStore, OfOneKeyTheNextWaitsForTheOneBefore) {
    for (const auto* key : {"a", "a", "b", "", ""}) (void)publish_one(key);
    const TakeSettings alone{100, 30s, false};
    const auto got = take_some(alone);
    ASSERT_EQ(positions(got), "1 3 4 5 ");
    ASSERT_EQ(*failed(got[0], now() + 60s), Failed::again);
    for (size_t i = 1; i < got.size(); ++i) ASSERT_TRUE(test::ok(ack(got[i])));
    EXPECT_EQ(positions(take_some(alone)), "");
    clock().advance(60s);
    const auto again = take_some(alone);
    ASSERT_EQ(positions(again), "1 ");
    ASSERT_TRUE(test::ok(ack(again[0])));
    EXPECT_EQ(positions(take_some(alone)), "2 ");
}
TEST_P(TopicStore, ABatchMayHoldARunOfOneKey) {
    for (int i = 0; i < 5; ++i) (void)publish_one("a");
    EXPECT_EQ(positions(take_some({3, 30s, true})), "1 2 3 ");
    EXPECT_EQ(positions(take_some({3, 30s, true})), "");  // behind a leased one of its key
}
TEST_P(TopicStore, PullAcknowledgesWhatWasGivenUpToAPosition) {
    for (int i = 0; i < 4; ++i) (void)publish_one("a");
    ASSERT_EQ(positions(take_some({2, 30s, true})), "1 2 ");
    ASSERT_TRUE(test::ok(write([&](store::Transaction& tx) { return acknowledge_to(tx, subscription_, reader, 4); })));
    EXPECT_EQ(positions(take_some()), "3 4 ");  // had not been given
}
TEST_P(TopicStore, WhatFailsTooOftenIsADeadLetterAndHoldsNothingUp) {
    (void)publish_one("a");
    (void)publish_one("a");
    for (int i = 0; i < 3; ++i) {
        const auto got = take_some({1, 30s, false});
        ASSERT_EQ(positions(got), "1 ") << i;
        ASSERT_EQ(*failed(got[0], now(), "415 no"), i < 2 ? Failed::again : Failed::dead);
    }
    ASSERT_EQ(positions(take_some({1, 30s, false})), "2 ");
    ASSERT_EQ(dead().size(), 1u);
    EXPECT_EQ(dead()[0].reason, "415 no");
    EXPECT_EQ(dead()[0].attempts, 3);
    EXPECT_EQ(behind().dead, 1);
    ASSERT_TRUE(
        test::ok(write([&](store::Transaction& tx) { return redrive(tx, subscription_, 1, "officer:x", now()); })));
    EXPECT_TRUE(dead().empty());
    EXPECT_EQ(positions(take_some({5, 30s, true})), "1 ");
}
TEST_P(TopicStore, AConsumerThatDiesOnAMessageMakesItADeadLetterToo) {
    (void)publish_one("a");
    (void)publish_one("b");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(positions(take_some({1, 30s})), "1 ");
        clock().advance(30s);
    }
    EXPECT_EQ(positions(take_some()), "2 ");
    ASSERT_EQ(dead().size(), 1u);
    EXPECT_EQ(dead()[0].first, 1);
}
TEST_P(TopicStore, PublishedAgainAMessageIsKeptOnce) {
    EXPECT_EQ(*publish_one("a", "body", "m"), 1);
    EXPECT_EQ(*publish_one("a", "body", "m"), 1);
    EXPECT_EQ(test::code_of(publish_one("a", "other", "m")), "topic.message_id");
    EXPECT_EQ(*publish_one("a", "body", "n"), 2);
}
TEST_P(TopicStore, OnlyTheOwnerPublishesAndOnlyTheSubscriberTakes) {
    EXPECT_EQ(test::code_of(publish_one("a", "x", "", stranger)), "topic.not_owner");
    const auto taken = write([&](store::Transaction& tx) { return take(tx, subscription_, stranger, {}, now()); });
    EXPECT_EQ(test::code_of(taken), "subscription.not_yours");
    EXPECT_EQ(test::code_of(write([&](store::Transaction& tx) { return take(tx, "nobody", reader, {}, now()); })),
              "subscription.unknown");
    EXPECT_EQ(test::code_of(publish_one("a", std::string((1 << 20) + 1, 'x'))), "topic.message_size");
}
TEST_P(TopicStore, ReplaysFromAPosition) {
    for (int i = 0; i < 3; ++i) (void)publish_one("a");
    for (const auto& d : take_some()) ASSERT_TRUE(test::ok(ack(d)));
    ASSERT_TRUE(
        test::ok(write([&](store::Transaction& tx) { return move_to(tx, subscription_, 2, "officer:x", now()); })));
    EXPECT_EQ(positions(take_some()), "2 3 ");
    EXPECT_EQ(
        test::code_of(write([&](store::Transaction& tx) { return move_to(tx, subscription_, 9, "officer:x", now()); })),
        "topic.position");
    const auto late = *new_subscription({});
    EXPECT_EQ(positions(take_some({}, late)), "");  // from now on
    EXPECT_EQ(positions(take_some({}, *new_subscription(1))), "1 2 3 ");
    const auto read = *store().read(
        [](store::Reader& r) -> Result<std::vector<Message>> { return read_messages(r, "dn.thay-doi", 1, 10); });
    EXPECT_EQ(read.size(), 2u);
}
TEST_P(TopicStore, PausedGivesNothingAndEndedIsGone) {
    (void)publish_one("a");
    ASSERT_TRUE(
        test::ok(write([&](store::Transaction& tx) { return set_paused(tx, subscription_, true, "x", now()); })));
    EXPECT_EQ(positions(take_some()), "");
    ASSERT_TRUE(
        test::ok(write([&](store::Transaction& tx) { return set_paused(tx, subscription_, false, "x", now()); })));
    EXPECT_EQ(positions(take_some()), "1 ");
    ASSERT_TRUE(test::ok(write([&](store::Transaction& tx) { return unsubscribe(tx, subscription_, "x", now()); })));
    EXPECT_EQ(test::code_of(write([&](store::Transaction& tx) { return take(tx, subscription_, reader, {}, now()); })),
              "subscription.unknown");
}
TEST_P(TopicStore, AClosedTopicIsReadToItsEnd) {
    (void)publish_one("a");
    ASSERT_TRUE(test::ok(write([&](store::Transaction& tx) { return close_topic(tx, "dn.thay-doi", "x", now()); })));
    EXPECT_EQ(test::code_of(publish_one("a")), "topic.closed");
    EXPECT_EQ(positions(take_some()), "1 ");
    EXPECT_EQ(test::code_of(new_subscription({})), "topic.closed");
}
TEST_P(TopicStore, WhatExpiresUnsettledIsSaidAndDeadLettersKeepTheirMessage) {
    for (int i = 0; i < 5; ++i) (void)publish_one("k" + std::to_string(i));
    for (int i = 0; i < 3; ++i) (void)*failed(take_some({1, 30s, true, 2})[0], now());  // 1 is a dead letter
    ASSERT_EQ(positions(take_some({1, 30s, true, 2})), "2 ");  // 2 and 3 under way, 4 and 5 not taken
    clock().advance(241h);
    (void)publish_one("z");
    const auto sweep = [&](int64_t limit) {
        return *write([&](store::Transaction& tx) { return remove_expired(tx, "dn.thay-doi", limit, now()); });
    };
    EXPECT_EQ(sweep(100), 4);
    std::string said;
    for (const auto& d : dead()) said += fmt::format("{}-{}{} ", d.first, d.last, d.expired ? "!" : "");
    EXPECT_EQ(said, "1-1 2-2! 3-3! 4-5! ");
    EXPECT_EQ(positions(take_some()), "6 ");
    EXPECT_EQ(test::code_of(write([&](store::Transaction& tx) { return redrive(tx, subscription_, 4, "x", now()); })),
              "dead_letter.expired");
    EXPECT_TRUE(test::ok(write([&](store::Transaction& tx) { return redrive(tx, subscription_, 1, "x", now()); })));
    EXPECT_EQ(positions(take_some()), "1 ");
    clock().advance(481h);
    EXPECT_EQ(sweep(1), 1);
    EXPECT_EQ(sweep(1), 1);
    EXPECT_EQ(sweep(1), 0);
    said.clear();
    for (const auto& d : dead()) said += fmt::format("{}-{}{} ", d.first, d.last, d.expired ? "!" : "");
    EXPECT_EQ(said, "1-1! 6-6! ");
}
TEST_P(TopicStore, AnAnswerThatWasLostIsNotAcknowledgedByALaterPosition) {
    for (int i = 0; i < 4; ++i) (void)publish_one("k" + std::to_string(i));
    TakeSettings strict{2, 30s};
    strict.strict = true;
    EXPECT_EQ(positions(take_some(strict)), "1 2 ");  // lost on its way
    EXPECT_EQ(positions(take_some(strict)), "");      // so 3 and 4 wait
    clock().advance(31s);
    EXPECT_EQ(positions(take_some(strict)), "1 2 ");
    ASSERT_TRUE(test::ok(write([&](store::Transaction& tx) { return acknowledge_to(tx, subscription_, reader, 2); })));
    EXPECT_EQ(positions(take_some(strict)), "3 4 ");
}
TEST_P(TopicStore, WhatFailedIsNotAcknowledgedByALaterPosition) {
    for (int i = 0; i < 2; ++i) (void)publish_one("k" + std::to_string(i));
    TakeSettings strict{2, 30s};
    strict.strict = true;
    const auto got = take_some(strict);
    ASSERT_EQ(positions(got), "1 2 ");
    ASSERT_TRUE(test::ok(write([&](store::Transaction& tx) {
        return fail(tx, subscription_, reader, 1, got[0].lease, "not now", now() + 10s, now());
    })));
    ASSERT_TRUE(test::ok(write([&](store::Transaction& tx) { return acknowledge_to(tx, subscription_, reader, 2); })));
    clock().advance(11s);
    EXPECT_EQ(positions(take_some(strict)), "1 ");
}
TEST_P(TopicStore, ARolledBackPublishLeavesNoGap) {
    const auto undone = write([&](store::Transaction& tx) -> Result<int64_t> {
        Message m{"dn.thay-doi", 0, "a", "gone", {}, "", "x", "", ""};
        TRY_VOID(publish(tx, owner, m, now()));
        return Error{ErrorKind::conflict, "test", "", ""};
    });
    EXPECT_FALSE(undone.ok());
    EXPECT_EQ(*publish_one("a"), 1);
}
TEST_P(TopicStore, ChangesAreInTheLedgerAndMessagesAreNot) {
    (void)publish_one("a", "personal");
    (void)take_some();
    settle();
    const auto events = *store().read(
        [](store::Reader& r) -> Result<std::vector<store::StoredEvent>> { return store::read_events(r, 0, 100); });
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].type, "exchange.topic_created");
    EXPECT_EQ(events[1].type, "exchange.topic_subscribed");
    EXPECT_EQ(events[1].data.at("subscriber").as_string(), to_text(reader));
}
TEST_P(TopicStore, SettingsAreChecked) {
    auto s = settings();
    const auto code = [&] {
        return test::code_of(write([&](store::Transaction& tx) { return create_topic(tx, s, "x", now()); }));
    };
    EXPECT_EQ(code(), "topic.exists");
    s.id = "a b";
    EXPECT_EQ(code(), "topic.id");
    s.id = "b";
    s.attempts = 0;
    EXPECT_EQ(code(), "topic.settings");
}
TEST_P(TopicStore, ASignalComesAfterTheCommitAndNotWithoutOne) {
    Signals signals;
    int woken = 0;
    const auto handle = signals.once("dn.thay-doi", [&] { ++woken; });
    (void)write([&](store::Transaction& tx) -> Result<void> {
        signals.tell_after(tx, "dn.thay-doi");
        return Error{ErrorKind::conflict, "test", "", ""};
    });
    EXPECT_EQ(woken, 0);
    for (int i = 0; i < 2; ++i)
        ASSERT_TRUE(test::ok(write([&](store::Transaction& tx) -> Result<void> {
            EXPECT_EQ(woken, i);
            signals.tell_after(tx, "dn.thay-doi");
            return Nothing{};
        })));
    EXPECT_EQ(woken, 1);                                  // once
    (void)signals.once("dn.thay-doi", [&] { ++woken; });  // dropped at once
    signals.tell("dn.thay-doi");
    EXPECT_EQ(woken, 1);
}

}  // namespace
}  // namespace hl::exchange::topics
