// Tables of the registers; see schema.cpp.
#pragma once
#include "store/migrations.h"

namespace hl::links::registers {
[[nodiscard]] const store::Migrations& migrations();
}
