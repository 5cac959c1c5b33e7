// How a gateway follows the key that signs configurations: from the key it believes to the one that signs, by
// statements that each bear the signature of the key before and of the new one; whatever else is offered is refused by
// name, and what the gateway works by stays as it is.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/files.h"
#include "base/json.h"
#include "exchange/registry/samples.h"
#include "support/temp_dir.h"
#include "support/test_store.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using test::code_of;

class Keys : public testing::Test {
  protected:
    Keys() {
        crypto::init();
        for (int i = 0; i < 5; ++i) keys.push_back(crypto::make_signing_key(random));
        for (int64_t n = 1; n <= 3; ++n) statements.push_back(statement(n));
    }
    /// The n-th: from key n-1 to key n, a day apart.
    KeyStatement statement(int64_t n) {
        const auto i = static_cast<size_t>(n);
        return {n,
                "QUANGTRI",
                keys[i].public_key,
                keys[i - 1].public_key,
                begin + n * 24h,
                begin + n * 24h + 12h,
                KeyReason::planned};
    }
    std::string sign(const KeyStatement& s) {
        const auto key_of = [&](const std::string& public_key) {
            return *std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.public_key == public_key; });
        };
        return sign_key_statement(s, key_of(s.previous), key_of(s.key));
    }
    std::string chain_text() {
        std::vector<std::string> texts;
        for (const auto& s : statements) texts.push_back(sign(s));
        return key_chain_json("QUANGTRI", texts);
    }
    std::string fingerprint(size_t n) { return key_fingerprint(keys[n].public_key); }
    Result<FollowedKey> follow(size_t from, size_t to, std::optional<int64_t> number = std::nullopt) {
        auto chain = read_key_chain(chain_text());
        if (!chain.ok()) return chain.error();
        return follow_keys(*chain, {fingerprint(from), number}, fingerprint(to), now);
    }

    SeededRandom random{3};
    std::vector<crypto::SigningKey> keys;
    std::vector<KeyStatement> statements;
    Instant begin = sample::issued - 30 * 24h;
    Instant now = sample::issued + 1min;
};

TEST_F(Keys, WhatIsReadIsWhatWasSigned) {
    const auto read = read_key_statement(sign(statements[1]));
    ASSERT_TRUE(test::ok(read));
    EXPECT_EQ(*read, statements[1]);
}

TEST_F(Keys, AreFollowedAcrossEveryChangeSinceTheBelievedOne) {
    for (size_t from = 0; from < 3; ++from) {
        const auto followed = follow(from, 3);
        ASSERT_TRUE(test::ok(followed));
        EXPECT_EQ(followed->public_key, keys[3].public_key);
        EXPECT_EQ(followed->number, 3);
    }
    EXPECT_TRUE(test::ok(follow(1, 2, 1)));
}

RC_GTEST_FIXTURE_PROP(Keys, OneChangedByteOfAStatementIsRefused, ()) {
    auto text = sign(statements[0]);
    const auto at = *rc::gen::inRange<size_t>(0, text.size());
    const auto with = *rc::gen::arbitrary<char>();
    RC_PRE(text[at] != with);
    text[at] = with;
    RC_ASSERT(!read_key_statement(text).ok());
}

TEST_F(Keys, AStrangersSignatureInPlaceOfTheKeyBeforeIsRefused) {
    EXPECT_EQ(code_of(read_key_statement(sign_key_statement(statements[0], keys[4], keys[1]))),
              "exchange.key_statement_signature");
}

TEST_F(Keys, WithoutTheNewKeysOwnSignatureTheyAreRefused) {
    EXPECT_EQ(code_of(read_key_statement(sign_key_statement(statements[0], keys[0], keys[4]))),
              "exchange.key_statement_countersignature");
    // The bare statement, signed by the old key alone.
    const auto inner = *unverified_payload(sign(statements[0]));
    const auto bare = sign_compact("hl-configuration-key", *unverified_payload(inner), keys[0]);
    EXPECT_EQ(code_of(read_key_statement(bare)), "exchange.key_statement_countersignature");
}

