// Routes of the ledger and the directory: checkpoint, events of a stream, proofs, live feed, followers; units,
// agencies, calendar. Registered once at start.
#pragma once
#include "access/api.h"
#include "app/program.h"

namespace hl::app {

void add_ledger_routes(access::Api& api, Program& program);
void add_directory_routes(access::Api& api, Program& program);

}  // namespace hl::app
