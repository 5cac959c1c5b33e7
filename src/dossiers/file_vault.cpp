#include "dossiers/file_vault.h"

#include "base/crypto.h"

namespace hl::dossiers {

namespace {

std::string content_context(const FileId& id) {
    return "dossier-file/1/" + id.value;
}
std::string secret_column(const FileId& id) {
    return "dossier_file.sealed." + id.value;
}

Error damaged() {
    return {ErrorKind::internal, "file.damaged",
            "Tệp bị hỏng hoặc bị sửa trong kho. Hãy báo quản trị hệ thống khôi phục từ bản sao lưu.",
            "The file is damaged or was altered in the store. Ask the administrator to restore it from a backup."};
}

}  // namespace

std::string seal_content(std::string_view bytes, const FileSecret& secret, const FileId& id, Random& random) {
    return crypto::seal(bytes, secret.key, content_context(id), random);
}

Result<std::string> unseal_content(std::string_view sealed, const FileSecret& secret, const FileId& id) {
    auto plain = crypto::unseal(sealed, secret.key, content_context(id));
    if (!plain.ok() || crypto::view(crypto::sha256(*plain)) != secret.sha256) return damaged();
    return plain;
}

Result<std::string> seal_secret(store::Reader& reader, const Context& ctx, const SubjectId& subject, const FileId& id,
                                const FileSecret& secret) {
    const json::object text{
        {"name", secret.name}, {"key", crypto::to_base64(secret.key)}, {"sha256", crypto::to_base64(secret.sha256)}};
    return ctx.vault->seal(reader, subject, secret_column(id), json::serialize(text));
}

Result<FileSecret> unseal_secret(store::Reader& reader, const Context& ctx, const SubjectId& subject, const FileId& id,
                                 std::string_view sealed) {
    TRY(const auto text, ctx.vault->unseal(reader, subject, secret_column(id), sealed));
    TRY(const auto value, parse_json(text));
    const auto* o = value.if_object();
    const auto member = [&](const char* name) -> std::string {
        const auto* v = o ? o->if_contains(name) : nullptr;
        return v && v->is_string() ? std::string{v->get_string()} : std::string{};
    };
    FileSecret secret;
    secret.name = member("name");
    secret.key = crypto::from_base64(member("key")).value_or("");
    secret.sha256 = crypto::from_base64(member("sha256")).value_or("");
    if (secret.key.size() != crypto::key_size) return damaged();
    return secret;
}

std::string outer_hash(const Context& ctx, std::string_view owner, std::string_view sha256) {
    std::string text{"dossier-file/1/"};
    text += owner;
    text += '/';
    text += sha256;
    return crypto::to_hex(crypto::hmac_sha256(ctx.vault->blob_key(), text));
}

}  // namespace hl::dossiers
