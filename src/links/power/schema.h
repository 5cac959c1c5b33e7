// Tables of the power company's lane; see schema.cpp.
#pragma once
#include "store/migrations.h"

namespace hl::power {
[[nodiscard]] const store::Migrations& migrations();
}
