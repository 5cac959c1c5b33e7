// The real certification authorities and time-stamp services of an instance, beside (or instead of) the development
// authority. Commands run in the caller's transaction.
#pragma once
#include "base/json.h"
#include "exchange/registry/registry.h"

namespace hl::exchange {

/// {kind: "authority", name, certificate, intermediates?, signing?, authentication?, ocsp_urls?, ocsp_responders?} or
/// {kind: "time_stamper", name, certificate, url}; certificates in PEM. Installation-wide registrars only.
/// Gives the service's id. Errors: access.denied, exchange.certificate, exchange.url, exchange.trust_service_exists.
[[nodiscard]] Result<std::string> add_trust_service(store::Transaction& tx, const Registry& registry,
                                                    const access::Actor& actor, const json::value& body, Instant now);
/// Error exchange.unknown_trust_service.
[[nodiscard]] Result<void> end_trust_service(store::Transaction& tx, const Registry& registry,
                                             const access::Actor& actor, std::string_view id, Instant now);

}  // namespace hl::exchange
