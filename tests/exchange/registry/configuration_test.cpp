// The signed configuration: what is read is what was signed; nothing tampered, older or expired is taken.
#include "exchange/registry/configuration.h"

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
using sample::day;
using test::code_of;

class ConfigurationTest : public testing::Test {
  protected:
    static void SetUpTestSuite() { crypto::init(); }
    SeededRandom random{1};
    crypto::SigningKey key = crypto::make_signing_key(random);
    crypto::SigningKey other = crypto::make_signing_key(random);
    Configuration configuration = sample::configuration();
};

TEST_F(ConfigurationTest, WhatIsReadIsWhatWasSigned) {
    const auto read = read_configuration(sign_configuration(configuration, key), key.public_key);
    ASSERT_TRUE(test::ok(read));
    EXPECT_EQ(*read, configuration);
}

TEST_F(ConfigurationTest, SameContentGivesTheSameBytes) {
    EXPECT_EQ(sign_configuration(configuration, key), sign_configuration(sample::configuration(), key));
}

TEST_F(ConfigurationTest, AnotherKeysSignatureIsRefused) {
    EXPECT_EQ(code_of(read_configuration(sign_configuration(configuration, other), key.public_key)),
              "exchange.configuration");
}

TEST_F(ConfigurationTest, UnsignedHeaderIsRefusedWhateverAlgorithmItNames) {
    const auto payload = crypto::to_base64url(configuration_json(configuration));
    for (const auto* header : {R"({"alg":"none"})", R"({"alg":"HS256","typ":"hl-configuration"})"}) {
        const auto document = crypto::to_base64url(header) + "." + payload + ".";
        EXPECT_EQ(code_of(read_configuration(document, key.public_key)), "exchange.configuration");
    }
}

RC_GTEST_FIXTURE_PROP(ConfigurationTest, OneChangedByteAnywhereIsRefused, ()) {
    auto document = sign_configuration(configuration, key);
    const auto at = *rc::gen::inRange<size_t>(0, document.size());
    const auto with = *rc::gen::arbitrary<char>();
    RC_PRE(document[at] != with);
    document[at] = with;
    RC_ASSERT(!read_configuration(document, key.public_key).ok());
}

TEST_F(ConfigurationTest, CutShortAnywhereIsRefused) {
    const auto document = sign_configuration(configuration, key);
    for (size_t size = 0; size < document.size(); size += 7)
        ASSERT_FALSE(read_configuration(std::string_view{document}.substr(0, size), key.public_key).ok());
}

/// The rules that a signed document must obey too.
TEST_F(ConfigurationTest, ContradictionsAreRefused) {
    const auto refused = [&](auto change) {
        auto c = sample::configuration();
        change(c);
        return code_of(configuration_from_json(configuration_json(c))) == "exchange.configuration";
    };
    EXPECT_FALSE(refused([](auto&) {}));
    EXPECT_TRUE(refused([](auto& c) { c.number = 0; }));
    EXPECT_TRUE(refused([](auto& c) { c.expires = c.issued; }));
    EXPECT_TRUE(refused([](auto& c) { c.members.push_back(c.members[0]); }));
    EXPECT_TRUE(refused([](auto& c) { c.servers[1].certificates = c.servers[0].certificates; }));
    EXPECT_TRUE(refused([](auto& c) { c.members[2].signing_certificates = c.members[0].signing_certificates; }));
    EXPECT_TRUE(refused([](auto& c) { c.members[1].signing_certificates = {std::string(64, 'd')}; }));
    EXPECT_TRUE(refused([](auto& c) { c.servers[0].certificates = {"AB"}; }));
    EXPECT_TRUE(refused([](auto& c) { c.rights[0].subject = {}; }));
    EXPECT_TRUE(refused([](auto& c) { c.rights[0].basis = ""; }));
    EXPECT_TRUE(refused([](auto& c) { c.rights[0].to = day(2026, 10, 1); }));
    EXPECT_TRUE(refused([](auto& c) { c.rights[0].endpoint.method = "get"; }));
    EXPECT_TRUE(refused([](auto& c) { c.rights[0].endpoint.path = "firms"; }));
    EXPECT_TRUE(refused([](auto& c) { c.rights[1].id = c.rights[0].id; }));
    EXPECT_TRUE(refused([](auto& c) { c.services[0].id.code = "listMethods"; }));
    EXPECT_TRUE(refused([](auto& c) { c.members[0].name = "a\nb"; }));
}

TEST_F(ConfigurationTest, ARightHasASubjectOrAGroupNotBoth) {
    auto both = parse_json(configuration_json(configuration));
    both->as_object()["rights"].as_array()[0].as_object()["group"] = "one-stops";
    EXPECT_EQ(code_of(configuration_from_json(canonical_json(*both))), "exchange.configuration");
}

