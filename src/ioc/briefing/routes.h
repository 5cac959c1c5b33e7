// The briefing over HTTP. Registered once at start; the handler runs on any thread.
#pragma once
#include "access/api.h"
#include "ioc/briefing/briefing.h"

namespace hl::briefing {

struct RouteSources {
    store::Store& store;
    /// The snapshots of the moment, with the index's rules as the reader knows them.
    std::function<Result<Sources>(store::Reader&)> sources;
};
void add_routes(access::Api& api, RouteSources sources);

}  // namespace hl::briefing
