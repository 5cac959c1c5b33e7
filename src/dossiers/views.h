// Dossiers as JSON for the API. Times are RFC 3339 with the province's offset, unknown is null. Pure; any thread.
#pragma once
#include "dossiers/bulk.h"
#include "dossiers/queries.h"
#include "dossiers/statistics.h"

namespace hl::dossiers {

/// Without anything personal: what every command answers.
[[nodiscard]] json::object view(const Dossier& d);
[[nodiscard]] json::object view(const Task& t);
[[nodiscard]] json::object view(const WholeDossier& whole, const Context& ctx);
[[nodiscard]] json::object view(const Clocks& clocks);
[[nodiscard]] json::object view(const HistoryEntry& entry);
[[nodiscard]] json::object view(const QueuePage& page);
[[nodiscard]] json::object view(const DossierPage& page);
[[nodiscard]] json::object view(const Tracking& tracking, const Context& ctx);
[[nodiscard]] json::object view(const StatisticsRow& row);
[[nodiscard]] json::object view(const BulkReport& report);
[[nodiscard]] std::string etag_of(const Dossier& d);

}  // namespace hl::dossiers
