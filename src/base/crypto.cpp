#include "base/crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace hl::crypto {

namespace {

const unsigned char* bytes_of(std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* bytes_of(std::string& s) {
    return reinterpret_cast<unsigned char*>(s.data());
}

std::string encode64(std::string_view bytes, int variant) {
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), variant);
    out.pop_back();  // the terminating zero
    return out;
}

std::optional<std::string> decode64(std::string_view text, int variant) {
    std::string out(text.size() * 3 / 4 + 3, '\0');
    size_t size = 0;
    const char* end = nullptr;
    // libsodium 1.0.18 takes bytes above 0x7F for digits.
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; }))
        return std::nullopt;
    if (sodium_base642bin(bytes_of(out), out.size(), text.data(), text.size(), nullptr, &size, &end, variant) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    out.resize(size);
    return out;
}

constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static_assert(sizeof(crypto_hash_sha256_state) <= 128);

}  // namespace

void init() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

Hash sha256(std::string_view bytes) {
    return sha256(bytes, {});
}

/// Through OpenSSL, which uses the processor's instructions for it: five times as fast. The algorithm is fetched once
/// and each thread keeps its context, for looking it up costs more than the digest of a short text.
Hash sha256(std::string_view a, std::string_view b, std::string_view c) {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                       EVP_MD_CTX_free);
    Hash out;
    bool done = algorithm != nullptr && context && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1;
    for (const auto piece : {a, b, c})
        done = done && (piece.empty() || EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1);
    if (!done || EVP_DigestFinal_ex(context.get(), out.data(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    return out;
}

Hash hmac_sha256(std::string_view key, std::string_view bytes) {
    Hash out;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(bytes), bytes.size());
    crypto_auth_hmacsha256_final(&state, out.data());
    return out;
}

std::optional<Hash> to_hash(std::string_view bytes) {
    Hash out;
    if (bytes.size() != out.size()) return std::nullopt;
    std::memcpy(out.data(), bytes.data(), out.size());
    return out;
}

Sha256Stream::Sha256Stream() {
    crypto_hash_sha256_init(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()));
}
Sha256Stream::~Sha256Stream() {
    sodium_memzero(state_.data(), state_.size());
}
void Sha256Stream::update(std::string_view bytes) {
    crypto_hash_sha256_update(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()), bytes_of(bytes),
                              bytes.size());
}
Hash Sha256Stream::finish() {
    Hash out;
    crypto_hash_sha256_final(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()), out.data());
    return out;
}

std::string to_hex(std::string_view bytes) {
    std::string out(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes_of(bytes), bytes.size());
    out.pop_back();
    return out;
}

std::optional<std::string> from_hex(std::string_view hex) {
    std::string out(hex.size() / 2, '\0');
    size_t size = 0;
    const char* end = nullptr;
    if (hex.size() % 2 != 0 ||
        sodium_hex2bin(bytes_of(out), out.size(), hex.data(), hex.size(), nullptr, &size, &end) != 0 ||
        end != hex.data() + hex.size())
        return std::nullopt;
    return out;
}

