// What the citizen's pages offer through partners, on the connectors of this program.
#pragma once
#include <memory>

#include "portal/outside.h"

namespace hl::app {
class Program;
/// Its parts are empty where a partner is not connected.
[[nodiscard]] std::shared_ptr<const portal::Outside> outside_of(Program& program);
}  // namespace hl::app
