// Archive files: a segment compressed in blocks, so that one record can be read without the rest, bound to the archive
// file before by its SHA-256. Pieces of bodies that were given up are left behind: their digests keep the chain whole.
// Any thread.
#pragma once
#include <filesystem>

#include "exchange/log/segments.h"

namespace hl::exchange::journal {

[[nodiscard]] Result<SegmentPtr> open_archive(const std::filesystem::path& path);

}  // namespace hl::exchange::journal
