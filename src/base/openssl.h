// What rooms that read certificates need of OpenSSL: owners for its objects, DER of them, its times and names as ours.
// Not for public headers. Any thread.
#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace hl::openssl {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};
template <class T, auto free_function>
using Owned = std::unique_ptr<T, Free<free_function>>;
using BioHandle = Owned<BIO, BIO_free_all>;

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

[[nodiscard]] inline BioHandle reader(std::string_view bytes) {
    return BioHandle(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}
[[nodiscard]] std::string text_of(BIO* memory);
[[nodiscard]] std::optional<Instant> instant_of(const ASN1_TIME* time);
/// RFC 2253, UTF-8 left readable.
[[nodiscard]] std::string text_of(const X509_NAME* name);

}  // namespace hl::openssl
