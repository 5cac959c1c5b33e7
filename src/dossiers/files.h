// Attachments of dossiers: papers of the filing, answers to a supplement, officers' working papers, results. The
// content is sealed with a key of its own, which is sealed with the subject's: written and synced first, referenced
// afterwards in the same write as the dossier's new version and its event. A file is never changed; it is withdrawn,
// and its line stays. Files is safe on any thread; sizes are bytes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "dossiers/commands.h"
#include "dossiers/file_types.h"
#include "dossiers/virus_scan.h"
#include "store/blobs.h"
#include "store/store.h"

namespace hl::dossiers {

using FileId = Id<struct FileTag>;
struct FileSecret;  // file_vault.h

enum class FileRole : int { paper = 1, supplement = 2, working = 3, result = 4 };
[[nodiscard]] std::string_view to_string(FileRole role);
[[nodiscard]] std::optional<FileRole> file_role_from(std::string_view word);

struct FileRules {
    int64_t most_bytes = 20 << 20;           // of one file
    int64_t most_dossier_bytes = 100 << 20;  // of a dossier's files together
    int most_files = 200;                    // of a dossier, withdrawn ones too
    std::vector<std::string> types = default_file_types();
};
/// The content of a withdrawn file is kept so long, for disputes, and is shown to nobody meanwhile.
inline constexpr std::chrono::days withdrawn_life{30};

/// A file's line, without its content.
struct File {
    FileId id;
    FileRole role = FileRole::paper;
    std::string component;  // id in the card's components (of a result: in its results); may be empty
    std::string kind;       // word of its type
    int64_t bytes = 0;
    std::string hash;  // HMAC-SHA-256 of the content, in hex; the same bytes give another one in another dossier
    FileHash content;  // its name in the file store
    std::string scan;  // clean | none (no scanner is set up)
    Instant added_at;
    std::string added_by;  // actor's label
    OfficerId officer;
    int task = 0;                       // the step it was added in; 0: none
    State state = State::filed;         // of the dossier then
    int requests = 0;                   // supplements asked for by then
    std::optional<std::string> name{};  // nothing when the subject was erased
    std::optional<Instant> withdrawn_at{};
    std::string withdrawn_by{};
    std::optional<std::string> reason{};  // of the withdrawal; nothing when the subject was erased
};

struct FileInput {
    FileRole role = FileRole::paper;
    std::string component;
    std::string name;  // as sent; checked here
};
struct AddedFile {
    File file;
    Dossier dossier;
    bool fresh = true;  // false: the same bytes were there already for this role and component
};
struct FileContent {
    File file;
    SubjectId subject;
    std::string bytes;
};

/// What files need besides the database. The pointed-to objects outlive it; no scanner = files are stored unscanned and
/// say so.
class Files {
  public:
    Files(store::Store& store, const store::Blobs& blobs, const VirusScanner* scanner, FileRules rules);
    [[nodiscard]] const FileRules& rules() const { return rules_; }
    /// Checks the right, the size and the type, scans, seals, stores, and records it: one event dossier.file_added.
    /// Errors: those of a command, and file.name, file.empty, file.too_large, file.type, file.ending, file.macros,
    /// file.component, file.wrong_time, file.dossier_full, file.infected, scan.unavailable, store.full, subject.erased.
    [[nodiscard]] Result<AddedFile> add(const Context& ctx, const access::Actor& actor, const DossierCode& code,
                                        const FileInput& input, std::string_view bytes, Instant now) const;
    /// The content, checked against its hash. Errors: file.not_found, file.withdrawn, file.damaged, blob.*,
    /// subject.erased, dossier.not_found, access.*.
    [[nodiscard]] Result<FileContent> content(const Context& ctx, const access::Actor& actor, std::string_view code,
                                              const FileId& id, Instant now) const;

    // For the room: the parts of `add` around its two reads and its write; drafts go the same way.
    /// Name, size and type; fills in `secret` but for its key. Errors: file.name, file.empty, file.too_large,
    /// file.type…
    [[nodiscard]] Result<File> look_at(const FileInput& input, std::string_view bytes, FileSecret& secret) const;
    /// Scans, seals under a new key and stores. Errors: file.infected, scan.unavailable, store.full.
    [[nodiscard]] Result<void> keep(const Context& ctx, std::string_view bytes, Instant now, File& file,
                                    FileSecret& secret) const;
    [[nodiscard]] Result<std::string> unseal(const File& file, const FileSecret& secret) const;
    [[nodiscard]] store::Store& store() const { return store_; }

  private:
    store::Store& store_;
    const store::Blobs& blobs_;
    const VirusScanner* scanner_;
    FileRules rules_;
    FileTypes types_;
};

/// For the room: writes the line and the event of a file whose content is stored already.
[[nodiscard]] Result<AddedFile> record_file(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                            const DossierCode& code, const File& file, const FileSecret& secret,
                                            const FileRules& rules, Instant now);
/// Is this component in the card (of a result: in its results)? Errors: file.component.
[[nodiscard]] Result<void> check_component(const procedures::Card& card, FileRole role, const std::string& component);
/// All files the actor may see, oldest first, withdrawn ones too. Working papers are the officers' own: the applicant
/// does not see them.
[[nodiscard]] Result<std::vector<File>> list_files(store::Reader& reader, const Context& ctx,
                                                   const access::Actor& actor, const Dossier& d);
/// Takes a file out: before reception whoever may add papers, afterwards only who added it and while that step lasts.
/// Errors: those of a command, and file.not_found, file.withdrawn, file.reason_required, file.step_passed,
/// file.not_yours.
[[nodiscard]] Result<Dossier> withdraw_file(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                            const Target& target, const FileId& id, const std::string& reason,
                                            Instant now);
/// May this content go from the file store? True while a line needs it.
[[nodiscard]] bool content_is_referenced(store::Reader& reader, const FileHash& content, Instant now);

}  // namespace hl::dossiers
