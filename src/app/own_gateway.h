// The gateway inside the province's server: the folder DATA/gateway, once it has joined (`hienluong gateway join`). In
// a demonstration it joins by itself, serves the made-up systems and answers for the made-up register of businesses.
#pragma once
#include <memory>
#include <string>

#include "app/gateway_node.h"
#include "app/program.h"

namespace hl::app {

/// Starts it when it has joined; null when it has not. `url`: where this program's own registry answers, which a
/// demonstration on another port than yesterday must be told. A gateway that cannot start is an error: its systems
/// would wait for nothing.
[[nodiscard]] Result<std::unique_ptr<GatewayNode>> start_own_gateway(Program& program, const std::string& url);

/// The demonstration's: a join code made and used here, ports that were free, a table of made-up businesses.
[[nodiscard]] Result<void> join_demonstration(Program& program, const std::string& url);

}  // namespace hl::app
