// XAdES signatures in X-Road's form: written by a template, read into their parts. What the parts prove is for the
// verifier to say. Private to this folder; values, any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/trust/signature.h"
#include "exchange/trust/xades_xml.h"

namespace hl::exchange {

/// Everything of a signature that stays while an identity's certificate is in use, as text. One is made per
/// certificate; a signature then costs two digests, the key's operation and appends.
class SignatureWriter {
  public:
    /// Error exchange.certificate: the certificate cannot be read or is not the key's.
    [[nodiscard]] static Result<SignatureWriter> make(const BatchSigner::Identity& identity);
    [[nodiscard]] bool serves(const BatchSigner::Identity& identity) const;
    /// The document over one data object: /message.xml, or the chain result of a batch.
    [[nodiscard]] Result<std::string> sign(const BatchSigner::Identity& identity, std::string_view data_uri,
                                           const Digest512& data, Instant now) const;

  private:
    std::string certificate_;
    std::vector<std::string> issuers_;
    std::string_view method_;
    std::string certificate_text_, certificate_digest_to_mime_type_, issuers_text_;
};

enum class DigestKind { sha256, sha384, sha512 };
[[nodiscard]] std::optional<DigestKind> digest_kind_of(std::string_view algorithm_uri);
[[nodiscard]] std::string digest(DigestKind kind, std::string_view bytes);

struct DigestClaim {
    DigestKind kind = DigestKind::sha512;
    std::string value;
    [[nodiscard]] bool fits(std::string_view bytes) const { return digest(kind, bytes) == value; }
};

/// A signature document taken apart.
struct SignatureParts {
    std::string signed_info, signed_properties;  // canonical bytes
    bool elliptic = false;
    DigestKind method_digest = DigestKind::sha512;
    std::string value;
    std::string data_uri;
    DigestClaim data, properties;
    std::string certificate;  // DER
    DigestClaim certificate_digest;
    Instant signed_at;
    std::vector<std::string> issuers, ocsp;  // DER
    std::string time_stamp;                  // token that X-Road put into the signature of a lone message
};

/// Errors: exchange.malformed_signature.
[[nodiscard]] Result<SignatureParts> read_signature(std::string_view xml);
/// Nothing unless it is, byte for byte, of the form that SignatureWriter writes. Gives what read_signature_tree gives.
[[nodiscard]] std::optional<SignatureParts> read_own_form(std::string_view xml);
/// Any form, through a tree.
[[nodiscard]] Result<SignatureParts> read_signature_tree(std::string_view xml);

inline constexpr size_t signature_limit = 1u << 20;

}  // namespace hl::exchange
