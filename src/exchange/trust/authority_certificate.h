// Making X.509 certificates: what the development authority issues, and to whom. Values; any thread.
#pragma once
#include <span>

#include "exchange/trust/keys.h"
#include "exchange/trust/keys_openssl.h"

namespace hl::exchange {

enum class CertificateRole { root, ocsp_responder, time_stamper, signing, authentication };

struct CertificateTemplate {
    CertificateRole role = CertificateRole::root;
    const X509_NAME* subject = nullptr;
    EVP_PKEY* subject_key = nullptr;
    const X509* issuer = nullptr;  // null: signed by itself
    EVP_PKEY* issuer_key = nullptr;
    std::string serial;  // big-endian bytes
    Instant not_before{}, not_after{};
};
[[nodiscard]] Result<Certificate> make_certificate(const CertificateTemplate& what);

using NameHandle = openssl::Owned<X509_NAME, X509_NAME_free>;
[[nodiscard]] Result<NameHandle> make_name(const SubjectName& name);

/// 16 random bytes that read as a positive number of full length.
[[nodiscard]] std::string make_serial(Random& random);

}  // namespace hl::exchange
