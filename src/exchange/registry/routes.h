// The HTTP face of the registry under /api/v1/exchange. Registered once at start; the context outlives the routes.
#pragma once
#include "access/api.h"
#include "exchange/registry/registry.h"

namespace hl::exchange {

struct RegistryRouteContext {
    store::Store& store;
    const Registry& registry;
    Random& random;
};

void add_registry_routes(access::Api& api, const RegistryRouteContext& context);

}  // namespace hl::exchange
