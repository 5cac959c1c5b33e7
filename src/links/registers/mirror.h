// Dossiers that the province's agencies handle on a central system and not here: mirrored for the one-stop's
// statistics, counted by themselves and never among our own. What the system no longer lists is marked gone, not
// forgotten; what it says in words that the mapping does not know is counted as unknown. Nobody's name is taken over.
// Any thread.
#pragma once
#include "dossiers/context.h"
#include "links/registers/record.h"
#include "store/store.h"

namespace hl::links::registers {

/// Every page, one write each; at the end what was not seen is marked gone. An interrupted pass marks nothing.
/// Report: listed, added, changed, same, unknown_status, unreadable, ours, gone, total_there, agrees.
[[nodiscard]] Result<json::object> mirror_all(store::Store& store, const std::function<dossiers::Context()>& context,
                                              const std::string& system, const MirrorShape& shape,
                                              const std::function<Result<std::string>(int page)>& fetch, Instant now);

struct MirrorCounts {
    int64_t received = 0;                       // within the period
    int64_t in_time = 0, late = 0, no_due = 0;  // finished, of those received
    int64_t ended = 0;                          // refused, withdrawn or stopped there
    int64_t open = 0, open_late = 0;
    int64_t unknown = 0;  // the system's status is not known here: in none of the above but `received`
    int64_t gone = 0;     // no longer listed there: not in any of the above
    int64_t ours = 0;     // our own dossiers, which the system lists too: not in any of the above
    std::optional<Instant> seen_at{};
};
[[nodiscard]] MirrorCounts count_mirrored(store::Reader& reader, std::string_view system, Instant from, Instant until,
                                          Instant now);
[[nodiscard]] std::vector<std::string> mirrored_systems(store::Reader& reader);

struct MirrorRow {
    Mirrored dossier;
    bool ours = false;
    Instant first_seen, last_seen, changed_at;
    std::optional<Instant> gone_at;
};
[[nodiscard]] std::vector<MirrorRow> find_mirrored(store::Reader& reader, std::string_view system,
                                                   std::string_view after, int limit);

}  // namespace hl::links::registers
