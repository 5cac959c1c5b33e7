// The HTTP face of this room: signing in and out, second factor, accounts, roles, API keys, the log of reads of
// personal data, OpenID Connect. Registered once at start.
#pragma once
#include "access/api.h"
#include "access/oidc.h"

namespace hl::access {

struct RouteContext {
    store::Store& store;
    Sessions& sessions;
    store::Vault& vault;
    const Clock& clock;
    Random& random;
};

/// The clients are kept alive by the routes.
void add_routes(Api& api, RouteContext context, const std::vector<OidcProvider>& providers,
                const std::vector<OidcProfile>& profiles = {});

[[nodiscard]] boost::json::object to_json(const Account& account);

}  // namespace hl::access
