// Tables of the connectors' bones; see schema.cpp.
#pragma once
#include "store/migrations.h"

namespace hl::connector {
[[nodiscard]] const store::Migrations& migrations();
}
