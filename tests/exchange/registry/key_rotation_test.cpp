// The registry changes the key that signs its configuration: announced first, signed by the old one until the day, by
// the new one from then on, the old one destroyed; gateways follow all the while, and an older database learns it
// again.
#include <fstream>

#include "base/files.h"
#include "exchange/registry/configuration_keys.h"
#include "exchange/registry/events.h"
#include "exchange/registry/registry_fixture.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using test::code_of;

class Rotation : public fixture::RegistryTest {
  protected:
    void turn() {
        Refresher refresher(store(), *registry, clock());
        ASSERT_TRUE(test::ok(refresher.turn()));
    }
    Result<KeyRecord> announce(int days, KeyReason reason = KeyReason::planned) {
        return announce_key(store(), *registry, admin, {reason, std::chrono::days{days}}, random, now());
    }
    std::string signer() { return signer_of_configuration(current().document).value_or(""); }
    std::vector<KeyRecord> records() {
        return *store().read([](store::Reader& r) -> Result<std::vector<KeyRecord>> { return key_records(r); });
    }
    std::string chain() {
        return *store().read(
            [](store::Reader& r) -> Result<std::string> { return key_chain_json("QUANGTRI", key_statement_texts(r)); });
    }
    std::vector<std::string> key_files() {
        std::vector<std::string> out;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
            if (entry.path().extension() == ".key") out.push_back(entry.path().filename());
        std::sort(out.begin(), out.end());
        return out;
    }
    std::string main_key() { return key_fingerprint(registry->keys().main()->public_key); }
};
HL_FOR_EVERY_ENGINE(Rotation);

TEST_P(Rotation, TheOldKeySignsUntilTheDayAndIsDestroyedAfterIt) {
    turn();
    const auto first = signer();
    const auto made = announce(7);
    ASSERT_TRUE(test::ok(made));
    EXPECT_EQ(made->previous, first);
    EXPECT_EQ(made->announced_by, admin.label());
    clock().advance(7 * 24h - 1min);
    turn();
    EXPECT_EQ(signer(), first);
    EXPECT_EQ(key_files().size(), 2u);
    clock().advance(1min);
    turn();
    EXPECT_EQ(signer(), made->fingerprint);
    EXPECT_EQ(main_key(), made->fingerprint);
    EXPECT_EQ(key_files(), std::vector<std::string>{"exchange-configuration.key"});
    EXPECT_EQ(code_of(registry->keys().find(first)), "exchange.registry_key") << "nowhere any more";
    EXPECT_EQ(events(events::configuration_key_announced), 1);
    EXPECT_EQ(events(events::configuration_key_in_force), 1);
    EXPECT_EQ(events(events::configuration_key_destroyed), 1);
    ASSERT_EQ(records().size(), 1u);
    EXPECT_TRUE(records()[0].in_force && records()[0].destroyed);
    open();
    clock().advance(1min);
    turn();
    EXPECT_EQ(signer(), made->fingerprint) << "after a restart, too";
}

TEST_P(Rotation, WithoutAnOverlapTheNewKeySignsAtOnce) {
    populate();
    const auto before = current().number;
    const auto made = announce(0);
    ASSERT_TRUE(test::ok(made));
    EXPECT_TRUE(made->in_force);
    EXPECT_EQ(signer(), made->fingerprint);
    EXPECT_GT(current().number, before);
}

TEST_P(Rotation, AGatewayFollowsEveryChangeAndOneThatWasAwayAllOfThem) {
    turn();
    const auto root = registry->keys().main()->public_key;
    KeptConfiguration near(folder / "near" / "c.jws", root), away(folder / "away" / "c.jws", root);
    std::filesystem::create_directories(folder / "near");
    std::filesystem::create_directories(folder / "away");
    ASSERT_TRUE(test::ok(near.take(current().document, now())));
    ASSERT_TRUE(test::ok(away.take(current().document, now())));
    for (int n = 1; n <= 3; ++n) {
        ASSERT_TRUE(test::ok(announce(1)));
        clock().advance(24h);
        turn();
        ASSERT_TRUE(test::ok(near.follow(chain(), current().document, now()))) << n;
    }
    const auto followed = away.follow(chain(), current().document, now());
    ASSERT_TRUE(test::ok(followed));
    EXPECT_EQ(followed->number, 3);
    EXPECT_EQ(key_fingerprint(followed->public_key), signer());
}

TEST_P(Rotation, NoSecondChangeWhileOneIsAnnounced) {
    turn();
    ASSERT_TRUE(test::ok(announce(7)));
    const auto files = key_files();
    EXPECT_EQ(code_of(announce(7)), "exchange.key_pending");
    EXPECT_EQ(key_files(), files) << "nothing is left of what was refused";
    EXPECT_EQ(code_of(announce(91)), "exchange.key_overlap");
    EXPECT_EQ(records().size(), 1u);
}

TEST_P(Rotation, ASuspectedTheftDoesNotWaitForAnAnnouncedKey) {
    turn();
    const auto first = signer();
    const auto planned = announce(7);
    ASSERT_TRUE(test::ok(planned));
    const auto made = announce(0, KeyReason::compromise);
    ASSERT_TRUE(test::ok(made));
    EXPECT_EQ(made->previous, planned->fingerprint);
    EXPECT_EQ(signer(), made->fingerprint);
    turn();
    EXPECT_EQ(key_files(), std::vector<std::string>{"exchange-configuration.key"});
    EXPECT_EQ(code_of(registry->keys().find(first)), "exchange.registry_key");
    EXPECT_EQ(code_of(registry->keys().find(planned->fingerprint)), "exchange.registry_key");
    const auto whole = read_key_chain(chain());
    ASSERT_TRUE(test::ok(whole));
    EXPECT_EQ(code_of(follow_keys(*whole, {first, {}}, made->fingerprint, now())), "exchange.key_compromised");
    ASSERT_TRUE(test::ok(announce(0)));
    EXPECT_TRUE(test::ok(read_key_chain(chain()))) << "and it goes on";
    clock().advance(8 * 24h);
    turn();
    EXPECT_EQ(records().size(), 3u);
    EXPECT_EQ(signer(), records()[2].fingerprint) << "the announced key never signs";
}

