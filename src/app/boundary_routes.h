// Boundaries for maps, as the operator loaded them: which there are, and one layer as TopoJSON or GeoJSON.
#pragma once
#include "access/api.h"
#include "app/program.h"

namespace hl::app {
void add_boundary_routes(access::Api& api, Program& program);
}
