// A provider's request in the form that adapters and the judge by OpenAPI read. Pure; any thread.
#pragma once
#include "exchange/gateway/provider_call.h"

namespace hl::exchange::gateway {

/// The path normalised, the query decoded; `body` is whole. Errors are carried faults of server.serverproxy.
[[nodiscard]] Result<AdapterRequest> as_adapter_request(const ProviderRequest& request, std::string body);

}  // namespace hl::exchange::gateway
