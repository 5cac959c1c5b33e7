// What a gateway answers about itself over its own protocol (PR-OPMON): its operational records and the health of its
// services. The owner sees all of them, everybody else the records in which he takes part. Belongs to one loop; the
// database is asked by a worker.
#pragma once
#include "exchange/gateway/metaservices_here.h"
#include "exchange/protocol/monitoring.h"

namespace hl::exchange::gateway {

/// Is this a service of a gateway itself, and not of a subsystem?
[[nodiscard]] bool is_of_gateway(const ServiceId& service);
/// The gateways of a service's owner.
[[nodiscard]] std::vector<const ServerEntry*> gateways_of_owner(const Knowledge& knowledge, const ServiceId& service);

/// Errors are carried faults: client.bad_request, server.serverproxy.not_found (this gateway keeps no records).
[[nodiscard]] Awaitable<Result<Metaservices::SoapAnswer>> answer_monitoring(const Core& core, Providers& providers,
                                                                            Random& random,
                                                                            const SoapMessage& question);

}  // namespace hl::exchange::gateway
