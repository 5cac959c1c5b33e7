#include "exchange/log/archive.h"

#include "exchange/log/log_errors.h"

namespace hl::exchange::journal {

Result<SegmentPtr> open_archive(const std::filesystem::path& path) {
    return log_damaged(path.string(), "archives come next");
}

}  // namespace hl::exchange::journal
