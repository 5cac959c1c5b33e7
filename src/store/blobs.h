// Files of dossiers, addressed by SHA-256, sealed on disk: written, fsynced, then referenced. A blob without reference
// is removed by `sweep`, never one younger than a day. Any thread.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "base/crypto.h"
#include "store/db.h"

namespace hl::store {

class Blobs {
  public:
    Blobs(std::filesystem::path directory, std::string master_key);
    /// Stores the bytes encrypted; the name is the hash of the plain bytes keyed by the master key, so that a name
    /// tells nothing.
    [[nodiscard]] Result<FileHash> put(std::string_view bytes, Random& random) const;
    [[nodiscard]] Result<std::string> get(const FileHash& hash) const;  // verified; blob.missing, blob.damaged
    [[nodiscard]] bool has(const FileHash& hash) const;
    /// Removes unreferenced blobs older than a day; returns how many.
    [[nodiscard]] Result<int64_t> sweep(const std::function<bool(const FileHash&)>& referenced, Instant now) const;

  private:
    std::filesystem::path directory_;
    std::string master_key_;
};

}  // namespace hl::store
