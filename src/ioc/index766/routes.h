// The index over HTTP: the province, its agencies, the dossiers behind each criterion, one dossier explained, the
// rules, and a published score held against ours. Registered once at start; handlers run on any thread.
#pragma once
#include "access/api.h"
#include "dossiers/context.h"
#include "ioc/index766/views.h"

namespace hl::index766 {

struct RouteSources {
    std::function<dossiers::Context()> context;  // the snapshots of the moment
    store::Store& store;
    StoredRules& rules;
};
void add_routes(access::Api& api, RouteSources sources);

}  // namespace hl::index766
