// Tables of the store room itself: ledger, tiles, checkpoints, followers' cursors, counters, subjects.
#pragma once
#include "store/migrations.h"

namespace hl::store {
[[nodiscard]] const Migrations& migrations();
}
