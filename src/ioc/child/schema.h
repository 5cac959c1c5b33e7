// Tables of the line between operations centres, both ends.
#pragma once
#include "store/migrations.h"

namespace hl::ioc::child {
[[nodiscard]] const store::Migrations& migrations();
}  // namespace hl::ioc::child
