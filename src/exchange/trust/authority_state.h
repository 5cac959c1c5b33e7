// What the development authority holds while it is open; shared by the sources that issue, answer OCSP and stamp time.
#pragma once
#include <mutex>

#include "exchange/trust/authority.h"
#include "exchange/trust/authority_certificate.h"
#include "exchange/trust/authority_register.h"
#include "exchange/trust/keys_openssl.h"

namespace hl::exchange {

/// A certificate with the key that signs for it.
struct AuthorityService {
    KeyPtr key;
    Certificate certificate;
    openssl::X509Handle x509;
};

struct DevelopmentAuthority::State {
    State(AuthorityRegister opened, const Clock& c, Random& r) : clock(c), random(r), issued(std::move(opened)) {}

    const Clock& clock;
    AuthorityService root, responder, stamper;

    std::mutex mutex;  // guards what follows
    Random& random;
    AuthorityRegister issued;
};

}  // namespace hl::exchange
