// OpenSSL's values with their ends, and the few readings that this room makes of them. Private to this room.
#pragma once
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <vector>

#include "base/openssl.h"

namespace hl::documents::openssl {

using namespace hl::openssl;

using CertificateHandle = Owned<X509, X509_free>;
using List = Owned<X509_CRL, X509_CRL_free>;
using Store = Owned<X509_STORE, X509_STORE_free>;
using StoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

inline void free_stack(STACK_OF(X509) * stack) {
    sk_X509_pop_free(stack, X509_free);
}
using CertificateStack = Owned<STACK_OF(X509), free_stack>;

[[nodiscard]] CertificateHandle read_pem(std::string_view pem);
[[nodiscard]] std::string pem_of(X509* certificate);
[[nodiscard]] std::string digest_of(const X509* certificate);  // SHA-256 of the DER, hex
/// SHA-256 of the public key (SubjectPublicKeyInfo), hex: an authority's new certificate has the old key.
[[nodiscard]] std::string key_digest_of(X509* certificate);
[[nodiscard]] std::string number_of(const ASN1_INTEGER* number);  // hex, lower case
[[nodiscard]] time_t seconds_of(Instant at);

}  // namespace hl::documents::openssl
