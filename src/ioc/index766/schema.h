// The tables of the index: ioc_766_*. The follower's three can be rebuilt from the ledger; the rules come from the
// pack.
#pragma once
#include "store/migrations.h"

namespace hl::index766 {
[[nodiscard]] const store::Migrations& migrations();
}  // namespace hl::index766
