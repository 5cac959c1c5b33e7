// The same command on many dossiers: each has its own outcome, and one refusal does not stop the others. All accepted
// ones land in the caller's transaction together.
#pragma once
#include "dossiers/commands.h"

namespace hl::dossiers {

struct BulkOutcome {
    DossierCode code;
    Result<Dossier> result;
};
using BulkReport = std::vector<BulkOutcome>;
inline constexpr size_t most_in_bulk = 500;

/// Errors: bulk.too_many (more than most_in_bulk), bulk.empty. Repeated codes are taken once.
[[nodiscard]] Result<BulkReport> receive_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                             const std::vector<Target>& targets, Instant now);
[[nodiscard]] Result<BulkReport> transfer_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                              const std::vector<Target>& targets, Instant now);
[[nodiscard]] Result<BulkReport> refuse_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                            const std::vector<Target>& targets, const std::vector<std::string>& reasons,
                                            Instant now);

/// Ends the actor's open step of each.
[[nodiscard]] Result<BulkReport> complete_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                              const std::vector<Target>& targets, const std::string& note, Instant now);
/// Gives the open task of each to another officer, as when its holder is on leave. Of a dossier with several open tasks
/// nothing is guessed (task.which).
[[nodiscard]] Result<BulkReport> reassign_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                              const std::vector<Target>& targets, const OfficerId& officer,
                                              const std::string& reason, Instant now);
/// Signs the granted result of each. `kind` as the cards name it; empty: only where a card lists one kind or none, for
/// what is signed is never guessed (result.kind).
[[nodiscard]] Result<BulkReport> sign_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                          const std::vector<Target>& targets, const std::string& kind,
                                          const std::string& signature, Instant now);

}  // namespace hl::dossiers
