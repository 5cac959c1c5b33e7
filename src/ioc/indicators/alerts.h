// Rules of the pack held against the figures: beyond a threshold, rising or falling sharply, gone stale, absent. Raised
// once when it has lasted, over only on the calm side of a second limit, not raised in quiet hours unless critical.
// Each change is an event in the ledger. Plain functions over a transaction; whoever keeps house calls them.
#pragma once
#include "ioc/indicators/figures.h"

namespace hl::ioc {

struct AlertRun {
    int64_t judged = 0, raised = 0, cleared = 0;
};
/// Judges every rule once. `organisation` lists the agencies of rules that are held against each.
[[nodiscard]] Result<AlertRun> judge_alerts(store::Transaction& tx, const Book& book,
                                            const directory::Directory& organisation, Instant now);
/// Whether any rule would change how it stands: asked on a snapshot, so that a write is made only when there is one.
[[nodiscard]] Result<bool> alerts_change(store::Reader& reader, const Book& book,
                                         const directory::Directory& organisation, Instant now);

struct Alert {
    const AlertRule* rule = nullptr;
    const Indicator* indicator = nullptr;
    AgencyId agency;  // empty: the whole province
    Instant since;
    std::string period;
    std::optional<double> value;
};
/// Those that stand, newest first. With `agencies`, theirs only.
[[nodiscard]] std::vector<Alert> standing_alerts(store::Reader& reader, const Book& book,
                                                 const std::optional<std::vector<AgencyId>>& agencies);

/// Is a minute of the day within [from, to), which may go over midnight?
[[nodiscard]] bool within_quiet(const std::pair<int, int>& quiet, int minute);

}  // namespace hl::ioc
