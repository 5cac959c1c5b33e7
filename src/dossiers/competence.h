// Which agency is competent for a dossier and where it is taken in. Pure questions to the snapshots; private.
#pragma once
#include "dossiers/context.h"
#include "procedures/catalogue.h"

namespace hl::dossiers {

/// Where the dossier was handed in: any point of the province; without one, the one-stop unit of the place (commune
/// procedures) or of the competent department. Errors: filing.reception, directory.*.
[[nodiscard]] Result<AgencyId> reception_of(const Context& ctx, const procedures::Release& release,
                                            const AgencyId& wanted, const UnitId& place, Date today);
/// Who decides it: what a decision table says, else the department of the flow, else the commune of the place.
/// Errors: dossier.no_competent_agency.
[[nodiscard]] Result<AgencyId> competent_agency(const Context& ctx, const procedures::Release& release,
                                                const procedures::Decision& decision, const UnitId& place, Date today);

}  // namespace hl::dossiers
