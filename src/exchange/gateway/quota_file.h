// What consumers have used of their quotas, in a file of the gateway's folder: a restart is no new day. Written whole
// and durably, about every ten seconds and at an orderly end; what a crash loses is no more than that. Any thread, one
// writer at a time.
#pragma once
#include <filesystem>
#include <vector>

#include "exchange/adapters/limits.h"

namespace hl::exchange::gateway {

[[nodiscard]] std::string quotas_json(const std::vector<QuotaCounter::Use>& uses);
/// Error exchange.quotas: not what quotas_json writes.
[[nodiscard]] Result<std::vector<QuotaCounter::Use>> quotas_from_json(std::string_view text);
/// A file that is not there has nothing in it.
[[nodiscard]] Result<std::vector<QuotaCounter::Use>> read_quotas(const std::filesystem::path& file);

}  // namespace hl::exchange::gateway
