// What was done to keep an installation well, as events of its own ledger: backups made, the ledger verified. Written
// by whoever did it, on any node or by the command line; the console shows the newest. Any thread.
#pragma once
#include "app/backup.h"
#include "store/ledger.h"

namespace hl::app {

struct VerificationRecord {
    Instant at;
    int64_t events = 0, problems = 0;
};
/// A record that cannot be written is a warning in the log: what was found out is true all the same.
void record_verification(Program& program, const store::VerifyReport& report, std::string_view actor);
[[nodiscard]] std::optional<VerificationRecord> last_verification(store::Reader& reader);

struct BackupRecord {
    Instant at;
    BackupSummary what;
};
void record_backup(Program& program, const BackupSummary& made, std::string_view actor);
/// Nothing: none that this program made and knows of; there may be others (PostgreSQL's own archiving).
[[nodiscard]] std::optional<BackupRecord> last_backup(store::Reader& reader);

}  // namespace hl::app