TEST_P(Rotation, OnlyTheInstallationsRegistrarsChangeTheKey) {
    const auto refused = announce_key(store(), *registry, provider, {}, random, now());
    EXPECT_EQ(code_of(refused), "access.denied");
    EXPECT_TRUE(records().empty());
    EXPECT_EQ(key_files().size(), 1u);
}

TEST_P(Rotation, AClockSetBackLeadsToNoOlderKeyAndToNoOlderDates) {
    turn();
    const auto made = announce(0);
    ASSERT_TRUE(test::ok(made));
    ASSERT_TRUE(test::ok(settle_keys(store(), *registry, now())));
    clock().advance(-5h);
    ASSERT_TRUE(test::ok(write([&](auto& tx) { return make_group(tx, *registry, admin, "g", "G", now()); })));
    EXPECT_EQ(signer(), made->fingerprint);
    ASSERT_TRUE(test::ok(announce(0)));
    EXPECT_TRUE(test::ok(read_key_chain(chain())));
}

TEST_P(Rotation, AnOlderDatabaseLearnsTheChainFromTheCopyBesideTheKeys) {
    turn();
    const auto made = announce(0);
    ASSERT_TRUE(test::ok(made));
    turn();
    const auto whole = chain();
    // As a backup from before the change leaves it.
    ASSERT_TRUE(test::ok(write([&](auto& tx) -> Result<void> {
        for (const auto* table : {"exchange_key_statement", "exchange_key_step", "exchange_issue"})
            tx.execute(fmt::format("DELETE FROM {}", table));
        tx.execute("UPDATE exchange_state SET number = 0, content = '' WHERE id = 1");
        return Nothing{};
    })));
    open();
    clock().advance(1min);
    turn();
    EXPECT_EQ(chain(), whole);
    EXPECT_EQ(signer(), made->fingerprint);
}

TEST_P(Rotation, ADatabaseThatContradictsTheCopyIsNotSignedFor) {
    turn();
    ASSERT_TRUE(test::ok(announce(0)));
    turn();
    auto copy = *registry->keys().chain();
    copy[copy.size() / 2] ^= 1;
    ASSERT_TRUE(test::ok(registry->keys().keep_chain(copy)));
    Refresher refresher(store(), *registry, clock());
    EXPECT_EQ(code_of(refresher.turn()), "exchange.key_copy");
}

TEST_P(Rotation, WithoutTheNewKeysFileNothingIsSignedWithTheOldOne) {
    turn();
    const auto made = announce(7);
    ASSERT_TRUE(test::ok(made));
    const auto before = current().number;
    const auto here = [&] {
        return code_of(store().read([&](store::Reader& r) { return require_keys_here(r, *registry); }));
    };
    EXPECT_EQ(here(), "");
    ASSERT_TRUE(std::filesystem::remove(folder / ("exchange-configuration-" + made->fingerprint + ".key")));
    open();
    EXPECT_EQ(here(), "exchange.registry_key") << "health says so before the day";
    clock().advance(7 * 24h);
    Refresher refresher(store(), *registry, clock());
    EXPECT_EQ(code_of(refresher.turn()), "exchange.registry_key");
    EXPECT_EQ(current().number, before);
    EXPECT_EQ(key_files(), std::vector<std::string>{"exchange-configuration.key"}) << "and nothing is destroyed";
}

TEST_P(Rotation, TwoNodesThatShareTheFolderGoOnTogether) {
    turn();
    RegistrySettings settings;
    auto second = Registry::open(settings, folder.path(), std::string(32, 'k'), nullptr, random);
    ASSERT_TRUE(test::ok(second));
    const auto made = announce(0);
    ASSERT_TRUE(test::ok(made));
    turn();  // the first one gives the new key the first place
    clock().advance(1min);
    Refresher other(store(), **second, clock());
    ASSERT_TRUE(test::ok(other.turn()));
    EXPECT_EQ(signer(), made->fingerprint);
    EXPECT_EQ(events(events::configuration_key_destroyed), 1);
}

TEST_P(Rotation, AJoinCodeNamesTheKeyThatWillSign) {
    populate();
    const auto made = announce(0);
    ASSERT_TRUE(test::ok(made));
    NewJoinCode wanted;
    wanted.owner = one_stop.member();
    wanted.server_code = "cong-1";
    wanted.clients = {one_stop};
    const auto code = write([&](auto& tx) { return make_join_code(tx, *registry, admin, wanted, random, now()); });
    ASSERT_TRUE(test::ok(code));
    EXPECT_EQ(code->fingerprint, made->fingerprint);
}

TEST_P(Rotation, StatementsCannotFork) {
    turn();
    ASSERT_TRUE(test::ok(announce(0)));
    const auto first = records()[0];
    const auto forked = write([&](auto& tx) -> Result<void> {
        tx.execute(
            "INSERT INTO exchange_key_statement (number, fingerprint, previous, valid_from, reason, statement, "
            "announced_at, announced_by) VALUES (2, 'x', ?, 0, 'planned', 'x', 0, 'x')",
            {first.previous});
        return Nothing{};
    });
    EXPECT_FALSE(forked.ok());
    EXPECT_EQ(records().size(), 1u);
}

}  // namespace
}  // namespace hl::exchange
