#include "ioc/child/code.h"

#include <sys/stat.h>

#include "base/copied_code.h"
#include "base/files.h"
#include "base/text.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view prefix = "HLC1.";
constexpr std::string_view key_header = "hien-luong ioc line key 1\n";
constexpr size_t longest_code = 8u << 10;

Error damaged() {
    return {ErrorKind::invalid, "child.code_damaged",
            "Mã ghép nối bị thiếu hoặc sai ký tự. Hãy chép lại nguyên vẹn từ nơi cấp.",
            "The code is incomplete or has a wrong character. Copy it again, whole, from where it was made."};
}

Error key_error(std::string code, const std::filesystem::path& path, std::string_view vi, std::string_view en) {
    return Error{ErrorKind::internal, std::move(code), fmt::format("Khóa đường nối IOC {}: {}", path.string(), vi),
                 fmt::format("Key of the operations centre's line {}: {}", path.string(), en)}
        .pointing(path.string());
}

}  // namespace

std::string to_text(const EnrolCode& c) {
    return copied_code(prefix, {{"id", c.id},
                                {"secret", c.secret},
                                {"child", c.child.value},
                                {"name", c.name},
                                {"url", c.url},
                                {"key", c.fingerprint},
                                {"expires", to_rfc3339(c.expires)}});
}

Result<EnrolCode> code_from_text(std::string_view text) {
    const auto value = read_copied_code(prefix, longest_code, text);
    if (!value) return damaged();
    JsonReader in(*value);
    EnrolCode out;
    out.id = in.secret("id");
    out.secret = in.secret("secret");
    out.child = ChildId{in.secret("child")};
    out.name = in.text("name", 200);
    out.url = in.secret("url");
    out.fingerprint = in.secret("key");
    out.expires = in.instant("expires");
    if (!in.finish().ok() || !is_child_id(out.child.value) || out.fingerprint.size() != 32) return damaged();
    return out;
}

Result<crypto::SigningKey> open_line_key(const std::filesystem::path& folder, Random& random) {
    const auto path = folder / "ioc-line.key";
    std::error_code ec;
    if (!std::filesystem::exists(path, ec)) {
        const auto made = crypto::make_signing_key(random);
        TRY_VOID(write_file_durably(path, std::string{key_header} + crypto::to_base64(made.secret_key) + "\n", 0600));
        return made;
    }
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0 || (info.st_mode & 077) != 0)
        return key_error("child.key_mode", path, "người khác trên máy đọc được. Hãy chạy chmod 600 cho tệp này.",
                         "can be read by others on this machine. Run chmod 600 on it.");
    TRY(const auto bytes, read_file(path, 4096));
    const auto secret = bytes.starts_with(key_header)
                            ? crypto::from_base64(text::trim(std::string_view{bytes}.substr(key_header.size())))
                            : std::nullopt;
    if (!secret || secret->size() != 64)
        return key_error("child.key_damaged", path, "bị hỏng. Hãy khôi phục từ bản sao lưu khóa.",
                         "is damaged. Restore it from the backup of the keys.");
    return crypto::SigningKey{secret->substr(32), *secret};  // libsodium's secret key ends with the public one
}

Result<void> check_address(std::string_view url) {
    if (url.starts_with("https://")) return Nothing{};
    for (const std::string_view own : {"http://127.0.0.1", "http://localhost", "http://[::1]"})
        if (url.starts_with(own) && (url.size() == own.size() || url[own.size()] == ':' || url[own.size()] == '/'))
            return Nothing{};
    return Error{
        ErrorKind::invalid, "child.tls", "Đường nối giữa hai IOC phải đi qua TLS: cần địa chỉ https://… của cấp trên.",
        "The line between operations centres goes over TLS: an https:// address of the parent is wanted.", "url"};
}

}  // namespace hl::ioc::child
