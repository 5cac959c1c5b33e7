// Four-eyes publishing: one person proposes a sheet, another publishes it. The proposal keeps the sheet's text as it
// was judged, so that what is published is what was read. Runs in the caller's transaction.
#pragma once
#include "procedures/linter.h"
#include "procedures/publish.h"

namespace hl::procedures {

/// A sheet read and judged.
struct Checked {
    std::optional<Draft> draft;
    std::vector<Error> errors;      // the sheet itself is wrong
    std::vector<Finding> findings;  // what the linter says
    [[nodiscard]] bool publishable() const { return draft && errors.empty() && !has_errors(findings); }
};
[[nodiscard]] Checked check_sheet(store::Reader& reader, const std::string& text, const std::string& file,
                                  const Catalogue& catalogue, const directory::Directory* organisation, Instant now);
/// The first thing that keeps it from being published.
[[nodiscard]] Error refusal(const Checked& checked);

struct Proposal {
    std::string id, procedure, name, text, proposed_by, state;  // open | published | withdrawn
    Instant valid_from, proposed_at;
    std::string release;  // once published
};
[[nodiscard]] Proposal propose(store::Transaction& tx, const Draft& draft, const std::string& text, Instant valid_from,
                               std::string_view actor, Instant now);
[[nodiscard]] std::vector<Proposal> open_proposals(store::Reader& reader);
[[nodiscard]] std::optional<Proposal> find_proposal(store::Reader& reader, const std::string& id);
/// Errors: procedure.proposal_closed, procedure.same_person, and those of publish().
[[nodiscard]] Result<ReleaseId> publish_proposal(store::Transaction& tx, const Proposal& proposal, const Draft& draft,
                                                 std::string_view approver, Instant now);

/// Errors: procedure.proposal_unknown, procedure.proposal_closed.
[[nodiscard]] Result<void> withdraw_proposal(store::Transaction& tx, const std::string& id, std::string_view actor,
                                             std::string_view reason, Instant now);
/// The sheet that was published as this release, when it came as a proposal.
[[nodiscard]] std::optional<std::string> published_sheet(store::Reader& reader, const ReleaseId& release);

}  // namespace hl::procedures
