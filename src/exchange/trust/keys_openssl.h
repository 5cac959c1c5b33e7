// What the sources of this folder need of OpenSSL: owners for its objects, DER of them, its reasons as text. Not for
// headers of other rooms. Any thread.
#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "exchange/trust/keys.h"

namespace hl::exchange::openssl {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};
template <class T, auto free_function>
using Owned = std::unique_ptr<T, Free<free_function>>;

using KeyHandle = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using X509Handle = Owned<X509, X509_free>;
using BioHandle = Owned<BIO, BIO_free_all>;
using NumberHandle = Owned<BIGNUM, BN_free>;

/// DER through one of OpenSSL's i2d functions; empty when it fails.
template <class T, class Encode>
[[nodiscard]] std::string to_der(Encode encode, T* object) {
    unsigned char* bytes = nullptr;
    const int size = encode(object, &bytes);
    if (size <= 0) return {};
    std::string out(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
    OPENSSL_free(bytes);
    return out;
}

/// From DER through one of OpenSSL's d2i functions; null when it cannot be read or something follows.
template <class Pointer, class Decode>
[[nodiscard]] Pointer from_der(Decode decode, std::string_view der) {
    const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
    const auto* end = begin + der.size();
    Pointer object(decode(nullptr, &begin, static_cast<long>(der.size())));
    if (object && begin == end) return object;
    ERR_clear_error();
    return nullptr;
}

[[nodiscard]] inline const unsigned char* bytes_of(std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
}
[[nodiscard]] inline BioHandle reader(std::string_view bytes) {
    return BioHandle(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}
[[nodiscard]] std::string text_of(BIO* memory);

/// OpenSSL's last reason, for the English half of an error; empties this thread's queue of errors.
[[nodiscard]] std::string reason();
[[nodiscard]] Error failed(std::string_view vietnamese, std::string_view english);

[[nodiscard]] std::optional<Instant> instant_of(const ASN1_TIME* time);
[[nodiscard]] std::string hex_of(const ASN1_INTEGER* number);
/// RFC 2253, UTF-8 left readable.
[[nodiscard]] std::string text_of(const X509_NAME* name);

[[nodiscard]] inline EVP_PKEY* pkey(const std::shared_ptr<void>& handle) {
    return static_cast<EVP_PKEY*>(handle.get());
}
/// Null for kinds that this program does not sign with.
[[nodiscard]] std::optional<KeyKind> kind_of(EVP_PKEY* key);
/// r||s of an ECDSA signature in DER; nothing when it is none.
[[nodiscard]] std::optional<std::string> raw_ecdsa(std::string_view der);

}  // namespace hl::exchange::openssl
