#include "dossiers/drafts.h"
#include "dossiers/file_vault.h"
#include "dossiers/refusals.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view insert_file =
    "INSERT INTO draft_file (id, draft, component, kind, bytes, hash, content, sealed, scan, added_at, added_by) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view delete_file = "DELETE FROM draft_file WHERE draft = ? AND id = ?";
/// On PostgreSQL the draft's row is the lock of its files.
constexpr std::string_view hold_draft = "SELECT id FROM draft WHERE id = ? FOR UPDATE";

Error no_file() {
    return refusal(ErrorKind::not_found, "file.not_found", "Bản nháp không có tệp này. Hãy tải lại bản nháp.",
                   "The draft has no such file. Load the draft again.");
}

Result<std::optional<File>> same_or_room(store::Reader& reader, const Context& ctx, const Draft& draft,
                                         const File& file, const FileRules& rules) {
    const auto there = drafts::files_of(reader, draft.id);
    int64_t bytes = file.bytes;
    for (const auto& f : there) {
        bytes += f.file.bytes;
        if (f.file.component != file.component || f.file.hash != file.hash) continue;
        TRY(auto secret, unseal_secret(reader, ctx, draft.subject, f.file.id, f.sealed));
        File same = f.file;
        same.name = std::move(secret.name);
        return std::optional{std::move(same)};
    }
    // What a draft holds must fit in the dossier that it becomes.
    if (static_cast<int>(there.size()) >= rules.most_files || bytes > rules.most_dossier_bytes)
        return refusal(ErrorKind::too_large, "file.dossier_full",
                       "Bản nháp đã đủ số tệp hoặc dung lượng cho phép. Hãy xoá bớt hoặc giảm dung lượng ảnh.",
                       "The draft has as many files or bytes as are allowed. Remove some or make pictures smaller.");
    return std::optional<File>{};
}

}  // namespace

Result<std::pair<File, bool>> add_draft_file(const Files& files, const Context& ctx, const DraftHolder& holder,
                                             const DraftId& id, const FileInput& input, std::string_view bytes,
                                             Instant now) {
    TRY(const auto before, files.store().read([&](store::Reader& reader) -> Result<Draft> {
        return drafts::find(reader, holder, id, now);
    }));
    TRY(const auto release, ctx.catalogue->valid(before.procedure, now));
    TRY_VOID(check_component(release->card, FileRole::paper, input.component));
    FileSecret secret;
    TRY(auto file, files.look_at(input, bytes, secret));
    file.role = FileRole::paper;
    file.hash = outer_hash(ctx, id.value, secret.sha256);
    TRY(auto there, files.store().read([&](store::Reader& reader) -> Result<std::optional<File>> {
        return same_or_room(reader, ctx, before, file, files.rules());
    }));
    if (there) return std::pair{std::move(*there), false};
    TRY_VOID(files.keep(ctx, bytes, now, file, secret));
    return files.store().write([&](store::Transaction& tx) -> Result<std::pair<File, bool>> {
        (void)tx.first(hold_draft, {id}, [](const store::Row&) { return true; });
        TRY(const auto draft, drafts::find(tx, holder, id, now));
        TRY(auto same, same_or_room(tx, ctx, draft, file, files.rules()));
        if (same) return std::pair{std::move(*same), false};
        TRY(const auto sealed, seal_secret(tx, ctx, draft.subject, file.id, secret));
        File added = file;
        added.added_at = now;
        added.added_by = holder.actor.label();
        tx.execute(insert_file, {added.id, id, added.component, added.kind, added.bytes, added.hash, added.content,
                                 store::Blob{sealed}, added.scan, added.added_at, added.added_by});
        drafts::touch(tx, id, now);
        return std::pair{std::move(added), true};
    });
}

Result<FileContent> draft_file_content(const Files& files, const Context& ctx, const DraftHolder& holder,
                                       const DraftId& id, const FileId& file, Instant now) {
    FileContent out;
    FileSecret secret;
    TRY_VOID(files.store().read([&](store::Reader& reader) -> Result<void> {
        TRY(const auto draft, drafts::find(reader, holder, id, now));
        for (auto& f : drafts::files_of(reader, id)) {
            if (f.file.id != file) continue;
            TRY(secret, unseal_secret(reader, ctx, draft.subject, file, f.sealed));
            out.file = std::move(f.file);
            out.file.name = secret.name;
            out.subject = draft.subject;
            return Nothing{};
        }
        return no_file();
    }));
    TRY(out.bytes, files.unseal(out.file, secret));
    return out;
}

Result<void> remove_draft_file(store::Transaction& tx, const Context&, const DraftHolder& holder, const DraftId& id,
                               const FileId& file, Instant now) {
    TRY_VOID(drafts::find(tx, holder, id, now));
    if (tx.execute(delete_file, {id, file}) != 1) return no_file();
    drafts::touch(tx, id, now);
    return Nothing{};
}

}  // namespace hl::dossiers
