#include "exchange/log/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "exchange/log/log_errors.h"

namespace hl::exchange::journal {

File::~File() {
    if (fd_ >= 0) ::close(fd_);
}

Result<File> File::open(const std::filesystem::path& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (fd < 0) return disk_error(errno, path.string());
    return File(fd);
}

namespace {

/// `some` writes as many of the parts it is given as it can.
template <class WriteSome>
int write_whole(std::vector<iovec>& parts, const WriteSome& some) {
    for (size_t first = 0; first < parts.size();) {
        const auto count = std::min<size_t>(parts.size() - first, IOV_MAX);
        const ssize_t n = some(parts.data() + first, static_cast<int>(count));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        auto left = static_cast<size_t>(n);
        while (first < parts.size() && left >= parts[first].iov_len) left -= parts[first++].iov_len;
        if (left > 0) {
            parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + left;
            parts[first].iov_len -= left;
        }
    }
    return 0;
}

}  // namespace

int File::append(std::vector<iovec>& parts) const {
    return write_whole(parts, [this](const iovec* some, int count) { return ::writev(fd_, some, count); });
}

int File::write_at(int64_t offset, std::vector<iovec>& parts) const {
    return write_whole(parts, [this, &offset](const iovec* some, int count) {
        const ssize_t n = ::pwritev(fd_, some, count, offset);
        if (n > 0) offset += n;
        return n;
    });
}

int File::reserve(int64_t size) const {
    const auto now = this->size();
    if (size <= now) return 0;
    return ::fallocate(fd_, 0, now, size - now) == 0 ? 0 : errno;
}

int File::blank(int64_t from, int64_t to) const {
    static constexpr size_t most = 64 << 10;
    static constexpr std::array<char, most> zeros{};
    std::vector<iovec> parts;
    for (auto left = to - from; left > 0; left -= static_cast<int64_t>(parts.back().iov_len))
        parts.push_back({const_cast<char*>(zeros.data()), std::min<size_t>(most, static_cast<size_t>(left))});
    return write_at(from, parts);
}

int File::append(std::string_view bytes) const {
    std::vector<iovec> one{{const_cast<char*>(bytes.data()), bytes.size()}};
    return append(one);
}

int File::cut(int64_t size) const {
    if (::ftruncate(fd_, size) != 0) return errno;
    return ::fsync(fd_) == 0 ? 0 : errno;
}

int File::flush() const {
    return ::fdatasync(fd_) == 0 ? 0 : errno;
}

std::optional<std::string> File::read_at(int64_t offset, size_t size) const {
    std::string out(size, '\0');
    size_t got = 0;
    while (got < size) {
        const ssize_t n = ::pread(fd_, out.data() + got, size - got, offset + static_cast<int64_t>(got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return std::nullopt;
        if (n == 0) break;
        got += static_cast<size_t>(n);
    }
    out.resize(got);
    return out;
}

int64_t File::size() const {
    struct stat info {};
    return ::fstat(fd_, &info) == 0 ? info.st_size : 0;
}

int flush_folder(const std::filesystem::path& folder) {
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file.is_open()) return errno;
    return ::fsync(file.fd()) == 0 ? 0 : errno;
}

int64_t free_bytes(const std::filesystem::path& folder) {
    struct statvfs info {};
    if (::statvfs(folder.c_str(), &info) != 0) return -1;
    return static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
}

}  // namespace hl::exchange::journal
