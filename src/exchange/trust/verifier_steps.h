// The steps of verifying a signature, one function each, so that the gateway can take them at once and the verification
// of a stored container can say which of them failed. Private to this folder; any thread.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/trust/authority.h"
#include "exchange/trust/certificate_chain.h"
#include "exchange/trust/xades.h"

namespace hl::exchange {

[[nodiscard]] Error invalid_signature(std::string_view why_vi, std::string_view why_en);

/// The public key of a certificate, EVP_PKEY*: reading it out costs several times the operation with it.
using PublicKey = std::shared_ptr<void>;
/// Error exchange.malformed_signature.
[[nodiscard]] Result<PublicKey> public_key_of(const SignatureParts& signature);

/// The public-key operation, and that the properties and the certificate are those that were signed.
[[nodiscard]] Result<void> check_signature_value(const SignatureParts& signature, const PublicKey& key);

/// How the signature covers data: the message itself, or the chain result of a batch.
/// Without a chain result, the data's digest must be the message's; see check_single.
[[nodiscard]] Result<void> check_chain_result_reference(const SignatureParts& signature, std::string_view chain_result);
[[nodiscard]] Result<void> check_single(const SignatureParts& signature, const std::vector<SignedPart>& parts);

struct CertificatePath {
    Certificate certificate, issuer;
    Instant valid_from, valid_until;  // of all of its certificates
};
[[nodiscard]] Result<CertificatePath> check_path(const SignatureParts& signature, const TrustAnchors& anchors,
                                                 Instant at);

/// The first embedded response that holds for the certificate. Error exchange.ocsp.
[[nodiscard]] Result<OcspStatus> check_embedded_ocsp(const SignatureParts& signature, const CertificatePath& path,
                                                     std::chrono::seconds freshness, Instant at);

}  // namespace hl::exchange
