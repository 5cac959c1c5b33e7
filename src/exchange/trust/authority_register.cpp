#include "exchange/trust/authority_register.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/crypto.h"
#include "base/files.h"

namespace hl::exchange {

Error AuthorityRegister::unavailable(int number) const {
    return {ErrorKind::unavailable, "exchange.register_unavailable",
            fmt::format("Không ghi được sổ chứng thư {} ({}). Kiểm tra đĩa và quyền của thư mục rồi thử lại.",
                        file_.string(), std::strerror(number)),
            fmt::format("The register of certificates {} cannot be written ({}). Check the disk and the folder's "
                        "permissions, then try again.",
                        file_.string(), std::strerror(number))};
}

Result<AuthorityRegister> AuthorityRegister::open(const std::filesystem::path& file) {
    AuthorityRegister out(file, ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (out.descriptor_ < 0) return out.unavailable(errno);
    if (::flock(out.descriptor_, LOCK_EX) != 0) return out.unavailable(errno);
    TRY_VOID(out.load());
    return out;
}

class AuthorityRegister::Locked {
  public:
    explicit Locked(int descriptor) : descriptor_(descriptor) {}
    Locked(Locked&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Locked& operator=(Locked&&) = delete;
    ~Locked() {
        if (descriptor_ >= 0) ::flock(descriptor_, LOCK_UN);
    }

  private:
    int descriptor_;
};

void AuthorityRegister::release() {
    if (std::exchange(held_, false)) ::flock(descriptor_, LOCK_UN);
}

Result<AuthorityRegister::Locked> AuthorityRegister::lock() {
    if (held_) return Locked(-1);
    if (::flock(descriptor_, LOCK_EX) != 0) return unavailable(errno);
    Locked locked(descriptor_);
    TRY_VOID(load());
    return locked;
}

AuthorityRegister::AuthorityRegister(AuthorityRegister&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      held_(other.held_),
      size_(other.size_),
      issued_(std::move(other.issued_)) {}

AuthorityRegister::~AuthorityRegister() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> AuthorityRegister::load() {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return unavailable(errno);
    if (status.st_size == size_) return {};
    TRY(const std::string text, read_file(file_, 1U << 30));
    if (std::ssize(text) < size_)
        return Error{
            ErrorKind::internal, "exchange.register_damaged",
            fmt::format("Sổ chứng thư {} bị cắt ngắn. Phục hồi tệp từ bản sao lưu.", file_.string()),
            fmt::format("The register of certificates {} was cut short. Restore it from a backup.", file_.string())};
    std::string_view rest = std::string_view{text}.substr(static_cast<size_t>(size_));
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        if (!take(rest.substr(0, end)))
            return Error{
                ErrorKind::internal, "exchange.register_damaged",
                fmt::format("Sổ chứng thư {} bị hỏng ở byte {}. Phục hồi tệp từ bản sao lưu.", file_.string(), size_),
                fmt::format("The register of certificates {} is damaged at byte {}. Restore it from a backup.",
                            file_.string(), size_)};
        size_ += static_cast<int64_t>(end) + 1;
        rest.remove_prefix(end + 1);
    }
    if (!rest.empty() && (::ftruncate(descriptor_, size_) != 0 || ::fsync(descriptor_) != 0)) return unavailable(errno);
    return {};
}

bool AuthorityRegister::take(std::string_view line) {
    boost::system::error_code wrong;
    const auto value = boost::json::parse(line, wrong);
    const auto* object = wrong ? nullptr : value.if_object();
    if (!object) return false;
    const auto text = [&](std::string_view name) -> std::optional<std::string_view> {
        const auto* field = object->if_contains(name);
        const auto* string = field ? field->if_string() : nullptr;
        return string ? std::optional<std::string_view>(*string) : std::nullopt;
    };
    const auto serial = text("serial"), at = text("at"), certificate = text("certificate");
    const auto instant = at ? parse_rfc3339(*at) : Result<Instant>(Error{});
    if (!serial || !instant.ok()) return false;
    if (certificate) {
        auto der = crypto::from_base64(*certificate);
        if (!der) return false;
        issued_[std::string(*serial)] = Issued{*std::move(der), std::nullopt};
        return true;
    }
    const auto found = issued_.find(*serial);
    if (text("event") != "revoked" || found == issued_.end()) return false;
    found->second.revoked = *instant;
    return true;
}

Result<void> AuthorityRegister::append(std::string line) {
    line += '\n';
    size_t written = 0;
    while (written < line.size()) {
        const ssize_t n =
            ::pwrite(descriptor_, line.data() + written, line.size() - written, size_ + static_cast<int64_t>(written));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) break;
        written += static_cast<size_t>(n);
    }
    if (written < line.size() || ::fdatasync(descriptor_) != 0) {
        const int number = errno;
        if (::ftruncate(descriptor_, size_) != 0)
            return unavailable(errno);  // a half line goes at the next start at latest
        return unavailable(number);
    }
    size_ += static_cast<int64_t>(line.size());
    return {};
}

Result<void> AuthorityRegister::add(const std::string& serial, std::string_view certificate_der,
                                    std::string_view subject, Instant at) {
    TRY(const auto locked, lock());
    TRY_VOID(append(boost::json::serialize(boost::json::object{{"event", "issued"},
                                                               {"serial", serial},
                                                               {"at", to_rfc3339(at)},
                                                               {"subject", subject},
                                                               {"certificate", crypto::to_base64(certificate_der)}})));
    issued_[serial] = Issued{std::string(certificate_der), std::nullopt};
    return {};
}

Result<void> AuthorityRegister::revoke(const std::string& serial, Instant at) {
    TRY(const auto locked, lock());
    const auto found = issued_.find(serial);
    if (found == issued_.end())
        return Error{ErrorKind::not_found, "exchange.certificate_unknown",
                     fmt::format("Không có chứng thư số {} trong sổ. Kiểm tra lại số sê-ri (hệ 16).", serial),
                     fmt::format("The register has no certificate {}. Check the serial number (hexadecimal).", serial)};
    if (found->second.revoked) return {};  // asked twice: the first day stands
    TRY_VOID(append(
        boost::json::serialize(boost::json::object{{"event", "revoked"}, {"serial", serial}, {"at", to_rfc3339(at)}})));
    found->second.revoked = at;
    return {};
}

const AuthorityRegister::Issued* AuthorityRegister::find(std::string_view serial) const {
    const auto found = issued_.find(serial);
    return found == issued_.end() ? nullptr : &found->second;
}

}  // namespace hl::exchange
