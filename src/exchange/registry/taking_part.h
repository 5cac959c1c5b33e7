// Whether a subsystem is in the exchange today: neither it nor its member has left, and both have begun. Any thread,
// each with its own Reader.
#pragma once
#include "exchange/protocol/identifiers.h"
#include "store/db.h"

namespace hl::exchange {

/// Error exchange.not_taking_part.
[[nodiscard]] Result<void> require_taking_part(store::Reader& reader, const ClientId& subsystem, Date today);

}  // namespace hl::exchange
