// Tables of the national portal's questions and of its catalogue beside ours; see schema.cpp.
#pragma once
#include "store/migrations.h"

namespace hl::links::portal {
[[nodiscard]] const store::Migrations& migrations();
}
