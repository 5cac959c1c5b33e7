// What a person has with the province: his dossiers by his subject, and what he typed last, so that nobody asks twice.
// Whoever shows a person logs the read. Any thread with its own Reader.
#pragma once
#include "dossiers/drafts.h"

namespace hl::dossiers {

/// Dossiers of one subject whose key is below `before`, newest first. Empty for an empty subject.
[[nodiscard]] std::vector<Dossier> dossiers_of(store::Reader& reader, const SubjectId& subject, int64_t before,
                                               int limit);
/// The person of one dossier. Errors: subject.erased.
[[nodiscard]] Result<Person> person_of(store::Reader& reader, const Context& ctx, const Dossier& d);
/// Was it rated already.
[[nodiscard]] bool is_rated(store::Reader& reader, const Dossier& d);
/// A draft held by token becomes the account's, which can then go on with it on another device. Nothing happens when it
/// is the account's already. Errors: draft.not_found, draft.too_many.
[[nodiscard]] Result<void> adopt_draft(store::Transaction& tx, const DraftHolder& holder, const DraftId& id,
                                       Instant now);

}  // namespace hl::dossiers