TEST_F(Keys, ASignedConfigurationIsNoStatementAndTheOtherWayRound) {
    const auto document = sign_configuration(sample::configuration(), keys[0]);
    EXPECT_FALSE(read_key_statement(document).ok());
    EXPECT_EQ(code_of(read_configuration(sign(statements[0]), keys[0].public_key)), "exchange.configuration");
    // Nor does the new key's half pass for a whole statement.
    EXPECT_FALSE(read_key_statement(*unverified_payload(sign(statements[0]))).ok());
}

TEST_F(Keys, AMemberThatIsNotKnownMakesAnotherStatement) {
    auto content = *parse_json(*unverified_payload(*unverified_payload(sign(statements[0]))));
    content.as_object()["unless"] = "x";
    const auto inner = sign_compact("hl-configuration-key-possession", canonical_json(content), keys[1]);
    EXPECT_EQ(code_of(read_key_statement(sign_compact("hl-configuration-key", inner, keys[0]))),
              "exchange.key_statement");
}

TEST_F(Keys, AGapIsRefused) {
    statements.erase(statements.begin() + 1);
    EXPECT_EQ(code_of(follow(0, 3)), "exchange.key_chain_gap");
    statements = {statement(2), statement(3)};
    EXPECT_EQ(code_of(follow(1, 3)), "exchange.key_chain_gap") << "the beginning is missing";
    auto renumbered = statement(3);
    renumbered.number = 2;
    statements = {statement(1), renumbered};
    EXPECT_EQ(code_of(follow(0, 3)), "exchange.key_chain_gap") << "the numbers are right, the keys are not";
}

TEST_F(Keys, AForkInsideTheChainIsRefused) {
    auto other = statement(2);
    other.key = keys[4].public_key;
    other.number = 3;
    statements = {statement(1), statement(2), other};
    EXPECT_EQ(code_of(follow(0, 2)), "exchange.key_chain_fork");
}

TEST_F(Keys, AForkAgainstWhatWasFollowedBeforeIsRefused) {
    // We were led to key 2 by statement 2; now another key stands there.
    auto other = statement(2);
    other.key = keys[4].public_key;
    statements = {statement(1), other};
    EXPECT_EQ(code_of(follow(2, 4, 2)), "exchange.key_chain_fork");
    EXPECT_EQ(code_of(follow(2, 4)), "exchange.key_chain_unknown") << "a person pinned key 2: it is not in this chain";
}

TEST_F(Keys, GoingBackIsRefused) {
    EXPECT_EQ(code_of(follow(3, 1)), "exchange.key_chain_rolled_back") << "signed with a key that was given up";
    statements.pop_back();
    EXPECT_EQ(code_of(follow(3, 2, 3)), "exchange.key_chain_rolled_back") << "the chain is shorter than it was";
    auto back = statement(3);
    back.key = keys[0].public_key;
    statements.push_back(back);
    EXPECT_EQ(code_of(follow(0, 2)), "exchange.key_chain_rolled_back") << "a former key comes again";
    statements.back() = statement(3);
    statements.back().issued = begin;
    EXPECT_EQ(code_of(follow(0, 3)), "exchange.key_chain_rolled_back") << "dates go back";
}

TEST_F(Keys, OnesOfTheFutureAreNotFollowedYet) {
    statements[2].valid_from = now + 1h;
    EXPECT_EQ(code_of(follow(0, 3)), "exchange.key_chain_future");
    EXPECT_TRUE(test::ok(follow(0, 2))) << "an announced change does not stop those before it";
    statements[2].valid_from = now + 4min;
    EXPECT_TRUE(test::ok(follow(0, 3))) << "clocks differ a little";
}

TEST_F(Keys, AChainOfAThousandIsFollowedFromItsBeginning) {
    std::vector<std::string> texts;
    auto last = keys[0];
    for (int64_t n = 1; n <= 1000; ++n) {
        const auto next = crypto::make_signing_key(random);
        const auto at = begin + n * 1min;
        texts.push_back(sign_key_statement(
            {n, "QUANGTRI", next.public_key, last.public_key, at, at, KeyReason::planned}, last, next));
        last = next;
    }
    const auto chain = read_key_chain(key_chain_json("QUANGTRI", texts));
    ASSERT_TRUE(test::ok(chain));
    const auto followed = follow_keys(*chain, {fingerprint(0), std::nullopt}, key_fingerprint(last.public_key), now);
    ASSERT_TRUE(test::ok(followed));
    EXPECT_EQ(followed->number, 1000);
}

