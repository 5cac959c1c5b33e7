#include "dossiers/drafts.h"

#include "base/crypto.h"
#include "dossiers/file_vault.h"
#include "dossiers/refusals.h"

namespace hl::dossiers {

namespace {

#define HL_DRAFT_COLUMNS "id, owner, token, procedure, subject, own_subject, version, created_at, updated_at"
constexpr std::string_view select_draft = "SELECT " HL_DRAFT_COLUMNS " FROM draft WHERE id = ? AND updated_at > ?";
constexpr std::string_view select_own =
    "SELECT " HL_DRAFT_COLUMNS
    " FROM draft WHERE owner = ? AND owner <> '' AND updated_at > ? ORDER BY updated_at DESC, id DESC";
constexpr std::string_view count_own = "SELECT COUNT(*) FROM draft WHERE owner = ? AND owner <> '' AND updated_at > ?";
constexpr std::string_view select_sealed = "SELECT sealed FROM draft WHERE id = ?";
constexpr std::string_view insert_draft =
    "INSERT INTO draft (id, owner, token, procedure, subject, own_subject, version, created_at, updated_at, sealed) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view update_draft =
    "UPDATE draft SET sealed = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?";
constexpr std::string_view touch_draft = "UPDATE draft SET updated_at = ? WHERE id = ? AND updated_at < ?";
constexpr std::string_view delete_draft = "DELETE FROM draft WHERE id = ?";
constexpr std::string_view delete_files = "DELETE FROM draft_file WHERE draft = ?";
constexpr std::string_view select_old =
    "SELECT " HL_DRAFT_COLUMNS " FROM draft WHERE updated_at <= ? ORDER BY updated_at LIMIT ?";
constexpr std::string_view select_files =
    "SELECT id, component, kind, bytes, hash, content, scan, added_at, added_by, sealed FROM draft_file "
    "WHERE draft = ? ORDER BY added_at, id";

struct DraftRow {
    Draft draft;
    std::string token;
};
DraftRow row_from(const store::Row& row) {
    DraftRow out;
    auto& d = out.draft;
    d.id = row.id<DraftId>(0);
    d.owner = row.string(1);
    out.token = row.string(2);
    d.procedure = row.id<ProcedureCode>(3);
    d.subject = row.id<SubjectId>(4);
    d.own_subject = row.integer(5) != 0;
    d.version = row.integer(6);
    d.created_at = row.instant(7);
    d.updated_at = row.instant(8);
    return out;
}

std::string column(const DraftId& id) {
    return "draft.sealed." + id.value;
}
std::string token_hash(std::string_view token) {
    return crypto::to_hex(crypto::sha256("draft-token/1/", token));
}
bool has_account(const access::Actor& actor) {
    return actor.kind != access::ActorKind::anonymous;
}

Error not_found() {
    return refusal(ErrorKind::not_found, "draft.not_found",
                   "Không có bản nháp này: đã nộp, đã xoá, quá 30 ngày không dùng, hoặc không phải của bạn.",
                   "There is no such draft: it was filed, thrown away, unused for 30 days, or is not yours.");
}

Result<std::string> text_of(const json::object& body) {
    auto text = json::serialize(body);
    if (text.size() <= most_draft_bytes) return text;
    return refusal(ErrorKind::too_large, "draft.too_large",
                   fmt::format("Nội dung bản nháp lớn quá {} KiB.", most_draft_bytes / 1024),
                   fmt::format("The draft's content is larger than {} KiB.", most_draft_bytes / 1024), {}, "/body");
}

/// 32 to 128 of the characters of base64url: what 24 random bytes or more look like.
bool is_strong(std::string_view token) {
    return token.size() >= 32 && token.size() <= 128 && std::all_of(token.begin(), token.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_';
           });
}

Result<void> end(store::Transaction& tx, store::Vault& vault, const Draft& draft, Instant now) {
    tx.execute(delete_files, {draft.id});
    // Two nodes may end it at once; one of them finds it gone and takes everything back.
    if (tx.execute(delete_draft, {draft.id}) != 1) return not_found();
    if (draft.own_subject) return vault.erase_subject(tx, draft.subject, now);
    return Nothing{};
}

}  // namespace

namespace drafts {

Result<Draft> find(store::Reader& reader, const DraftHolder& holder, const DraftId& id, Instant now) {
    auto row = reader.first(select_draft, {id, now - draft_life}, row_from);
    if (!row) return not_found();
    const bool own = has_account(holder.actor) && row->draft.owner == holder.actor.label();
    const bool held = !row->token.empty() && !holder.token.empty() &&
                      crypto::equal_constant_time(row->token, token_hash(holder.token));
    if (!own && !held) return not_found();
    return std::move(row->draft);
}

std::vector<SealedFile> files_of(store::Reader& reader, const DraftId& id) {
    return reader.all(select_files, {id}, [](const store::Row& row) {
        SealedFile out;
        auto& f = out.file;
        f.id = row.id<FileId>(0);
        f.component = row.string(1);
        f.kind = row.string(2);
        f.bytes = row.integer(3);
        f.hash = row.string(4);
        f.content = row.id<FileHash>(5);
        f.scan = row.string(6);
        f.added_at = row.instant(7);
        f.added_by = row.string(8);
        out.sealed = row.string(9);
        return out;
    });
}

void touch(store::Transaction& tx, const DraftId& id, Instant now) {
    tx.execute(touch_draft, {now, id, now});
}

}  // namespace drafts

