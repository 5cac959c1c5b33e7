// HTTP face of the indicators: definitions, figures, what is behind them, values handed in, alerts. Leaders (a grant
// for the whole installation or at the province's committee) see the whole province, agencies their own.
#pragma once
#include "access/api.h"
#include "ioc/indicators/feed.h"
#include "ioc/indicators/rollup.h"
#include "store/ledger.h"

namespace hl::ioc {

struct RouteSources {
    store::Store& store;
    const store::LedgerKeys& keys;
    BookSource book;
};
/// What is referred to outlives the routes.
void add_indicator_routes(access::Api& api, RouteSources sources);
/// The feed outlives the routes.
void add_feed_route(access::Api& api, WallFeed& feed);

/// Workbooks, the template, fetching; a part of the above.
void add_supplied_routes(access::Api& api, const RouteSources& sources);

/// Agencies whose figures the actor may see; nothing = the whole province. Errors: access.denied.
[[nodiscard]] Result<std::optional<std::vector<AgencyId>>> viewable(const access::Actor& actor, Instant now);

}  // namespace hl::ioc
