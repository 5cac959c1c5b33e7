// Tables of the message log's index and of operational records. Any thread.
#pragma once
#include "store/migrations.h"

namespace hl::exchange {

[[nodiscard]] const store::Migrations& log_migrations();

}  // namespace hl::exchange
