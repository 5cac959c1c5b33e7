// The notices of a pack: read, compared with what is stored, applied. Stored are the files' texts in every version.
#pragma once
#include <filesystem>
#include <memory>
#include <mutex>

#include "notices/book.h"
#include "store/db.h"

namespace hl::notices {

struct NoticePack {
    std::map<std::string, std::string> files;  // "notices/mau-tin.yaml" → text
    Book book;
};
/// A pack without the folder has none: nobody is told anything.
[[nodiscard]] NoticePack read_notices(const std::filesystem::path& pack, std::vector<Error>& errors);
[[nodiscard]] std::vector<std::string> describe_changes(store::Reader& reader, const NoticePack& pack);
/// Appends notices.applied when anything changed.
[[nodiscard]] Result<void> apply_notices(store::Transaction& tx, const NoticePack& pack, const std::string& actor,
                                         Instant now);

/// The newest applied book, parsed once. Safe on any thread.
class Books {
  public:
    /// Errors: notices.none, notices.damaged.
    [[nodiscard]] Result<std::shared_ptr<const Book>> present(store::Reader& reader);

  private:
    std::mutex mutex_;
    std::shared_ptr<const Book> book_;
};

}  // namespace hl::notices
