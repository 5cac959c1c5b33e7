// Tables of directives.
#pragma once
#include "store/migrations.h"

namespace hl::directives {
[[nodiscard]] const store::Migrations& migrations();
}  // namespace hl::directives
