// The issued configuration: numbers only rise, what lives is never expired, days begin and end on their own.
#include "exchange/registry/events.h"
#include "exchange/registry/registry_fixture.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using test::code_of;

class Issuing : public fixture::RegistryTest {
  protected:
    void turn() {
        Refresher refresher(store(), *registry, clock());
        ASSERT_TRUE(test::ok(refresher.turn()));
    }
};
HL_FOR_EVERY_ENGINE(Issuing);

TEST_P(Issuing, NothingIsThereBeforeTheFirstTurn) {
    EXPECT_EQ(code_of(store().read([](store::Reader& r) { return current_issue(r); })),
              "exchange.configuration_missing");
    turn();
    EXPECT_EQ(configuration().instance, "QUANGTRI");
}

TEST_P(Issuing, RefreshedBeforeItExpiresUnderAHigherNumber) {
    turn();
    const auto first = current();
    clock().advance(59s);
    turn();
    EXPECT_EQ(current().number, first.number);
    clock().advance(1s);
    turn();
    const auto second = current();
    EXPECT_GT(second.number, first.number);
    EXPECT_EQ(second.expires, now() + 600s);
    EXPECT_EQ(events(events::configuration_issued), 1) << "the content is the same: no new event";
}

TEST_P(Issuing, NumbersRiseThroughRestartsAndABackwardClock) {
    populate();
    auto last = current().number;
    test_store().reopen();
    open();
    clock().advance(-5h);
    ASSERT_TRUE(test::ok(write([&](auto& tx) { return make_group(tx, *registry, admin, "g", "G", now()); })));
    EXPECT_GT(current().number, last);
}

TEST_P(Issuing, NumbersRiseAfterAnOlderDatabaseWasRestored) {
    turn();
    const auto last = current().number;
    ASSERT_TRUE(test::ok(write([&](auto& tx) -> Result<void> {
        tx.execute("UPDATE exchange_state SET number = 0, content = '' WHERE id = 1");
        tx.execute("DELETE FROM exchange_issue");
        return Nothing{};
    })));
    clock().advance(1min);
    turn();
    EXPECT_GT(current().number, last);
}

TEST_P(Issuing, KeyStaysTheSameThroughARestartAndIsSealed) {
    const auto before = registry->keys().main()->public_key;
    open();
    EXPECT_EQ(registry->keys().main()->public_key, before);
    auto stranger = Registry::open({}, folder.path(), std::string(32, 'x'), nullptr, random);
    EXPECT_EQ(code_of(stranger), "exchange.registry_key");
}

TEST_P(Issuing, ARightBeginsAndEndsOnItsDays) {
    populate();
    auto body = right_body();
    body["from"] = to_iso(add_days(today(), 1));
    body["to"] = to_iso(add_days(today(), 1));
    granted(caller, RequestKind::right, body);
    EXPECT_FALSE(allowed());
    clock().advance(24h);
    turn();
    EXPECT_TRUE(allowed());
    clock().advance(24h);
    turn();
    EXPECT_FALSE(allowed());
    EXPECT_TRUE(configuration().rights.empty()) << "what has ended is not carried along";
}

TEST_P(Issuing, AnUnchangedCommandIssuesNothingNew) {
    populate();
    const auto before = current().number;
    ASSERT_TRUE(test::ok(write([&](auto& tx) { return issue(tx, *registry, now()); })));
    EXPECT_EQ(current().number, before);
}

TEST_P(Issuing, GatewaysTakeEveryIssueInTurn) {
    KeptConfiguration kept(folder / "kept.jws", registry->keys().main()->public_key);
    turn();
    ASSERT_TRUE(test::ok(kept.take(current().document, now())));
    add_member("H50");
    add_member("H50.12");
    ASSERT_TRUE(test::ok(kept.take(current().document, now())));
    EXPECT_EQ(kept.current()->configuration().members.size(), 2u);
}

}  // namespace
}  // namespace hl::exchange
