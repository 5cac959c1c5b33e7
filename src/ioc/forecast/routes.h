// HTTP face of the forecast: dossiers at risk, one dossier with its steps, agencies, how well it was calibrated,
// arrivals by week, unusual changes. Leaders see what the indicators show them; a desk asks for the dossiers it may
// read. Codes and no names.
#pragma once
#include "access/api.h"
#include "ioc/forecast/risks.h"
#include "ioc/indicators/pack.h"

namespace hl::forecast {

struct RouteSources {
    store::Store& store;
    std::function<std::shared_ptr<const ioc::Book>()> book;
    std::function<Lore()> lore;  // the present snapshots
};
/// What is referred to outlives the routes.
void add_routes(access::Api& api, RouteSources sources);
/// Part of the above: arrivals and changes.
void add_series_routes(access::Api& api, const RouteSources& sources);

}  // namespace hl::forecast
