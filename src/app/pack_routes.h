// Packs over HTTP, for administrators: check one (the configured folder, or files sent along) and apply what was
// checked. Nothing that is sent is kept. Registered once at start.
#pragma once
#include "access/api.h"
#include "app/program.h"

namespace hl::app {

void add_pack_routes(access::Api& api, Program& program);

}  // namespace hl::app