TEST_F(Keys, AfterASuspectedTheftNothingIsFollowed) {
    statements[1].reason = KeyReason::compromise;
    const auto refused = follow(0, 3);
    EXPECT_EQ(code_of(refused), "exchange.key_compromised");
    EXPECT_NE(refused.error().en.find("repin"), std::string::npos);
    EXPECT_TRUE(test::ok(follow(2, 3))) << "who pinned the key after it goes on";
}

TEST_F(Keys, AChainThatDoesNotReachTheSignerOrTheBelievedKeyIsRefused) {
    EXPECT_EQ(code_of(follow(0, 4)), "exchange.key_chain_short");
    EXPECT_EQ(code_of(follow(4, 3)), "exchange.key_chain_unknown");
    statements.clear();
    EXPECT_EQ(code_of(follow(0, 1)), "exchange.key_chain_unknown");
    statements = {statement(1)};
    auto elsewhere = statement(2);
    elsewhere.instance = "HUE";
    statements.push_back(elsewhere);
    EXPECT_EQ(code_of(follow(0, 2)), "exchange.key_chain_instance");
    for (const auto* text : {"", "[]", "{}", R"({"statements":[1]})", R"({"statements":{}})"})
        EXPECT_EQ(code_of(read_key_chain(text)), "exchange.key_chain") << text;
}

/// A gateway's copy, first under key 0.
class Pinned : public Keys {
  protected:
    std::string document(size_t key, int64_t number) {
        configuration.number = number;
        return sign_configuration(configuration, keys[key]);
    }
    KeptConfiguration opened() { return {folder / "configuration.jws", keys[0].public_key}; }

    test::TempDir folder;
    Configuration configuration = sample::configuration();
};

TEST_F(Pinned, IsTheKeyOfTheSettingsUntilAnotherIsFollowed) {
    auto kept = opened();
    ASSERT_TRUE(test::ok(kept.take(document(0, 1), now)));
    EXPECT_FALSE(std::filesystem::exists(pinned_key_file(folder.path())));
    EXPECT_EQ(code_of(kept.take(document(1, 2), now)), "exchange.configuration_key");
    EXPECT_EQ(kept.current()->configuration().number, 1);
}

TEST_F(Pinned, FollowsAcrossTwoChangesAndStaysThereOverARestart) {
    {
        auto kept = opened();
        ASSERT_TRUE(test::ok(kept.take(document(0, 1), now)));
        const auto followed = kept.follow(chain_text(), document(2, 2), now);
        ASSERT_TRUE(test::ok(followed));
        EXPECT_EQ(followed->number, 2);
        EXPECT_EQ(kept.current()->configuration().number, 2);
        ASSERT_TRUE(test::ok(kept.take(document(2, 3), now))) << "from now on without a chain";
    }
    auto again = opened();
    ASSERT_TRUE(test::ok(again.load()));
    EXPECT_EQ(again.current()->configuration().number, 3);
    EXPECT_EQ(again.pinned().key, keys[2].public_key);
    EXPECT_EQ(code_of(again.take(document(0, 9), now)), "exchange.configuration_key");
    EXPECT_EQ(code_of(again.follow(chain_text(), document(0, 9), now)), "exchange.key_chain_rolled_back");
    ASSERT_TRUE(test::ok(again.follow(chain_text(), document(3, 4), now)));
}

TEST_F(Pinned, KilledBetweenThePinAndTheConfigurationItUsesTheOldOneAndTakesTheNew) {
    ASSERT_TRUE(test::ok(opened().take(document(0, 1), now)));
    // What `follow` has written by then.
    ASSERT_TRUE(test::ok(
        store_pinned_key(folder.path(), {fingerprint(0), keys[1].public_key, keys[0].public_key, {}, 1, false, now})));
    auto again = opened();
    ASSERT_TRUE(test::ok(again.load()));
    EXPECT_EQ(again.current()->configuration().number, 1) << "still in use until it expires";
    EXPECT_EQ(code_of(again.take(document(0, 2), now)), "exchange.configuration_key")
        << "nothing new under the old key";
    ASSERT_TRUE(test::ok(again.take(document(1, 2), now)));
    EXPECT_EQ(again.current()->configuration().number, 2);
}

