// Backup and restore of a whole installation: database, files of dossiers, and a manifest that says what must be there.
// Keys are not in it: whoever holds a backup without the keys can read no personal data and forge no checkpoint.
#pragma once
#include <filesystem>

#include "app/program.h"

namespace hl::app {

struct BackupSummary {
    int64_t events = 0;
    int64_t files = 0;
    int64_t bytes = 0;
};
/// While the server runs. `target` must not exist or be empty. Errors: backup.target, backup.tool (PostgreSQL's
/// pg_dump is missing or failed), store.full.
[[nodiscard]] Result<BackupSummary> backup(Program& program, const std::filesystem::path& target);
/// Into an empty installation; the keys are put in place by hand first. Errors: restore.not_empty, restore.damaged
/// (names the file), restore.keys (the checkpoint is not signed by these keys).
[[nodiscard]] Result<BackupSummary> restore(const Config& config, const Clock& clock,
                                            const std::filesystem::path& source);

}  // namespace hl::app
