// The console's own way to the gateway inside this server: how it is, and a call tried out as one of one's own systems.
// A tried call is an exchange like any other: signed, judged by rights, logged. Registered once at start; any thread.
#pragma once
#include "access/api.h"
#include "app/program.h"

namespace hl::app {

void add_exchange_try_routes(access::Api& api, Program& program);

}  // namespace hl::app
