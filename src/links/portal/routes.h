// HTTP face of the national portal's questions, of the national store of papers and of the catalogue beside ours.
#pragma once
#include "access/api.h"
#include "links/portal/portal.h"

namespace hl::links::portal {

struct RouteParts {
    store::Store& store;
    store::Vault& vault;
    /// Null: the portal is not connected, and asking it says so.
    std::shared_ptr<PortalConnector> connector;
    std::function<dossiers::Context()> context;
    std::function<connector::Line()> line;
};
void add_routes(access::Api& api, const RouteParts& parts);

}  // namespace hl::links::portal
