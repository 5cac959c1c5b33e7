// Between OpenSSL's certificates and this room's values. Private to this room.
#pragma once
#include "documents/certificate.h"
#include "documents/openssl_handles.h"

namespace hl::documents::openssl {

[[nodiscard]] std::vector<NamePart> parts_of(const X509_NAME* name);
/// `issuer`: null when it was not found.
[[nodiscard]] documents::Certificate describe(X509* certificate, X509* issuer);
[[nodiscard]] CertificateStack stack_of(const std::vector<std::string>& all_pem);
[[nodiscard]] Store store_of(const std::vector<std::string>& anchors_pem);
/// From the leaf to its anchor, judged as of `at`; null: it leads to none.
[[nodiscard]] CertificateStack chain_of(X509* leaf, STACK_OF(X509) * untrusted,
                                        const std::vector<std::string>& anchors_pem, Instant at);

}  // namespace hl::documents::openssl
