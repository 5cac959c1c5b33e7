#include "store/blobs.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.h"

namespace hl::store {

namespace fs = std::filesystem;

namespace {

constexpr size_t seal_overhead = 24 + 16;  // nonce and tag
constexpr auto grace = std::chrono::hours{24};

class FileDescriptor {
  public:
    explicit FileDescriptor(int fd) : fd_(fd) {}
    ~FileDescriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool ok() const { return fd_ >= 0; }
    /// Closes now, to learn whether the file system took everything.
    [[nodiscard]] bool close() {
        const int fd = fd_;
        fd_ = -1;
        return ::close(fd) == 0;
    }

  private:
    int fd_;
};

Error missing(const FileHash& hash) {
    return {ErrorKind::not_found, "blob.missing", fmt::format("Không có tệp {} trong kho tệp.", hash.str()),
            fmt::format("The file {} is not in the file store.", hash.str())};
}

Error damaged(const FileHash& hash) {
    return {ErrorKind::internal, "blob.damaged",
            fmt::format("Tệp {} trong kho bị hỏng hoặc bị sửa. Hãy khôi phục tệp này từ bản sao lưu.", hash.str()),
            fmt::format("The stored file {} is damaged or was altered. Restore it from a backup.", hash.str())};
}

Error io_error(int number, const fs::path& path) {
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return {ErrorKind::full, "store.full", "Đĩa đã đầy, chưa lưu được tệp. Hãy giải phóng dung lượng rồi thử lại.",
                "The disk is full and the file was not stored. Free some space and try again."};
    return Error{
        ErrorKind::unavailable, "blob.io",
        fmt::format("Không ghi hoặc đọc được kho tệp ({}). Hãy báo quản trị hệ thống.", std::strerror(number)),
        fmt::format("The file store cannot be written or read ({}). Tell the administrator.", std::strerror(number))}
        .pointing(path.string());
}

bool is_hash(std::string_view s) {
    return s.size() == 64 &&
           std::all_of(s.begin(), s.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

fs::path path_of(const fs::path& directory, const FileHash& hash) {
    return directory / hash.str().substr(0, 2) / hash.str().substr(2, 2) / hash.str();
}

std::string file_key(std::string_view master, std::string_view hash) {
    std::string use{"file/1/"};
    use += hash;
    return std::string{crypto::view(crypto::hmac_sha256(master, use))};
}

int sync_directory(const fs::path& path) {
    const FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.ok() || ::fsync(directory.get()) != 0) return errno;
    return 0;
}

/// Makes the two levels of shards so that they outlive a power cut: a name is durable when its directory is synced.
int make_shards(const fs::path& directory, const fs::path& shard) {
    for (const fs::path& level : {shard.parent_path(), shard}) {
        if (::mkdir(level.c_str(), 0700) == 0) {
            if (const int error = sync_directory(level.parent_path())) return error;
        } else if (errno != EEXIST) {
            if (errno != ENOENT) return errno;
            std::error_code error;
            fs::create_directories(directory, error);
            if (error) return error.value();
            if (::mkdir(level.c_str(), 0700) != 0 && errno != EEXIST) return errno;
            if (const int failed = sync_directory(level.parent_path())) return failed;
        }
    }
    return 0;
}

int write_whole(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? errno : ENOSPC;
        bytes.remove_prefix(static_cast<size_t>(n));
    }
    return 0;
}

/// Between `put` finding a file that is already there and the sweeper removing it: one of the two waits.
class SweepLock {
  public:
    SweepLock(const fs::path& directory, int how)
        : file_(::open((directory / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        if (!file_.ok()) return;
        while (::flock(file_.get(), how) != 0 && errno == EINTR) {
        }
    }

  private:
    FileDescriptor file_;
};

}  // namespace

Blobs::Blobs(fs::path directory, std::string master_key)
    : directory_(std::move(directory)), master_key_(std::move(master_key)) {}

Result<FileHash> Blobs::put(std::string_view bytes, Random& random) const {
    const FileHash hash{crypto::to_hex(crypto::hmac_sha256(master_key_, bytes))};
    const fs::path path = path_of(directory_, hash);
    if (const int error = make_shards(directory_, path.parent_path())) return io_error(error, path);
    {
        const SweepLock lock(directory_, LOCK_SH);
        struct stat info {};
        if (::stat(path.c_str(), &info) == 0 && static_cast<size_t>(info.st_size) == bytes.size() + seal_overhead) {
            // Made young again: it may have lain there unreferenced, and its new reference is not committed yet.
            if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) != 0) return io_error(errno, path);
            return hash;
        }
    }
    const std::string sealed = crypto::seal(bytes, file_key(master_key_, hash.str()), hash.str(), random);
    std::string temporary = path.string() + ".XXXXXX";
    FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));  // 0600
    if (!file.ok()) return io_error(errno, path);
    int error = write_whole(file.get(), sealed);
    if (!error && ::fsync(file.get()) != 0) error = errno;
    if (!file.close() && !error) error = errno;
    if (!error && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
    if (!error) error = sync_directory(path.parent_path());
    if (error) {
        ::unlink(temporary.c_str());
        return io_error(error, path);
    }
    return hash;
}

Result<std::string> Blobs::get(const FileHash& hash) const {
    if (!is_hash(hash.str())) return missing(hash);
    const fs::path path = path_of(directory_, hash);
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.ok()) return errno == ENOENT || errno == ENOTDIR ? missing(hash) : io_error(errno, path);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return io_error(errno, path);
    std::string sealed(static_cast<size_t>(info.st_size), '\0');
    size_t read = 0;
    while (read < sealed.size()) {
        const ssize_t n = ::read(file.get(), sealed.data() + read, sealed.size() - read);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_error(errno, path);
        if (n == 0) return damaged(hash);
        read += static_cast<size_t>(n);
    }
    auto plain = crypto::unseal(sealed, file_key(master_key_, hash.str()), hash.str());
    if (!plain.ok()) return damaged(hash);
    if (crypto::to_hex(crypto::hmac_sha256(master_key_, *plain)) != hash.str()) return damaged(hash);
    return plain;
}

bool Blobs::has(const FileHash& hash) const {
    std::error_code error;
    return is_hash(hash.str()) && fs::is_regular_file(path_of(directory_, hash), error);
}

Result<int64_t> Blobs::sweep(const std::function<bool(const FileHash&)>& referenced, Instant now) const {
    int64_t removed = 0;
    std::error_code error;
    if (!fs::exists(directory_, error)) return removed;
    const auto is_old = [&](const fs::path& path) {
        struct stat info {};
        return ::stat(path.c_str(), &info) == 0 && from_ms(int64_t{info.st_mtime} * 1000) < now - grace;
    };
    fs::recursive_directory_iterator at(directory_, error);
    for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        if (!at->is_regular_file(ignored) || at.depth() != 2) continue;
        const fs::path path = at->path();
        const std::string name = path.filename().string();
        const bool leftover = name.size() == 71 && is_hash(name.substr(0, 64)) && name[64] == '.';
        if (!leftover && !is_hash(name)) continue;  // not ours
        if (!is_old(path) || (!leftover && referenced(FileHash{name}))) continue;
        const SweepLock lock(directory_, LOCK_EX);
        if (!is_old(path)) continue;  // put again meanwhile
        if (::unlink(path.c_str()) != 0) {
            log::warning("store", "a file of the file store could not be removed", {{"name", name}});
            continue;
        }
        if (!leftover) ++removed;
    }
    if (error) return io_error(error.value(), directory_);
    return removed;
}

}  // namespace hl::store
