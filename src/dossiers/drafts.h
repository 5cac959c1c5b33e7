// Filings that are not filed yet: what somebody typed so far and the papers he added, kept so that he can go on later
// or on another device. A draft is no dossier: nobody works on it and the ledger knows nothing of it. Everything in it
// is sealed; it goes when it is filed, thrown away, or untouched for thirty days. Threads: the transaction's.
#pragma once
#include "dossiers/commands.h"
#include "dossiers/files.h"

namespace hl::dossiers {

using DraftId = Id<struct DraftTag>;

inline constexpr std::chrono::days draft_life{30};
inline constexpr int most_drafts = 50;                  // of one account
inline constexpr size_t most_draft_bytes = 200 * 1024;  // of what was typed, as JSON

/// Who asks: an account owns its drafts; without one, whoever knows the token that the first request made up.
struct DraftHolder {
    const access::Actor& actor;
    std::string token;
};
struct Draft {
    DraftId id;
    std::string owner;  // actor's label; empty: held by token
    ProcedureCode procedure;
    SubjectId subject;
    bool own_subject = false;
    int64_t version = 1;  // of the body
    Instant created_at, updated_at;
    json::object body;  // whatever the form has so far
    std::vector<File> files;
    [[nodiscard]] Instant expires_at() const { return updated_at + draft_life; }
};

/// Errors: procedure.unknown, draft.token (none or a weak one without an account), draft.too_many, draft.too_large.
[[nodiscard]] Result<Draft> create_draft(store::Transaction& tx, const Context& ctx, const DraftHolder& holder,
                                         const ProcedureCode& procedure, const json::object& body, Instant now);
/// Errors: draft.not_found (also for a wrong token, and when it has expired), draft.changed (409: `version` is not the
/// newest), draft.too_large, subject.erased.
[[nodiscard]] Result<Draft> save_draft(store::Transaction& tx, const Context& ctx, const DraftHolder& holder,
                                       const DraftId& id, int64_t version, const json::object& body, Instant now);
[[nodiscard]] Result<void> discard_draft(store::Transaction& tx, const Context& ctx, const DraftHolder& holder,
                                         const DraftId& id, Instant now);
/// With its body and files.
[[nodiscard]] Result<Draft> load_draft(store::Reader& reader, const Context& ctx, const DraftHolder& holder,
                                       const DraftId& id, Instant now);
/// An account's drafts, newest first, without body and files.
[[nodiscard]] std::vector<Draft> list_drafts(store::Reader& reader, const access::Actor& actor, Instant now);
/// Files the dossier, gives it the draft's files as papers, and ends the draft: all or nothing. Errors: of `file` and
/// of adding a file; draft.procedure (the filing is of another procedure).
[[nodiscard]] Result<Dossier> file_draft(store::Transaction& tx, const Context& ctx, const DraftHolder& holder,
                                         const DraftId& id, const Filing& filing, const FileRules& rules, Instant now);
/// Ends at most `limit` drafts that nobody touched for thirty days; how many.
[[nodiscard]] Result<int> expire_drafts(store::Transaction& tx, store::Vault& vault, int limit, Instant now);

// --- Files of a draft (draft_files.cpp)
// -------------------------------------------------------------------------------

/// Errors: as of Files::add, and draft.not_found. The same bytes for the same component are the same file (second
/// false).
[[nodiscard]] Result<std::pair<File, bool>> add_draft_file(const Files& files, const Context& ctx,
                                                           const DraftHolder& holder, const DraftId& id,
                                                           const FileInput& input, std::string_view bytes, Instant now);
[[nodiscard]] Result<FileContent> draft_file_content(const Files& files, const Context& ctx, const DraftHolder& holder,
                                                     const DraftId& id, const FileId& file, Instant now);
[[nodiscard]] Result<void> remove_draft_file(store::Transaction& tx, const Context& ctx, const DraftHolder& holder,
                                             const DraftId& id, const FileId& file, Instant now);

namespace drafts {  // rows; for the room
/// Without body and files. Errors: draft.not_found.
[[nodiscard]] Result<Draft> find(store::Reader& reader, const DraftHolder& holder, const DraftId& id, Instant now);
struct SealedFile {
    File file;
    std::string sealed;
};
[[nodiscard]] std::vector<SealedFile> files_of(store::Reader& reader, const DraftId& id);
/// Makes it live another thirty days.
void touch(store::Transaction& tx, const DraftId& id, Instant now);
}  // namespace drafts

}  // namespace hl::dossiers
