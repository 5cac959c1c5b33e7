// Taking over dossiers of an older system with the codes they have (any form of codes.h), the state and the dates they
// have there. Open ones get a live holder and the task that state stands for; nothing is recomputed that was promised.
// Each item has its own outcome. Runs in the caller's transaction.
#pragma once
#include "dossiers/bulk.h"

namespace hl::dossiers {

struct ImportItem {
    DossierCode code;                        // as the old system has it
    std::vector<std::string> other_codes{};  // found by these too
    ProcedureCode procedure;
    Channel channel = Channel::desk;
    UnitId place;
    AgencyId agency{};  // who holds it; empty: resolved. An agency that has ended gives its successor
    AgencyId reception{};
    Applicant applicant;
    std::string summary{};
    int status = 4;  // national, 1–10
    Instant filed_at;
    std::optional<Instant> received_at{}, due{}, paused_at{}, finished_at{}, returned_at{};
    int requests = 0;
};
/// Errors of the whole: access.denied, bulk.empty, bulk.too_many. Of an item: import.code, import.exists,
/// import.status, import.dates, filing.*, procedure.*, directory.*.
[[nodiscard]] Result<BulkReport> import_dossiers(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                                 const std::vector<ImportItem>& items, Instant now);

}  // namespace hl::dossiers
