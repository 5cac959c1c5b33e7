#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <thread>

#include "exchange/trust/keys.h"
#include "exchange/trust/keys_openssl.h"
#include "exchange/trust/soft_token.h"
#include "exchange/trust/token_uri.h"

namespace hl::exchange {
namespace {

using test::SoftToken;

/// With the public key alone, by OpenSSL.
bool verifies(const PrivateKey& key, const Digest512& digest, std::string signature) {
    const auto handle = openssl::from_der<openssl::KeyHandle>(d2i_PUBKEY, key.public_key_der());
    if (key.kind() == KeyKind::p256) {
        const openssl::Owned<ECDSA_SIG, ECDSA_SIG_free> both(ECDSA_SIG_new());
        const auto* bytes = openssl::bytes_of(signature);
        ECDSA_SIG_set0(both.get(), BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
        signature = openssl::to_der(i2d_ECDSA_SIG, both.get());
    }
    const openssl::KeyContext context(EVP_PKEY_CTX_new(handle.get(), nullptr));
    return EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha512()) == 1 &&
           EVP_PKEY_verify(context.get(), openssl::bytes_of(signature), signature.size(), digest.data(),
                           digest.size()) == 1;
}

class Token : public ::testing::Test {
  protected:
    Token() {
        crypto::init();
        token_.make("Cổng 1");
    }
    [[nodiscard]] Result<KeyPtr> open(const std::string& rest, const std::string& pin = "1234") {
        return open_token_key(SoftToken::module, "pkcs11:token=C%E1%BB%95ng%201;" + rest, pin);
    }
    SoftToken token_;
    const Digest512 digest_ = sha512("một thông điệp");
};

TEST_F(Token, KeysOfBothKindsSignWhatOpensslVerifies) {
    token_.add_key("Cổng 1", "signing", "01", SoftToken::rsa);
    token_.add_key("Cổng 1", "auth", "02", SoftToken::p256);
    for (const auto& [address, kind] :
         {std::pair{"object=signing", KeyKind::rsa2048}, std::pair{"id=%02", KeyKind::p256}}) {
        const auto key = open(address);
        ASSERT_TRUE(key.ok()) << key.error().en;
        EXPECT_EQ((*key)->kind(), kind);
        const auto signature = (*key)->sign(digest_);
        ASSERT_TRUE(signature.ok()) << signature.error().en;
        EXPECT_TRUE(verifies(**key, digest_, *signature));
        SystemRandom random;
        EXPECT_EQ(save_key(token_.folder() / "stolen", **key, "x", test::master_key, random).error().code,
                  "exchange.key_in_token");
        const auto request = certificate_request(**key, {.common_name = "Cổng 1"});
        ASSERT_TRUE(request.ok()) << request.error().en;
        ASSERT_TRUE(write_file(token_.folder() / "r.pem", *request).ok());
        const auto ran = test::run("openssl req -verify -noout -in " + (token_.folder() / "r.pem").string());
        EXPECT_EQ(ran.status, 0) << ran.output;
    }
}

TEST_F(Token, PulledSaysSoAndSigningGoesOnByItselfWhenItIsBack) {
    token_.add_key("Cổng 1", "signing", "01", SoftToken::p256);
    const auto key = open("object=signing").value();
    for (int round = 0; round < 3; ++round) {
        ASSERT_TRUE(key->sign(digest_).ok());
        token_.pull();
        const auto refused = key->sign(digest_);
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().code, "exchange.token_not_available") << refused.error().en;
        EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
        EXPECT_EQ(key->sign(digest_).error().code, "exchange.token_not_available");
        token_.put_back();
        const auto again = key->sign(digest_);
        ASSERT_TRUE(again.ok()) << again.error().en;
        EXPECT_TRUE(verifies(*key, digest_, *again));
    }
}

TEST_F(Token, PulledUnderLoadGivesEveryThreadAnAnswerAndAllGoOn) {
    token_.add_key("Cổng 1", "signing", "01", SoftToken::p256);
    const auto key = open("object=signing").value();
    constexpr int count = 6;
    std::array<std::atomic<int>, count> signed_{}, refused{};
    std::atomic<int> wrong = 0;
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (size_t t = 0; t < count; ++t)
        threads.emplace_back([&, t] {
            const auto digest = sha512(std::to_string(t));
            while (!stop) {
                const auto out = key->sign(digest);
                if (!out.ok()) {
                    ++(out.error().code == "exchange.token_not_available" ? refused.at(t) : wrong);
                } else {
                    ++(verifies(*key, digest, *out) ? signed_.at(t) : wrong);
                }
            }
        });
    const auto until_each = [](const auto& counts) {
        std::array<int, count> before{};
        for (size_t t = 0; t < count; ++t) before.at(t) = counts.at(t);
        for (size_t t = 0; t < count; ++t)
            while (counts.at(t) == before.at(t)) std::this_thread::yield();
    };
    for (int round = 0; round < 3; ++round) {
        until_each(signed_);
        token_.pull();
        until_each(refused);
        token_.put_back();
        until_each(signed_);
    }
    stop = true;
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST_F(Token, WhenOneIsPulledTheOtherGoesOn) {
    token_.make("other");
    token_.add_key("Cổng 1", "signing", "01", SoftToken::p256);
    token_.add_key("other", "signing", "01", SoftToken::p256);
    const auto first = open("object=signing").value();
    const auto second = open_token_key(SoftToken::module, "pkcs11:token=other;object=signing", "1234").value();
    EXPECT_NE(first->public_key_der(), second->public_key_der());
    // SoftHSM has a folder a token: the one whose files hold the first one's label goes.
    std::filesystem::path gone;
    for (const auto& entry : std::filesystem::directory_iterator(token_.store()))
        if (read_file(entry.path() / "token.object")->find("Cổng 1") != std::string::npos) gone = entry.path();
    ASSERT_FALSE(gone.empty());
    std::filesystem::rename(gone, token_.folder() / "pulled");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(first->sign(digest_).error().code, "exchange.token_not_available");
        EXPECT_TRUE(second->sign(digest_).ok());
    }
    std::filesystem::rename(token_.folder() / "pulled", gone);
    EXPECT_TRUE(second->sign(digest_).ok());
}

TEST_F(Token, AnotherKeyUnderTheSameNameDoesNotSignInItsPlace) {
    token_.add_key("Cổng 1", "signing", "01", SoftToken::p256);
    const auto key = open("object=signing").value();
    token_.pull();
    std::filesystem::create_directory(token_.store());
    token_.make("Cổng 1");
    token_.add_key("Cổng 1", "signing", "01", SoftToken::p256);
    EXPECT_EQ(key->sign(digest_).error().code, "exchange.token_not_available");
}

TEST_F(Token, AWrongPinIsTold) {
    token_.add_key("Cổng 1", "signing", "01", SoftToken::p256);
    EXPECT_EQ(open("object=signing", "9999").error().code, "exchange.pin_incorrect");
    EXPECT_TRUE(open("object=signing").ok());
}

TEST_F(Token, WhatIsNotThereIsNamed) {
    EXPECT_EQ(open("object=signing").error().code, "exchange.key_not_found");
    EXPECT_EQ(open_token_key(SoftToken::module, "pkcs11:token=none;object=a", "1").error().code,
              "exchange.token_not_available");
    EXPECT_EQ(open_token_key("/nonexistent.so", "pkcs11:token=none;object=a", "1").error().code,
              "exchange.token_module");
    token_.add_key("Cổng 1", "same", "01", SoftToken::p256);
    token_.add_key("Cổng 1", "same", "02", SoftToken::p256);
    EXPECT_EQ(open("object=same").error().code, "exchange.token_uri");
    EXPECT_TRUE(open("object=same;id=%02").ok());
}

/// Both sides of a handshake in memory; what the client says about it.
std::string handshake(SSL_CTX* server, int version) {
    const openssl::Owned<SSL_CTX, SSL_CTX_free> client(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_max_proto_version(client.get(), version);
    const openssl::Owned<SSL, SSL_free> ours(SSL_new(server)), theirs(SSL_new(client.get()));
    BIO *left = nullptr, *right = nullptr;
    BIO_new_bio_pair(&left, 0, &right, 0);
    SSL_set_bio(ours.get(), left, left);
    SSL_set_bio(theirs.get(), right, right);
    SSL_set_accept_state(ours.get());
    SSL_set_connect_state(theirs.get());
    for (int i = 0; i < 10; ++i) {
        const int a = SSL_do_handshake(theirs.get()), b = SSL_do_handshake(ours.get());
        if (a == 1 && b == 1) return SSL_get_version(theirs.get());
    }
    return openssl::reason();
}

TEST_F(Token, ItsKeysServeTls) {
    token_.add_key("Cổng 1", "rsa", "01", SoftToken::rsa);
    token_.add_key("Cổng 1", "ec", "02", SoftToken::p256);
    const hl::test::TempDir folder;
    SystemRandom random;
    const ManualClock clock(parse_rfc3339("2026-11-28T00:00:00Z").value());
    const auto authority = DevelopmentAuthority::open(folder / "ca", test::master_key, "CA", clock, random).value();
    for (const std::string name : {"rsa", "ec"}) {
        const openssl::Owned<SSL_CTX, SSL_CTX_free> server(SSL_CTX_new(TLS_server_method()));
        {
            const auto key = open("object=" + name).value();
            const auto request = certificate_request(*key, {.common_name = name}).value();
            const auto certificate = authority->issue(request, KeyUse::authentication, std::chrono::days{9}).value();
            const auto x509 = openssl::from_der<openssl::X509Handle>(d2i_X509, certificate.der());
            ASSERT_EQ(SSL_CTX_use_certificate(server.get(), x509.get()), 1);
            ASSERT_EQ(SSL_CTX_use_PrivateKey(server.get(), openssl::pkey(key->handle())), 1) << openssl::reason();
        }  // the context keeps what it needs
        EXPECT_EQ(handshake(server.get(), TLS1_2_VERSION), "TLSv1.2");
        EXPECT_EQ(handshake(server.get(), TLS1_3_VERSION), "TLSv1.3");
        token_.pull();
        EXPECT_NE(handshake(server.get(), TLS1_3_VERSION), "TLSv1.3");
        token_.put_back();
        EXPECT_EQ(handshake(server.get(), TLS1_3_VERSION), "TLSv1.3");
    }
}

TEST(TokenUri, IsReadAsRfc7512HasIt) {
    const auto uri = parse_token_uri("pkcs11:token=C%E1%BB%95ng%201;object=k;id=%01%ff;type=private;serial=9").value();
    EXPECT_EQ(uri.token, "Cổng 1");
    EXPECT_EQ(uri.object, "k");
    EXPECT_EQ(uri.id, "\x01\xff");
    EXPECT_EQ(uri.serial, "9");
    for (const std::string bad : {"", "token=a", "pkcs11:", "pkcs11:token=a", "pkcs11:object=%0", "pkcs11:object=%zz",
                                  "pkcs11:object", "pkcs11:object=a;colour=red", "pkcs11:object=a;type=cert"})
        EXPECT_EQ(parse_token_uri(bad).error().code, "exchange.token_uri") << bad;
}

TEST(TokenUri, HoldsNoPinAndDoesNotRepeatOne) {
    const auto error = parse_token_uri("pkcs11:object=a?pin-value=1234").error();
    EXPECT_EQ(error.code, "exchange.token_uri");
    EXPECT_EQ((error.en + error.vi).find("1234"), std::string::npos);
}

}  // namespace
}  // namespace hl::exchange
