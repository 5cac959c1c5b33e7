// Which migrations a database lacks, and whether it and the program agree on the others. The engines run them under
// their own lock. Private to the store room.
#pragma once
#include "store/db.h"
#include "store/migrations.h"

namespace hl::store {

inline constexpr std::string_view create_migration_table =
    "CREATE TABLE IF NOT EXISTS store_migration (room TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (room, number))";

/// Runs several statements.
using RunScript = std::function<void(const std::string& script)>;

/// Inside the caller's transaction and lock: creates the table of migrations when it is missing, checks what was
/// applied, runs the rest in the given order. Returns how many were run. A gap in a room's numbers is a
/// std::logic_error. Errors: store.migration_changed, store.newer.
[[nodiscard]] Result<int> migrate(Transaction& tx, const RunScript& run, const Migrations& migrations, Instant now);

}  // namespace hl::store
