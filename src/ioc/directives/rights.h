// Who sees a directive and who may do what with it. Pure questions to the actor's grants; any thread.
#pragma once
#include "access/access.h"
#include "ioc/directives/directive.h"

namespace hl::directives {

/// In whose name the actor tells this agency what to do: the highest agency above it (or itself) where he may. Errors:
/// access.denied.
[[nodiscard]] Result<AgencyId> issuer_for(const access::Actor& actor, const AgencyId& agency, Instant now);
/// Leaders and who may see the agency's figures see all of its directives; its people see those that are the agency's
/// or their own. Errors: access.denied.
[[nodiscard]] Result<void> may_see(const access::Actor& actor, const Directive& d, Instant now);
/// Errors: access.denied, directive.not_yours (given to another officer), directive.issuers_side (who judges the
/// answer does not give it).
[[nodiscard]] Result<void> may_do(const access::Actor& actor, const Directive& d, Command command, Instant now);
/// Does any right of the actor let him see directives at all? Errors: access.denied.
[[nodiscard]] Result<void> sees_any(const access::Actor& actor, Instant now);

}  // namespace hl::directives
