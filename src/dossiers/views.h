// Dossiers as JSON for the API. Times are RFC 3339 with the province's offset, unknown is null. Pure; any thread.
#pragma once
#include "dossiers/bulk.h"
#include "dossiers/queries.h"
#include "dossiers/statistics.h"

namespace hl::dossiers {

/// Without anything personal: what every command answers.
[[nodiscard]] json::object view(const Dossier& d);
/// With the names of its step, agency and officer, as they are called today.
[[nodiscard]] json::object view(const Task& t, const Context& ctx, const procedures::Release* release);
[[nodiscard]] json::object view(const WholeDossier& whole, const Context& ctx);
[[nodiscard]] json::object view(const Clocks& clocks);
[[nodiscard]] json::object view(const HistoryEntry& entry);
/// Rows for a list: with the procedure's name and flags as of `now`, and nothing personal.
[[nodiscard]] json::object view(const QueuePage& page, const Context& ctx, Instant now);
[[nodiscard]] json::object view(const DossierPage& page, const Context& ctx, Instant now);
[[nodiscard]] json::object view(const Tracking& tracking, const Context& ctx);
[[nodiscard]] json::object view(const StatisticsRow& row);
[[nodiscard]] json::object view(const BulkReport& report);
[[nodiscard]] std::string etag_of(const Dossier& d);

}  // namespace hl::dossiers
