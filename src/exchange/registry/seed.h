// The exchange of the demonstration: agencies of the province as members, their systems, services and rights, made
// through the same requests and approvals as in earnest.
#pragma once
#include "exchange/registry/registry.h"

namespace hl::exchange {

struct Seeded {
    size_t members = 0, subsystems = 0, services = 0, rights = 0;
};
/// Members come from the directory snapshot: agencies that it does not have are left out, with everything of theirs.
/// Run again it changes nothing. `organisation` may be null: then nothing is made.
[[nodiscard]] Result<Seeded> seed_exchange(store::Transaction& tx, const Registry& registry,
                                           const std::shared_ptr<const directory::Directory>& organisation,
                                           Random& random, Instant now);

/// What a gateway of the demonstration serves: all seeded subsystems of these members that exist.
[[nodiscard]] std::vector<ClientId> seeded_subsystems(store::Reader& reader);

}  // namespace hl::exchange
