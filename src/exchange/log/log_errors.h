// What the message log says when it cannot. Values; any thread.
#pragma once
#include <string_view>

#include "base/result.h"

namespace hl::exchange::journal {

[[nodiscard]] Error log_damaged(std::string_view where, std::string_view why);
[[nodiscard]] Error log_full(std::string_view why);
[[nodiscard]] Error log_unavailable(std::string_view why);
[[nodiscard]] Error record_missing(int64_t number);
[[nodiscard]] Error erased();
/// log_full for a disk without space, log_unavailable for everything else.
[[nodiscard]] Error disk_error(int number, std::string_view where);

}  // namespace hl::exchange::journal
