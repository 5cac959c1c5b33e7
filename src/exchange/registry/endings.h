// What leaves the exchange: a member, a subsystem, a gateway or a service, from a day on. Its row stays: what held then
// can be answered for ever. In the caller's transaction.
#pragma once
#include "exchange/registry/registry.h"

namespace hl::exchange {

/// What is to end, and the first day without it (today at the earliest). With a member everything of its leaves the
/// configuration, with a subsystem its services and its place at gateways. By registrars of the agency; a service also
/// by the provider's connectors. Errors: access.denied, exchange.unknown_member, exchange.unknown_server,
/// exchange.unknown_service, exchange.ending (it has ended already, or the day is past).
[[nodiscard]] Result<void> end_client(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                      const ClientId& client, Date on, Instant now);
[[nodiscard]] Result<void> end_server(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                      const ServerId& server, Date on, Instant now);
[[nodiscard]] Result<void> end_service(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                       const ServiceId& service, Date on, Instant now);

}  // namespace hl::exchange
