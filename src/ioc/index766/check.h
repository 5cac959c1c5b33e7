// Computes everything again from the ledger's events, without the follower's tables, and says every difference.
#pragma once
#include <functional>

#include "ioc/index766/facts.h"
#include "store/store.h"

namespace hl::index766 {

struct CheckReport {
    int64_t dossiers = 0, months = 0, counts = 0;
    int64_t position = 0;               // events that the tables hold
    std::vector<std::string> problems;  // each names the dossier, month or count, in words (English)
};
/// On one snapshot. Errors: index766.not_ready (the follower has not run yet), event.damaged.
[[nodiscard]] Result<CheckReport> check(store::Reader& reader,
                                        const std::function<void(int64_t done, int64_t total)>& progress = {});

}  // namespace hl::index766
