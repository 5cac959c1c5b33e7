#include "links/connector/settings.h"

#include <sys/stat.h>

#include "base/files.h"
#include "base/text.h"

namespace hl::connector {

std::string PartnerSettings::extra(const std::string& name) const {
    const auto it = more.find(name);
    return it == more.end() ? std::string{} : it->second;
}

Result<std::string> read_secret(const std::filesystem::path& file) {
    struct stat about {};
    if (::stat(file.c_str(), &about) != 0)
        return Error{ErrorKind::unavailable, "link.secret_missing",
                     fmt::format("Không có tệp bí mật {}. Hãy tạo tệp, quyền 0600.", file.string()),
                     fmt::format("There is no secret file {}. Make it, with mode 0600.", file.string())};
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Error{ErrorKind::unavailable, "link.secret_mode",
                     fmt::format("Người khác đọc được tệp bí mật {}. Hãy chạy chmod 600.", file.string()),
                     fmt::format("Others may read the secret file {}. Run chmod 600 on it.", file.string())};
    TRY(const auto bytes, read_file(file, 64u << 10));
    auto first = text::trim(bytes.substr(0, bytes.find('\n')));
    if (first.empty())
        return Error{ErrorKind::unavailable, "link.secret_empty", fmt::format("Tệp bí mật {} trống.", file.string()),
                     fmt::format("The secret file {} is empty.", file.string())};
    return first;
}

}  // namespace hl::connector
