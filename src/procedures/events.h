// What procedures tell the ledger. Payload member names are the wire names; a shape never changes, it gets a new
// version.
#pragma once
#include <string_view>

namespace hl::procedures::events {
inline constexpr std::string_view published =
    "procedures.published";  // v1 {release, procedure, number, valid_from, valid_to, card, form, flow, rules,
                             // publisher, approver}
inline constexpr std::string_view ended =
    "procedures.ended";  // v1 {release, procedure, valid_to}: the end of the newest release was set, moved or lifted
inline constexpr std::string_view samples_kept = "procedures.samples_kept";     // v1 {release, procedure, hash}
inline constexpr std::string_view proposed = "procedures.proposed";             // v1 {proposal, procedure, valid_from}
inline constexpr std::string_view withdrawn = "procedures.proposal_withdrawn";  // v1 {proposal, procedure, reason}
inline constexpr std::string_view transition =
    "procedures.transition";  // v1 {transition, procedure, from, to, act, article, applies_from}
inline constexpr std::string_view templates_loaded = "procedures.templates_loaded";  // v1 {hash, templates[]}
}  // namespace hl::procedures::events
