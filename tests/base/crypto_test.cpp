// Against the published vectors: FIPS 180-4, RFC 4231, RFC 4648, RFC 6238, RFC 8032.
#include "base/crypto.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::crypto {
namespace {

std::string bytes(std::string_view hex) {
    return from_hex(hex).value();
}

TEST(Crypto, Sha256) {
    init();
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("a", "b", "c"), sha256("abc"));
    Sha256Stream stream;
    stream.update("ab");
    stream.update("c");
    EXPECT_EQ(stream.finish(), sha256("abc"));
}

TEST(Crypto, HmacSha256) {
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Crypto, TotpOfRfc6238LastSixDigits) {
    const std::string secret = "12345678901234567890";
    const auto at = [](int64_t seconds) { return from_ms(seconds * 1000); };
    EXPECT_EQ(totp(secret, at(59)), "287082");
    EXPECT_EQ(totp(secret, at(1111111109)), "081804");
    EXPECT_EQ(totp(secret, at(1111111111)), "050471");
    EXPECT_EQ(totp(secret, at(1234567890)), "005924");
    EXPECT_EQ(totp(secret, at(2000000000)), "279037");
    EXPECT_EQ(totp(secret, at(20000000000)), "353130");
}

TEST(Crypto, Ed25519OfRfc8032) {
    const std::string public_key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const SigningKey key{public_key,
                         bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb") + public_key};
    const std::string signature = sign("\x72", key);
    EXPECT_EQ(to_hex(signature),
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    EXPECT_TRUE(verify("\x72", signature, public_key));
    EXPECT_FALSE(verify("\x73", signature, public_key));
    EXPECT_FALSE(verify("\x72", signature.substr(1), public_key));
    EXPECT_FALSE(verify("\x72", signature, public_key.substr(1)));
}

TEST(Crypto, EncodingsOfRfc4648) {
    EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
    EXPECT_EQ(from_base64("Zm9vYg=="), "foob");
    EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
    EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
    EXPECT_EQ(from_base32("MZXW6YTBOI"), "foobar");
    EXPECT_FALSE(from_hex("abc"));
    EXPECT_FALSE(from_hex("zz"));
    EXPECT_FALSE(from_base64("Zm9v!"));
    for (int c = 0x80; c <= 0xFF; ++c) {
        const auto text = std::string(1, static_cast<char>(c)) + "AAA";
        EXPECT_FALSE(from_base64(text) || from_base64url(text)) << c;
    }
    EXPECT_FALSE(from_base32("M1"));
}

TEST(Crypto, UnsealNoticesAnyChange) {
    SeededRandom random(1);
    const std::string key = random_bytes(random, key_size), other = random_bytes(random, key_size);
    const std::string sealed = seal("số căn cước", key, "subject-1", random);
    EXPECT_EQ(unseal(sealed, key, "subject-1").value(), "số căn cước");
    EXPECT_EQ(unseal(sealed, key, "subject-2").error().code, "seal.damaged");
    EXPECT_EQ(unseal(sealed, other, "subject-1").error().code, "seal.damaged");
    for (size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(unseal(changed, key, "subject-1").ok()) << "byte " << i;
        EXPECT_FALSE(unseal(sealed.substr(0, i), key, "subject-1").ok()) << "cut at " << i;
    }
}

TEST(Crypto, PasswordsAreCheckedAndSalted) {
    const PasswordCost cheap{1, 1u << 20};
    const auto hash = hash_password("mật khẩu dài", cheap).value();
    EXPECT_TRUE(hash.starts_with("$argon2id$"));
    EXPECT_TRUE(check_password("mật khẩu dài", hash));
    EXPECT_FALSE(check_password("mật khẩu khác", hash));
    EXPECT_NE(hash_password("mật khẩu dài", cheap).value(), hash);
}

RC_GTEST_PROP(CryptoProperty, EncodingsAreInverse, (const std::string& s)) {
    RC_ASSERT(from_hex(to_hex(s)) == s);
    RC_ASSERT(from_base64(to_base64(s)) == s);
    RC_ASSERT(from_base64url(to_base64url(s)) == s);
    RC_ASSERT(from_base32(to_base32(s)) == s);
}

}  // namespace
}  // namespace hl::crypto
