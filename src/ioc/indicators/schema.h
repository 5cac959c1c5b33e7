// Tables of the indicators.
#pragma once
#include "store/migrations.h"

namespace hl::ioc {
[[nodiscard]] const store::Migrations& migrations();
}
