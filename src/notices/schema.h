// Tables of the notices; see schema.cpp.
#pragma once
#include "store/migrations.h"

namespace hl::notices {
[[nodiscard]] const store::Migrations& migrations();
}