std::string to_base64(std::string_view bytes) {
    return encode64(bytes, sodium_base64_VARIANT_ORIGINAL);
}
std::string to_base64url(std::string_view bytes) {
    return encode64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
std::optional<std::string> from_base64(std::string_view text) {
    return decode64(text, sodium_base64_VARIANT_ORIGINAL);
}
std::optional<std::string> from_base64url(std::string_view text) {
    return decode64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string to_base32(std::string_view bytes) {
    std::string out;
    uint32_t buffer = 0;
    int bits = 0;
    for (const char c : bytes) {
        buffer = (buffer << 8 | static_cast<uint8_t>(c)) & 0xFFFF;
        bits += 8;
        while (bits >= 5) {
            out += base32_alphabet[buffer >> (bits - 5) & 31];
            bits -= 5;
        }
    }
    if (bits > 0) out += base32_alphabet[buffer << (5 - bits) & 31];
    return out;
}

std::optional<std::string> from_base32(std::string_view text) {
    std::string out;
    uint32_t buffer = 0;
    int bits = 0;
    for (const char c : text) {
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        const auto value = base32_alphabet.find(upper);
        if (value == std::string_view::npos) return std::nullopt;
        buffer = (buffer << 5 | static_cast<uint32_t>(value)) & 0xFFFF;
        bits += 5;
        if (bits >= 8) {
            out += static_cast<char>(buffer >> (bits - 8) & 0xFF);
            bits -= 8;
        }
    }
    return out;
}

std::string random_bytes(Random& random, size_t n) {
    std::string out(n, '\0');
    random.fill({bytes_of(out), n});
    return out;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

SigningKey make_signing_key(Random& random) {
    std::string seed = random_bytes(random, crypto_sign_SEEDBYTES);
    SigningKey key{std::string(crypto_sign_PUBLICKEYBYTES, '\0'), std::string(crypto_sign_SECRETKEYBYTES, '\0')};
    crypto_sign_seed_keypair(bytes_of(key.public_key), bytes_of(key.secret_key), bytes_of(seed));
    sodium_memzero(seed.data(), seed.size());
    return key;
}

std::string sign(std::string_view message, const SigningKey& key) {
    if (key.secret_key.size() != crypto_sign_SECRETKEYBYTES) throw std::logic_error("signing key has the wrong size");
    std::string out(crypto_sign_BYTES, '\0');
    crypto_sign_detached(bytes_of(out), nullptr, bytes_of(message), message.size(),
                         bytes_of(std::string_view{key.secret_key}));
    return out;
}

bool verify(std::string_view message, std::string_view signature, std::string_view public_key) {
    return signature.size() == crypto_sign_BYTES && public_key.size() == crypto_sign_PUBLICKEYBYTES &&
           crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(), bytes_of(public_key)) ==
               0;
}

std::string seal(std::string_view plain, std::string_view key, std::string_view context, Random& random) {
    if (key.size() != key_size) throw std::logic_error("sealing key has the wrong size");
    constexpr size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    std::string out = random_bytes(random, nonce_size);
    out.resize(nonce_size + plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(out) + nonce_size, nullptr, bytes_of(plain), plain.size(),
                                               bytes_of(context), context.size(), nullptr,
                                               bytes_of(std::string_view{out}), bytes_of(key));
    return out;
}

Result<std::string> unseal(std::string_view sealed, std::string_view key, std::string_view context) {
    constexpr size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    constexpr size_t overhead = nonce_size + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    const Error damaged{ErrorKind::internal, "seal.damaged", "Dữ liệu đã niêm phong bị hỏng hoặc sai khoá.",
                        "Sealed data is damaged or the key is another."};
    if (sealed.size() < overhead || key.size() != key_size) return damaged;
    std::string out(sealed.size() - overhead, '\0');
    const std::string_view body = sealed.substr(nonce_size);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(out), nullptr, nullptr, bytes_of(body), body.size(),
                                                   bytes_of(context), context.size(), bytes_of(sealed),
                                                   bytes_of(key)) != 0)
        return damaged;
    return out;
}

Result<std::string> hash_password(std::string_view password, PasswordCost cost) {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost.operations, cost.memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return Error{ErrorKind::unavailable, "crypto.memory", "Máy chủ đang thiếu bộ nhớ. Hãy thử lại.",
                     "Not enough memory to hash a password. Try again."};
    return std::string{out.data()};
}

bool check_password(std::string_view password, const std::string& hash) {
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string totp(std::string_view secret, Instant at) {
    uint64_t step = static_cast<uint64_t>(to_ms(at) / 30'000);
    std::array<unsigned char, 8> message{};
    for (size_t i = 8; i-- > 0; step >>= 8) message[i] = static_cast<unsigned char>(step & 0xFF);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), message.data(), message.size(), mac.data(), &size);
    const size_t offset = mac[size - 1] & 0x0F;
    const uint32_t number =
        (mac[offset] & 0x7Fu) << 24 | mac[offset + 1] << 16 | mac[offset + 2] << 8 | mac[offset + 3];
    return fmt::format("{:06}", number % 1'000'000);
}

}  // namespace hl::crypto
