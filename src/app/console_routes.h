// Two things that administrators do from the console: try a reorganisation out before it is done, and have the ledger
// verified while the server runs. Registers routes once.
#pragma once
#include "access/api.h"
#include "app/program.h"

namespace hl::app {

void add_console_routes(access::Api& api, Program& program);

}  // namespace hl::app
