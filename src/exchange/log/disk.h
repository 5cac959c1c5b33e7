// The few file operations of the log, each with its errno when it fails. A File is used by one thread at a time, except
// for read_at.
#pragma once
#include <sys/uio.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace hl::exchange::journal {

class File {
  public:
    File() = default;
    explicit File(int fd) : fd_(fd) {}
    ~File();
    File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    [[nodiscard]] static Result<File> open(const std::filesystem::path& path, int flags);
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }
    [[nodiscard]] int fd() const { return fd_; }

    /// Zero, or errno. The parts are written whole, at the file's end (it is new, or was opened for appending).
    [[nodiscard]] int append(std::vector<iovec>& parts) const;
    [[nodiscard]] int append(std::string_view bytes) const;
    /// The same at a place of a file that was not opened for appending.
    [[nodiscard]] int write_at(int64_t offset, std::vector<iovec>& parts) const;
    /// Zeros up to `size`, behind what the file has: what is written there needs no change of the file's size, whose
    /// flush waits for the file system's journal.
    [[nodiscard]] int reserve(int64_t size) const;
    /// Writes zeros there. Room that was only reserved costs a journal's transaction at the first write into it.
    [[nodiscard]] int blank(int64_t from, int64_t to) const;
    [[nodiscard]] int cut(int64_t size) const;  // truncates, flushed
    [[nodiscard]] int flush() const;
    /// Fewer bytes only at the end of the file; nothing when the disk does not answer.
    [[nodiscard]] std::optional<std::string> read_at(int64_t offset, size_t size) const;
    [[nodiscard]] int64_t size() const;

  private:
    int fd_ = -1;
};

/// Makes the names in a folder durable. Zero, or errno.
[[nodiscard]] int flush_folder(const std::filesystem::path& folder);
/// Free bytes for this program; -1 when the disk does not say.
[[nodiscard]] int64_t free_bytes(const std::filesystem::path& folder);

}  // namespace hl::exchange::journal
