// Whole files: read with a size limit, written so that a crash leaves the old or the new one, never half. Any thread.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace hl {

[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, size_t limit = 64u << 20);
/// Temporary file, fsync, rename, fsync of the directory. `mode` as chmod.
[[nodiscard]] Result<void> write_file_durably(const std::filesystem::path& path, std::string_view bytes,
                                              unsigned mode = 0644);

/// The same without waiting for the disk: for scratch files, which nobody misses after a crash.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0600);

/// A file of one's own in the folder for temporary files, empty at first, gone with the object. For libraries that write
/// to a path only.
class ScratchFile {
  public:
    /// `name` begins the file's name. Errors: file.*.
    [[nodiscard]] static Result<ScratchFile> make(std::string_view name);
    ScratchFile(ScratchFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchFile& operator=(ScratchFile&&) = delete;
    ~ScratchFile();
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    explicit ScratchFile(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

/// A folder of one's own in the folder for temporary files, which only this program may enter, gone with the object,
/// whatever is in it.
class ScratchFolder {
  public:
    /// `name` begins the folder's name. Errors: file.*.
    [[nodiscard]] static Result<ScratchFolder> make(std::string_view name);
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;
    ~ScratchFolder();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace hl