TEST_F(ConfigurationTest, UnknownMembersAreRefusedAtEveryDepth) {
    const auto text = configuration_json(configuration);
    auto top = parse_json(text);
    top->as_object()["except"] = "x";
    EXPECT_FALSE(configuration_from_json(canonical_json(*top)).ok());
    auto deep = parse_json(text);
    deep->as_object()["rights"].as_array()[0].as_object()["unless"] = "x";
    const auto read = configuration_from_json(canonical_json(*deep));
    ASSERT_FALSE(read.ok());
    EXPECT_NE(read.error().en.find("/rights/0"), std::string::npos) << read.error().en;
}

class Kept : public ConfigurationTest {
  protected:
    std::string document(int64_t number) {
        configuration.number = number;
        return sign_configuration(configuration, key);
    }
    test::TempDir folder;
    std::filesystem::path file = folder / "configuration.jws";
    Instant now = sample::issued + 1min;
};

TEST_F(Kept, NothingIsKnownBeforeTheFirst) {
    KeptConfiguration kept(file, key.public_key);
    EXPECT_EQ(code_of(kept.load()), "exchange.configuration_missing");
    EXPECT_EQ(kept.current(), nullptr);
    EXPECT_TRUE(kept.expired(now));
}

TEST_F(Kept, WhatWasTakenIsThereAfterARestart) {
    KeptConfiguration first(file, key.public_key);
    ASSERT_TRUE(test::ok(first.take(document(3), now)));
    KeptConfiguration second(file, key.public_key);
    ASSERT_TRUE(test::ok(second.load()));
    EXPECT_EQ(second.current()->configuration(), configuration);
}

TEST_F(Kept, OlderIsRefusedAlsoAfterARestart) {
    KeptConfiguration first(file, key.public_key);
    ASSERT_TRUE(test::ok(first.take(document(3), now)));
    EXPECT_EQ(code_of(first.take(document(2), now)), "exchange.configuration_older");
    KeptConfiguration second(file, key.public_key);
    ASSERT_TRUE(test::ok(second.load()));
    EXPECT_EQ(code_of(second.take(document(2), now)), "exchange.configuration_older");
    EXPECT_EQ(second.current()->configuration().number, 3);
}

TEST_F(Kept, TheSameAgainChangesNothingButAnotherOfTheSameNumberIsRefused) {
    KeptConfiguration kept(file, key.public_key);
    ASSERT_TRUE(test::ok(kept.take(document(3), now)));
    const auto before = kept.current();
    EXPECT_TRUE(test::ok(kept.take(document(3), now)));
    EXPECT_EQ(kept.current(), before);
    configuration.rights.clear();
    EXPECT_EQ(code_of(kept.take(document(3), now)), "exchange.configuration_older");
}

TEST_F(Kept, ExpiredIsRefusedAndTheKeptOneExpiresAtTheMinute) {
    KeptConfiguration kept(file, key.public_key);
    EXPECT_EQ(code_of(kept.take(document(3), configuration.expires)), "exchange.configuration_expired");
    EXPECT_FALSE(std::filesystem::exists(file));
    ASSERT_TRUE(test::ok(kept.take(document(3), now)));
    EXPECT_FALSE(kept.expired(configuration.expires - 1ms));
    EXPECT_TRUE(kept.expired(configuration.expires));
}

TEST_F(Kept, AnotherInstancesIsRefused) {
    KeptConfiguration kept(file, key.public_key);
    ASSERT_TRUE(test::ok(kept.take(document(3), now)));
    configuration.instance = "HUE";
    EXPECT_EQ(code_of(kept.take(document(4), now)), "exchange.configuration_instance");
}

TEST_F(Kept, ATamperedFileIsNotLoaded) {
    KeptConfiguration first(file, key.public_key);
    ASSERT_TRUE(test::ok(first.take(document(3), now)));
    auto bytes = read_file(file);
    ASSERT_TRUE(test::ok(bytes));
    (*bytes)[bytes->size() / 2] ^= 1;
    ASSERT_TRUE(test::ok(write_file_durably(file, *bytes)));
    KeptConfiguration second(file, key.public_key);
    EXPECT_EQ(code_of(second.load()), "exchange.configuration");
    EXPECT_EQ(second.current(), nullptr);
}

TEST_F(Kept, WhatCannotBeWrittenIsNotUsed) {
    KeptConfiguration kept(folder / "not-there" / "configuration.jws", key.public_key);
    EXPECT_FALSE(kept.take(document(3), now).ok());
    EXPECT_EQ(kept.current(), nullptr);
}

}  // namespace
}  // namespace hl::exchange
