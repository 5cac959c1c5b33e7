// Private keys that never leave their place (a sealed file, a PKCS#11 token) and the X.509 certificates over them:
// made, requested, read, checked. Signing is safe on any thread; a token that was pulled answers
// exchange.token_not_available until it is back.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "exchange/trust/digest.h"

namespace hl::exchange {

enum class KeyKind { rsa2048, rsa3072, p256 };
enum class KeyUse { signing, authentication };

class PrivateKey {
  public:
    virtual ~PrivateKey() = default;
    [[nodiscard]] virtual KeyKind kind() const = 0;
    /// Raw XML-DSig signature value of a SHA-512 digest: PKCS#1 v1.5 for RSA, r||s for P-256.
    [[nodiscard]] virtual Result<std::string> sign(const Digest512& digest) const = 0;
    [[nodiscard]] virtual std::string public_key_der() const = 0;  // SubjectPublicKeyInfo
    /// A signature takes no longer than it takes to ask another thread for it: P-256 in memory.
    [[nodiscard]] virtual bool quick() const { return false; }
    /// EVP_PKEY* for TLS and PKCS#10; keeps its owner alive. Typed void so that OpenSSL stays out of headers.
    [[nodiscard]] virtual std::shared_ptr<void> handle() const = 0;
};
using KeyPtr = std::shared_ptr<const PrivateKey>;

[[nodiscard]] Result<KeyPtr> make_key(KeyKind kind);
/// PKCS#8 sealed with the master key (XChaCha20-Poly1305, bound to `label`), written and fsynced, mode 0600.
[[nodiscard]] Result<void> save_key(const std::filesystem::path& file, const PrivateKey& key, std::string_view label,
                                    std::string_view master_key, Random& random);
[[nodiscard]] Result<KeyPtr> load_key(const std::filesystem::path& file, std::string_view label,
                                      std::string_view master_key);
/// A key in a token: `uri` as RFC 7512 ("pkcs11:token=…;object=…"), the PIN apart. Reconnects by itself.
[[nodiscard]] Result<KeyPtr> open_token_key(const std::filesystem::path& module, std::string_view uri, std::string pin);

/// One X.509 certificate, DER inside.
class Certificate {
  public:
    [[nodiscard]] static Result<Certificate> from_der(std::string_view der);
    [[nodiscard]] static Result<Certificate> from_pem(std::string_view pem);
    [[nodiscard]] const std::string& der() const { return der_; }
    [[nodiscard]] std::string pem() const;
    [[nodiscard]] const std::string& subject() const { return subject_; }  // RFC 2253
    [[nodiscard]] const std::string& issuer() const { return issuer_; }
    [[nodiscard]] const std::string& serial() const { return serial_; }  // lower-case hex
    [[nodiscard]] Instant not_before() const { return not_before_; }
    [[nodiscard]] Instant not_after() const { return not_after_; }
    [[nodiscard]] std::string sha1_hex() const;    // how X-Road's OCSP responder is asked
    [[nodiscard]] std::string sha256_hex() const;  // how the registry names certificates
    [[nodiscard]] const std::string& public_key_der() const { return public_key_; }

  private:
    std::string der_, subject_, issuer_, serial_, public_key_;
    Instant not_before_, not_after_;
};

/// PKCS#10 request for an external authority, PEM.
struct SubjectName {
    std::string country = "VN", organisation{}, common_name{}, serial_number{};
};
[[nodiscard]] Result<std::string> certificate_request(const PrivateKey& key, const SubjectName& name);

}  // namespace hl::exchange
