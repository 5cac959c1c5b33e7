// Faults on their way through code that returns errors: a fault travels as an Error whose code is the fault's own
// ("server.…"), and an error of the parts below becomes the fault that X-Road has for it. Pure; any thread.
#pragma once
#include "exchange/protocol/faults.h"

namespace hl::exchange::gateway {

[[nodiscard]] Error carried(Fault fault);
/// A carried fault as it was; any other error by what it means on `side` (client_proxy, server_proxy).
[[nodiscard]] Fault fault_for(const Error& error, std::string_view side);
/// With a UUID of its own in `detail`, unless it has one.
[[nodiscard]] Fault with_detail(Fault fault, Instant now, Random& random);

}  // namespace hl::exchange::gateway
