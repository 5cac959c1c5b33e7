// Making releases out of drafts, and the transitional rules that let open dossiers move between releases. Runs in the
// caller's transaction; callers reload their Catalogue after the commit.
#pragma once
#include "procedures/pack.h"
#include "store/store.h"

namespace hl::procedures {

/// Who publishes, and who looked at it too. With `four_eyes` a second person is obligatory.
struct Publication {
    std::string actor;
    std::string approver{};
    bool four_eyes = false;
};

/// Stores the four artefacts (each once, by hash) and a release that binds them from `valid_from` on. The release
/// before it ends there. A release may lie in the future.
/// Errors: procedure.overlap (a later release exists already), procedure.validity, procedure.approver_missing,
/// procedure.same_person, procedure.unchanged.
[[nodiscard]] Result<ReleaseId> publish(store::Transaction& tx, const Draft& draft, const Publication& by,
                                        Instant valid_from, Instant now);

struct Applied {
    std::vector<ReleaseId> published;
    std::vector<ReleaseId> ended;  // only their end changed
    size_t unchanged = 0;
};
/// The sample dossiers that came with a release, for the linter to replay when it is changed. They say what its tables
/// answer and are no part of them: a pack may bring new ones for a release that stays.
[[nodiscard]] Result<std::vector<Sample>> samples_of(store::Reader& reader, const ReleaseId& release);
/// Publishes what differs from the newest release of each procedure; running it again changes nothing. Of a published
/// release only the end may change, while it and the new one lie ahead: a procedure is abolished so.
/// Errors as publish, each pointing to its file; procedure.valid_from_kept when a sheet changed but not its valid.from;
/// procedure.ended when an end lies in the past.
[[nodiscard]] Result<Applied> apply_procedures(store::Transaction& tx, const ProcedurePack& pack, const Publication& by,
                                               Instant now);
/// In Vietnamese words, against what is stored: "1.001193: thời hạn (desk) 15 → 12 ngày làm việc, từ 01/01/2027".
[[nodiscard]] std::vector<std::string> describe_changes(store::Reader& reader, const ProcedurePack& pack);
/// Between two versions of one procedure.
[[nodiscard]] std::vector<std::string> describe_changes(const Card& old_card, const Form& old_form,
                                                        const Flow& old_flow, const Rules& old_rules, const Card& card,
                                                        const Form& form, const Flow& flow, const Rules& rules);

/// The signed rule by which dossiers of one release go on under another.
struct Transition {
    std::string id;
    ReleaseId from, to;
    std::string act, article;  // legal basis
    Instant applies_from;
    std::string decided_by;
    Instant decided_at;
};
/// Errors: procedure.unknown, procedure.transition (another procedure, or the same release), procedure.basis_required.
[[nodiscard]] Result<Transition> add_transition(store::Transaction& tx, const ReleaseId& from, const ReleaseId& to,
                                                const Basis& basis, Instant applies_from, std::string_view actor,
                                                Instant now);
/// The transitional rule that leads from `from` to `to` at `at`, or nothing: then the dossier stays where it is.
[[nodiscard]] std::optional<Transition> find_transition(store::Reader& reader, const ReleaseId& from,
                                                        const ReleaseId& to, Instant at);

/// The templates of the last applied pack, so that drafts can be checked while the server runs.
[[nodiscard]] Templates load_templates(store::Reader& reader, std::vector<Error>& errors);

}  // namespace hl::procedures