TEST_F(Pinned, WhatIsRefusedChangesNothing) {
    auto kept = opened();
    ASSERT_TRUE(test::ok(kept.take(document(0, 5), now)));
    auto altered = chain_text();
    altered[altered.size() / 2] ^= 1;
    EXPECT_FALSE(kept.follow(altered, document(1, 6), now).ok());
    EXPECT_EQ(code_of(kept.follow(chain_text(), document(1, 4), now)), "exchange.configuration_older")
        << "a change of the key is no way to an older configuration";
    EXPECT_EQ(code_of(kept.follow(chain_text(), document(1, 6), configuration.expires)),
              "exchange.configuration_expired");
    auto forged = document(1, 6);
    forged[forged.size() - 5] ^= 1;
    EXPECT_FALSE(kept.follow(chain_text(), forged, now).ok());
    configuration.instance = "HUE";
    EXPECT_FALSE(kept.follow(chain_text(), document(1, 6), now).ok());
    EXPECT_EQ(kept.pinned().key, keys[0].public_key);
    EXPECT_FALSE(std::filesystem::exists(pinned_key_file(folder.path())));
    EXPECT_EQ(kept.current()->configuration().number, 5);
}

TEST_F(Pinned, APersonsPinIsTakenUpByAGatewayThatRuns) {
    auto running = opened();
    ASSERT_TRUE(test::ok(running.take(document(0, 900), now)));
    EXPECT_EQ(code_of(running.take(document(4, 2), now)), "exchange.configuration_key");
    ASSERT_TRUE(test::ok(opened().repin(keys[4].public_key, document(4, 2), now)));
    ASSERT_TRUE(test::ok(running.take(document(4, 3), now))) << "the stolen key's numbers are no measure";
    EXPECT_EQ(code_of(running.take(document(4, 2), now)), "exchange.configuration_older") << "those of the new one are";
    EXPECT_EQ(code_of(running.take(document(0, 901), now)), "exchange.configuration_key");
    auto again = opened();
    ASSERT_TRUE(test::ok(again.load()));
    EXPECT_EQ(again.current()->configuration().number, 3);
    EXPECT_EQ(code_of(again.take(document(4, 2), now)), "exchange.configuration_older");
}

TEST_F(Pinned, APersonsPinMayWaitForItsDay) {
    auto running = opened();
    ASSERT_TRUE(test::ok(running.take(document(0, 900), now)));
    ASSERT_TRUE(test::ok(opened().pin_next(keys[4].public_key, now)));
    ASSERT_TRUE(test::ok(running.take(document(0, 901), now))) << "the present key counts until then";
    ASSERT_TRUE(test::ok(running.take(document(4, 2), now)));
    EXPECT_EQ(running.pinned().key, keys[4].public_key);
    EXPECT_TRUE(running.pinned().next.empty());
    EXPECT_EQ(code_of(running.take(document(0, 902), now)), "exchange.configuration_key");
}

TEST_F(Pinned, AnotherKeyInTheSettingsCountsAgain) {
    ASSERT_TRUE(test::ok(opened().follow(chain_text(), document(2, 2), now)));
    KeptConfiguration edited(folder / "configuration.jws", keys[3].public_key);
    EXPECT_FALSE(edited.load().ok());
    ASSERT_TRUE(test::ok(edited.take(document(3, 3), now)));
}

TEST_F(Pinned, ADamagedFileIsSaidAndMendedByHand) {
    ASSERT_TRUE(test::ok(opened().follow(chain_text(), document(2, 2), now)));
    ASSERT_TRUE(test::ok(write_file_durably(pinned_key_file(folder.path()), "{\"root\":")));
    auto again = opened();
    EXPECT_EQ(code_of(again.load()), "exchange.pinned_key");
    EXPECT_EQ(code_of(again.take(document(2, 3), now)), "exchange.pinned_key");
    ASSERT_TRUE(test::ok(again.repin(keys[2].public_key, document(2, 3), now)));
    ASSERT_TRUE(test::ok(again.take(document(2, 4), now)));
    ASSERT_TRUE(test::ok(opened().load()));
}

}  // namespace
}  // namespace hl::exchange
