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

}  // namespace hl::dossiers
