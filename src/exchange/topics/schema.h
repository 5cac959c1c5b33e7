#pragma once
#include "store/migrations.h"

namespace hl::exchange::topics {
[[nodiscard]] const store::Migrations& migrations();
}
