// Hashes, signatures, sealing and encodings over libsodium and OpenSSL. Pure functions on byte strings (std::string
// holds bytes), any thread. call init() once before anything else; secrets are wiped by their owners.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace hl::crypto {

void init();

using Hash = std::array<uint8_t, 32>;
[[nodiscard]] Hash sha256(std::string_view bytes);
[[nodiscard]] Hash sha256(std::string_view a, std::string_view b, std::string_view c = {});  // of the concatenation
[[nodiscard]] Hash hmac_sha256(std::string_view key, std::string_view bytes);
[[nodiscard]] inline std::string_view view(const Hash& h) {
    return {reinterpret_cast<const char*>(h.data()), h.size()};
}
[[nodiscard]] std::optional<Hash> to_hash(std::string_view bytes);

/// Hash of a stream, piece by piece.
class Sha256Stream {
  public:
    Sha256Stream();
    ~Sha256Stream();
    Sha256Stream(const Sha256Stream&) = delete;
    Sha256Stream& operator=(const Sha256Stream&) = delete;
    void update(std::string_view bytes);
    [[nodiscard]] Hash finish();

  private:
    alignas(64) std::array<uint8_t, 128> state_{};
};

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] inline std::string to_hex(const Hash& h) {
    return to_hex(view(h));
}
[[nodiscard]] std::optional<std::string> from_hex(std::string_view hex);
[[nodiscard]] std::string to_base64(std::string_view bytes);
[[nodiscard]] std::string to_base64url(std::string_view bytes);  // no padding
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);
[[nodiscard]] std::string to_base32(std::string_view bytes);  // RFC 4648, no padding
[[nodiscard]] std::optional<std::string> from_base32(std::string_view text);
[[nodiscard]] std::string random_bytes(Random& random, size_t n);
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);

/// Ed25519. The secret key is libsodium's 64 bytes, the public key 32.
struct SigningKey {
    std::string public_key;
    std::string secret_key;
};
[[nodiscard]] SigningKey make_signing_key(Random& random);
[[nodiscard]] std::string sign(std::string_view message, const SigningKey& key);
[[nodiscard]] bool verify(std::string_view message, std::string_view signature, std::string_view public_key);

/// XChaCha20-Poly1305: nonce(24) + ciphertext + tag. `context` is authenticated, not stored.
inline constexpr size_t key_size = 32;
[[nodiscard]] std::string seal(std::string_view plain, std::string_view key, std::string_view context, Random& random);
[[nodiscard]] Result<std::string> unseal(std::string_view sealed, std::string_view key, std::string_view context);

/// argon2id in its standard text form ("$argon2id$v=19$…"). `interactive` is for people's passwords.
struct PasswordCost {
    unsigned long long operations = 2;
    size_t memory_bytes = 64u << 20;
};
[[nodiscard]] Result<std::string> hash_password(std::string_view password, PasswordCost cost);
[[nodiscard]] bool check_password(std::string_view password, const std::string& hash);

/// RFC 6238, SHA-1, 6 digits, 30 s: what authenticator applications compute.
[[nodiscard]] std::string totp(std::string_view secret, Instant at);

}  // namespace hl::crypto
