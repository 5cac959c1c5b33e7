// A PKCS#10 request from outside: read, its signature by its own key checked. Pure functions; any thread.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl::exchange {

struct CertificateRequest {
    std::string subject;         // RFC 2253
    std::string public_key_der;  // SubjectPublicKeyInfo
};
inline constexpr size_t largest_certificate_request = 16u << 10;
/// Error exchange.certificate_request.
[[nodiscard]] Result<CertificateRequest> read_certificate_request(std::string_view pem);

}  // namespace hl::exchange
