// What the sources of this folder need of OpenSSL: owners for its objects, DER of them, its reasons as text. Not for
// headers of other rooms. Any thread.
#pragma once
#include <openssl/evp.h>

#include "base/openssl.h"
#include "exchange/trust/keys.h"

namespace hl::exchange::openssl {

using namespace hl::openssl;

using KeyHandle = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using X509Handle = Owned<X509, X509_free>;
using NumberHandle = Owned<BIGNUM, BN_free>;

[[nodiscard]] inline const unsigned char* bytes_of(std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
}

/// OpenSSL's last reason, for the English half of an error; empties this thread's queue of errors.
[[nodiscard]] std::string reason();
[[nodiscard]] Error failed(std::string_view vietnamese, std::string_view english);

[[nodiscard]] std::string hex_of(const ASN1_INTEGER* number);

[[nodiscard]] inline EVP_PKEY* pkey(const std::shared_ptr<void>& handle) {
    return static_cast<EVP_PKEY*>(handle.get());
}
/// Null for kinds that this program does not sign with.
[[nodiscard]] std::optional<KeyKind> kind_of(EVP_PKEY* key);
/// r||s of an ECDSA signature in DER; nothing when it is none.
[[nodiscard]] std::optional<std::string> raw_ecdsa(std::string_view der);

}  // namespace hl::exchange::openssl
