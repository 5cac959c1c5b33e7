// HTTP face of the power company's lane.
#pragma once
#include "access/api.h"
#include "links/power/lanes.h"

namespace hl::power {
void add_routes(access::Api& api);
}
