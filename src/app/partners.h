// The connectors to partners: which there are, and their command line.
#pragma once
#include "base/result.h"

namespace hl::app {
class Program;
/// Adds every connected partner to the program's hub and its follower to the followers. Errors: what a partner's
/// settings lack.
[[nodiscard]] Result<void> add_all_partners(Program& program);
}  // namespace hl::app
