// Tables of documents; see schema.cpp.
#pragma once
#include "store/migrations.h"

namespace hl::documents {
[[nodiscard]] const store::Migrations& migrations();
}
