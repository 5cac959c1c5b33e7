// Tables of the forecast.
#pragma once
#include "store/migrations.h"

namespace hl::forecast {
[[nodiscard]] const store::Migrations& migrations();
}
