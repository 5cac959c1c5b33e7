#include "exchange/trust/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "exchange/trust/authority_fixture.h"

namespace hl::exchange {
namespace {

using test::master_key;

/// OpenSSL's command line checks a signature that was made here.
void expect_signature(const hl::test::TempDir& folder, const PrivateKey& key, std::string_view message) {
    const auto signature = key.sign(sha512(message));
    ASSERT_TRUE(signature.ok()) << signature.error().en;
    std::string der = *signature;
    if (key.kind() == KeyKind::p256) {  // r||s as XML-DSig has it; the command line wants DER
        ASSERT_EQ(der.size(), 64U);
        const auto number = [](std::string digits) {
            digits.erase(0, std::min(digits.find_first_not_of('\0'), digits.size() - 1));
            if (static_cast<unsigned char>(digits[0]) & 0x80) digits.insert(0, 1, '\0');
            return std::string("\x02") + static_cast<char>(digits.size()) + digits;
        };
        const std::string body = number(der.substr(0, 32)) + number(der.substr(32));
        der = std::string("\x30") + static_cast<char>(body.size()) + body;
    }
    ASSERT_TRUE(write_file(folder / "message", message).ok());
    ASSERT_TRUE(write_file(folder / "signature", der).ok());
    ASSERT_TRUE(write_file(folder / "public", key.public_key_der()).ok());
    const auto ran = test::run("cd " + folder.path().string() +
                               " && openssl dgst -sha512 -keyform DER -verify public -signature signature message");
    EXPECT_EQ(ran.status, 0) << ran.output;
}

class Keys : public ::testing::TestWithParam<KeyKind> {
  protected:
    Keys() { crypto::init(); }
    hl::test::TempDir folder_;
    SystemRandom random_;
};
INSTANTIATE_TEST_SUITE_P(Kinds, Keys, ::testing::Values(KeyKind::rsa2048, KeyKind::p256));

TEST_P(Keys, SignWhatOpensslVerifiesAndComeBackTheSameFromTheirSealedFile) {
    const auto key = make_key(GetParam());
    ASSERT_TRUE(key.ok());
    EXPECT_EQ((*key)->kind(), GetParam());
    expect_signature(folder_, **key, "một thông điệp");

    ASSERT_TRUE(save_key(folder_ / "k.key", **key, "signing 1", master_key, random_).ok());
    const auto loaded = load_key(folder_ / "k.key", "signing 1", master_key);
    ASSERT_TRUE(loaded.ok()) << loaded.error().en;
    EXPECT_EQ((*loaded)->kind(), GetParam());
    EXPECT_EQ((*loaded)->public_key_der(), (*key)->public_key_der());
    expect_signature(folder_, **loaded, "một thông điệp khác");
}

TEST_P(Keys, SignFromManyThreadsAtOnce) {
    const auto key = make_key(GetParam()).value();
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            const auto digest = sha512(std::to_string(t));
            const auto first = key->sign(digest);
            for (int i = 0; i < 20; ++i) {
                const auto again = key->sign(digest);
                // RSA's signature is the same each time; a mixed-up context would show.
                if (!again.ok() || (GetParam() != KeyKind::p256 && *again != *first)) ++failures;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failures, 0);
    expect_signature(folder_, *key, "sau đó");
}

TEST_P(Keys, MakeRequestsThatOpensslAccepts) {
    const auto key = make_key(GetParam()).value();
    const auto request = certificate_request(
        *key, {.organisation = "UBND tỉnh Quảng Trị", .common_name = "Cổng kết nối số 1", .serial_number = "H50"});
    ASSERT_TRUE(request.ok()) << request.error().en;
    ASSERT_TRUE(write_file(folder_ / "r.pem", *request).ok());
    const auto ran = test::run("openssl req -verify -noout -subject -nameopt utf8 -in " + (folder_ / "r.pem").string());
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_NE(ran.output.find("Cổng kết nối số 1"), std::string::npos) << ran.output;
}

TEST(KeyFiles, AreTheOwnersAloneAndHoldNothingReadable) {
    crypto::init();
    const hl::test::TempDir folder;
    SystemRandom random;
    const auto key = make_key(KeyKind::p256).value();
    ASSERT_TRUE(save_key(folder / "k.key", *key, "a", master_key, random).ok());
    struct stat status {};
    ASSERT_EQ(::stat((folder / "k.key").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_EQ(read_file(folder / "k.key")->find(key->public_key_der().substr(30)), std::string::npos);
}

TEST(KeyFiles, OfAnotherNameAnotherMasterKeyOrDamagedAreRefused) {
    crypto::init();
    const hl::test::TempDir folder;
    SystemRandom random;
    const auto file = folder / "k.key";
    ASSERT_TRUE(save_key(file, *make_key(KeyKind::p256).value(), "a", master_key, random).ok());
    EXPECT_EQ(load_key(file, "b", master_key).error().code, "exchange.key_unreadable");
    EXPECT_EQ(load_key(file, "a", std::string(32, 'x')).error().code, "exchange.key_unreadable");
    EXPECT_EQ(load_key(file, "a", "short").error().code, "exchange.master_key");
    std::string bytes = read_file(file).value();
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    ASSERT_TRUE(write_file(file, bytes).ok());
    EXPECT_EQ(load_key(file, "a", master_key).error().code, "exchange.key_unreadable");
    EXPECT_FALSE(load_key(folder / "none", "a", master_key).ok());
}

TEST(CertificateRequests, WithoutANameAreRefused) {
    const auto key = make_key(KeyKind::p256).value();
    EXPECT_EQ(certificate_request(*key, {}).error().code, "exchange.certificate_request");
    EXPECT_EQ(certificate_request(*key, {.country = "VNM", .common_name = "x"}).error().code,
              "exchange.certificate_request");
}

}  // namespace
}  // namespace hl::exchange
