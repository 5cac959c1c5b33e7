// How this installation is: version, clock, disk, database, ledger, last verification and last backup. For
// administrators and auditors. Registered once at start.
#pragma once
#include "access/api.h"
#include "app/program.h"

namespace hl::app {

void add_system_routes(access::Api& api, Program& program);

}  // namespace hl::app
