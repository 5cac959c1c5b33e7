// A certificate into the registry's tables, with its event. Private to this part.
#pragma once
#include "exchange/registry/registry.h"

namespace hl::exchange {

[[nodiscard]] std::string_view word_of(KeyUse use);

struct RegisteredCertificate {
    KeyUse use;
    std::string member, server;  // paths
    Certificate certificate;
};
void register_certificate(store::Transaction& tx, const access::Actor& actor, const RegisteredCertificate& what,
                          Instant now);

}  // namespace hl::exchange
