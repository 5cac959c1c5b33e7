// Whole files: read with a size limit, written so that a crash leaves the old or the new one, never half. Any thread.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl {

[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, size_t limit = 64u << 20);
/// Temporary file, fsync, rename, fsync of the directory. `mode` as chmod.
[[nodiscard]] Result<void> write_file_durably(const std::filesystem::path& path, std::string_view bytes,
                                              unsigned mode = 0644);

}  // namespace hl
