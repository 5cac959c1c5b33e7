// Tables of postal orders; see schema.cpp.
#pragma once
#include "store/migrations.h"

namespace hl::post {
[[nodiscard]] const store::Migrations& migrations();
}
