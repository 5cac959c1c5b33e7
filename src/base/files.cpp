#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace hl {

namespace {

/// A file descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

Error file_error(const std::filesystem::path& path, int number) {
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    const bool missing = number == ENOENT;
    const std::string why = std::strerror(number);
    return {full ? ErrorKind::full : missing ? ErrorKind::not_found : ErrorKind::unavailable,
            full ? "file.full" : missing ? "file.missing" : "file.failed",
            full ? fmt::format("Hết dung lượng khi ghi {}.", path.string()) : fmt::format("Không đọc hoặc ghi được {}: {}.", path.string(), why),
            fmt::format("{}: {}", path.string(), why)};
}

/// Zero, or the number of what went wrong.
int write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(file, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        bytes.remove_prefix(static_cast<size_t>(n));
    }
    return 0;
}

/// The path of something new in the folder for temporary files, as mkostemp and mkdtemp want it.
Result<std::string> scratch_pattern(std::string_view name) {
    std::error_code ec;
    const auto folder = std::filesystem::temp_directory_path(ec);
    if (ec) return file_error(folder, ec.value());
    return (folder / name).string() + "-XXXXXX";
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return file_error(path, errno);
    std::string out;
    std::array<char, 1 << 16> buffer{};
    for (;;) {
        const ssize_t n = ::read(file.get(), buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return file_error(path, errno);
        if (n == 0) return out;
        if (out.size() + static_cast<size_t>(n) > limit)
            return Error{ErrorKind::too_large, "file.too_large", fmt::format("Tệp {} quá lớn.", path.string()), fmt::format("{} is larger than {} bytes.", path.string(), limit)};
        out.append(buffer.data(), static_cast<size_t>(n));
    }
}

Result<void> write_file_durably(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
    static std::atomic<uint64_t> sequence{0};
    std::filesystem::path partial;
    {
        // A name that exists was left by a crash: process ids return, and in a container every start has the same one.
        int opened = -1;
        do {
            partial = fmt::format("{}.{}.{}.tmp", path.string(), ::getpid(), sequence++);
            opened = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        } while (opened < 0 && errno == EEXIST);
        const Descriptor file(opened);
        if (file.get() < 0) return file_error(path, errno);
        const auto give_up = [&](int number) {
            ::unlink(partial.c_str());
            return file_error(path, number);
        };
        if (const int wrong = write_all(file.get(), bytes)) return give_up(wrong);
        if (::fsync(file.get()) != 0) return give_up(errno);
        if (::rename(partial.c_str(), path.c_str()) != 0) return give_up(errno);
    }
    const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
    const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) return file_error(parent, errno);
    return Nothing{};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.get() < 0) return file_error(path, errno);
    if (const int wrong = write_all(file.get(), bytes)) return file_error(path, wrong);
    return Nothing{};
}

Result<ScratchFile> ScratchFile::make(std::string_view name) {
    TRY(auto path, scratch_pattern(name));
    const Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
    if (file.get() < 0) return file_error(path, errno);
    return ScratchFile{std::move(path)};
}

ScratchFile::~ScratchFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

Result<ScratchFolder> ScratchFolder::make(std::string_view name) {
    TRY(auto path, scratch_pattern(name));
    if (!::mkdtemp(path.data())) return file_error(path, errno);  // 0700
    return ScratchFolder{std::move(path)};
}

ScratchFolder::~ScratchFolder() {
    if (path_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace hl
