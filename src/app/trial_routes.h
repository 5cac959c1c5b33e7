// Trying a procedure out on the calendar, before or after it is published: no dossier is made. Registered once at
// start.
#pragma once
#include "access/api.h"
#include "app/program.h"

namespace hl::app {

void add_trial_routes(access::Api& api, Program& program);

}  // namespace hl::app