Result<Draft> create_draft(store::Transaction& tx, const Context& ctx, const DraftHolder& holder,
                           const ProcedureCode& procedure, const json::object& body, Instant now) {
    TRY_VOID(ctx.catalogue->valid(procedure, now));
    const bool account = has_account(holder.actor);
    if (!account && !is_strong(holder.token))
        return invalid("draft.token",
                       "Chưa đăng nhập thì ứng dụng phải tự tạo mã ngẫu nhiên (32–128 ký tự) và gửi ở X-Draft-Token.",
                       "Without signing in, make up a random token (32–128 characters) and send it in X-Draft-Token.",
                       "X-Draft-Token");
    const std::string owner = account ? holder.actor.label() : "";
    const auto had =
        tx.first(count_own, {owner, now - draft_life}, [](const store::Row& row) { return row.integer(0); });
    if (had.value_or(0) >= most_drafts)
        return conflict("draft.too_many", fmt::format("Bạn đã có {} bản nháp. Hãy nộp hoặc xoá bớt.", most_drafts),
                        fmt::format("You have {} drafts. File or throw away some.", most_drafts));
    TRY(const auto text, text_of(body));
    Draft d;
    d.id = DraftId{make_uuid7(now, *ctx.random)};
    d.owner = owner;
    d.procedure = procedure;
    d.own_subject = holder.actor.kind != access::ActorKind::citizen || holder.actor.subject.empty();
    d.subject = d.own_subject ? ctx.vault->create_subject(tx, now) : holder.actor.subject;
    d.created_at = d.updated_at = now;
    TRY(const auto sealed, ctx.vault->seal(tx, d.subject, column(d.id), text));
    const auto token = account ? std::string{} : token_hash(holder.token);
    tx.execute(insert_draft, {d.id, d.owner, token, d.procedure, d.subject, d.own_subject, d.version, d.created_at,
                              d.updated_at, store::Blob{sealed}});
    return d;
}

Result<Draft> save_draft(store::Transaction& tx, const Context& ctx, const DraftHolder& holder, const DraftId& id,
                         int64_t version, const json::object& body, Instant now) {
    TRY(auto d, drafts::find(tx, holder, id, now));
    TRY(const auto text, text_of(body));
    TRY(const auto sealed, ctx.vault->seal(tx, d.subject, column(d.id), text));
    if (d.version != version || tx.execute(update_draft, {store::Blob{sealed}, now, id, version}) != 1)
        return conflict("draft.changed",
                        fmt::format("Bản nháp đã được lưu từ nơi khác lúc {} (phiên bản {}). Hãy tải lại, so sánh rồi "
                                    "lưu với phiên bản đó.",
                                    to_vietnamese(d.updated_at), d.version),
                        fmt::format("The draft was saved elsewhere at {} (version {}). Load it again, compare, and "
                                    "save with that version.",
                                    to_rfc3339_local(d.updated_at), d.version));
    ++d.version;
    d.updated_at = now;
    return d;
}

Result<void> discard_draft(store::Transaction& tx, const Context& ctx, const DraftHolder& holder, const DraftId& id,
                           Instant now) {
    TRY(const auto d, drafts::find(tx, holder, id, now));
    return end(tx, *ctx.vault, d, now);
}

Result<Draft> load_draft(store::Reader& reader, const Context& ctx, const DraftHolder& holder, const DraftId& id,
                         Instant now) {
    TRY(auto d, drafts::find(reader, holder, id, now));
    const auto sealed = reader.first(select_sealed, {id}, [](const store::Row& row) { return row.string(0); });
    TRY(const auto text, ctx.vault->unseal(reader, d.subject, column(d.id), sealed.value_or("")));
    TRY(const auto body, parse_json(text));
    if (body.is_object()) d.body = body.get_object();
    for (auto& f : drafts::files_of(reader, id)) {
        TRY(auto secret, unseal_secret(reader, ctx, d.subject, f.file.id, f.sealed));
        f.file.name = std::move(secret.name);
        d.files.push_back(std::move(f.file));
    }
    return d;
}

std::vector<Draft> list_drafts(store::Reader& reader, const access::Actor& actor, Instant now) {
    if (!has_account(actor)) return {};
    return reader.all(select_own, {actor.label(), now - draft_life},
                      [](const store::Row& row) { return row_from(row).draft; });
}

Result<Dossier> file_draft(store::Transaction& tx, const Context& ctx, const DraftHolder& holder, const DraftId& id,
                           const Filing& filing, const FileRules& rules, Instant now) {
    TRY(const auto draft, drafts::find(tx, holder, id, now));
    if (filing.procedure != draft.procedure)
        return invalid("draft.procedure", "Bản nháp là của thủ tục khác. Hãy nộp đúng thủ tục của bản nháp.",
                       "The draft is of another procedure. File that one.", "/procedure");
    TRY(auto d, file(tx, ctx, holder.actor, filing, now));
    for (auto& f : drafts::files_of(tx, id)) {
        // The content stays where it is; only the key changes hands, from the draft's subject to the dossier's.
        TRY(const auto secret, unseal_secret(tx, ctx, draft.subject, f.file.id, f.sealed));
        f.file.role = FileRole::paper;
        f.file.name = secret.name;
        TRY(auto added, record_file(tx, ctx, holder.actor, d.code, f.file, secret, rules, now));
        d = std::move(added.dossier);
    }
    TRY_VOID(end(tx, *ctx.vault, draft, now));
    return d;
}

Result<int> expire_drafts(store::Transaction& tx, store::Vault& vault, int limit, Instant now) {
    const auto old =
        tx.all(select_old, {now - draft_life, limit}, [](const store::Row& row) { return row_from(row).draft; });
    for (const auto& d : old) TRY_VOID(end(tx, vault, d, now));
    return static_cast<int>(old.size());
}

}  // namespace hl::dossiers
