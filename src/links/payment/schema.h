// Tables of payments; see schema.cpp.
#pragma once
#include "store/migrations.h"

namespace hl::payment {
[[nodiscard]] const store::Migrations& migrations();
}
