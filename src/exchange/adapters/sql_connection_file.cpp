#include <sys/stat.h>

#include "base/files.h"
#include "base/json.h"
#include "exchange/adapters/kinds.h"
#include "exchange/adapters/sql_settings.h"

namespace hl::exchange::adapters {

namespace {

Error bad_file(const std::filesystem::path& file, std::string_view vi, std::string_view en) {
    const auto name = file.filename().string();
    return {ErrorKind::invalid, "adapter.connection_file", fmt::format("{}: {}", name, vi),
            fmt::format("{}: {}", name, en), "/connection_file"};
}

bool is_here(std::string_view host) {
    return host.starts_with('/') || host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

Result<SqlConnectionSettings> read_connection_file(const std::filesystem::path& file) {
    struct stat s {};
    if (::stat(file.c_str(), &s) != 0)
        return bad_file(file, "không có tệp này. Tạo tệp hoặc sửa đường dẫn.",
                        "there is no such file. Create it or correct the path.");
    if ((s.st_mode & 077) != 0)
        return bad_file(file, "người khác đọc được mật khẩu. Chạy chmod 600.", "others can read it. Run chmod 600.");
    auto bytes = read_file(file, 64 * 1024);
    if (!bytes.ok()) return bad_file(file, "không đọc được. Kiểm tra quyền.", "it cannot be read. Check its rights.");
    const auto parsed = parse_json(*bytes);
    if (!parsed.ok()) return bad_file(file, "không phải JSON đúng.", "it is not correct JSON.");
    JsonReader in(*parsed);
    SqlConnectionSettings out;
    const auto host = in.text("host", 300);
    const auto add = [&](const char* word, std::string text) {
        if (!text.empty()) out.words.emplace_back(word, std::move(text));
    };
    add("host", host);
    add("port", std::to_string(in.optional_integer("port", 1, 65535).value_or(5432)));
    add("dbname", in.text("database", 63));
    add("user", in.text("user", 63));
    if (in.raw("password")) add("password", in.secret("password"));
    const auto tls = in.one_of("tls", {"verify-full", "verify-ca", "disable"}, "verify-full");
    add("sslmode", tls);
    const auto path = [&](const char* key, const char* word) {
        if (in.raw(key)) add(word, resolved(file.parent_path(), in.secret(key)).string());
    };
    path("ca_file", "sslrootcert");
    path("certificate_file", "sslcert");
    path("key_file", "sslkey");
    const bool has_ca = in.raw("ca_file") != nullptr;
    if (auto read = in.finish(); !read.ok())
        return bad_file(file, fmt::format("{}: {}", read.error().at, read.error().vi),
                        fmt::format("{}: {}", read.error().at, read.error().en));
    if (tls == "disable" && !is_here(host))
        return bad_file(file, "máy chủ ở nơi khác phải dùng TLS. Bỏ \"tls\": \"disable\" và ghi ca_file.",
                        "a server elsewhere needs TLS. Drop \"tls\": \"disable\" and name a ca_file.");
    if (tls != "disable" && !has_ca)
        return bad_file(file, "ghi ca_file: chứng thư của nơi cấp chứng thư máy chủ.",
                        "name a ca_file: the certificate of the authority behind the server's.");
    return out;
}

}  // namespace hl::exchange::adapters
