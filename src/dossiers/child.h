// Runs a program of the system on a file of ours: no shell, an empty environment, a folder of its own that is removed
// always, and limits of time, memory and written bytes that the kernel holds it to. Any thread; blocks until it ends.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace hl::dossiers {

struct ChildLimits {
    std::chrono::milliseconds time{20'000};
    int64_t memory = 1LL << 30;    // address space
    int64_t written = 64LL << 20;  // a file it writes
};
/// The path of a program on this machine, looked for where Debian puts programs; empty: it is not installed.
[[nodiscard]] std::string find_program(std::string_view name);
/// `command.front()` is a path; standard input is empty, output goes nowhere. True when it ended by itself with 0.
[[nodiscard]] bool run_child(const std::vector<std::string>& command, const std::filesystem::path& folder,
                             const ChildLimits& limits);

/// A folder that only this program may read, gone with the object, whatever is in it.
class PrivateFolder {
  public:
    /// Errors: file.temporary.
    [[nodiscard]] static Result<PrivateFolder> make();
    PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    PrivateFolder& operator=(PrivateFolder&&) = delete;
    ~PrivateFolder();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    explicit PrivateFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace hl::dossiers
