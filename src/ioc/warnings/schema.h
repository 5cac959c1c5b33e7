// Tables of warnings.
#pragma once
#include "store/migrations.h"

namespace hl::warnings {
[[nodiscard]] const store::Migrations& migrations();
}  // namespace hl::warnings
