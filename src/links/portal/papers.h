// Which paper of the national store stands for a component of a dossier: said by the clerk when he takes it, kept as an
// event in the dossier's own stream, told to the portal with the component (MaKetQuaThayThe). A code of the store's
// list of results and no number of a paper: nothing personal.
#pragma once
#include "access/access.h"
#include "dossiers/context.h"
#include "dossiers/dossier.h"
#include "store/ledger.h"

namespace hl::links::portal {

/// {"code": dossier, "papers": {component: code of the result}}: all of them, each time.
inline constexpr std::string_view papers_taken = "portal.papers_taken";

using TakenPapers = std::map<std::string, std::string>;  // component → code in the store
[[nodiscard]] TakenPapers papers_in(const store::StoredEvent& event);

/// May the actor ask the store for this dossier, and say what he takes: who receives or handles it. Errors: access.*.
[[nodiscard]] Result<void> may_take_papers(const access::Actor& actor, const dossiers::Dossier& dossier, Instant now);
/// What stands for which component from now on; one that is not named is the person's own paper again. The same as
/// before changes nothing. Errors: dossier.not_found, papers.over (the dossier is closed), papers.component (the
/// procedure has no such component), papers.code, access.*.
[[nodiscard]] Result<TakenPapers> take_papers(store::Transaction& tx, const dossiers::Context& ctx,
                                              const access::Actor& actor, const std::string& dossier,
                                              const TakenPapers& papers, Instant now);

}  // namespace hl::links::portal
