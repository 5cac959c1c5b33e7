// HTTP face of the connectors: /api/v1/links/…
#pragma once
#include "access/api.h"
#include "links/connector/hub.h"

namespace hl::connector {

struct RouteParts {
    Hub& hub;
    /// What keys that the partner does not have cost in the index of Decision 766; null where nothing is known. By the
    /// program, since the index is another room's.
    std::function<json::value(store::Reader&, std::string_view connector, const std::vector<std::string>& keys,
                              Instant now)>
        cost{};
};
/// `parts` is copied; the hub outlives the routes.
void add_routes(access::Api& api, const RouteParts& parts);

/// One connector as the API and the command line show it.
[[nodiscard]] json::object view(store::Reader& reader, Hub::Entry& entry, Instant now);

}  // namespace hl::connector
