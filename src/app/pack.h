// A pack is a province as data. Checking explains every mistake with file and line; applying is one transaction.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace hl::app {

struct PackReport {
    std::vector<Error> errors;          // nothing is applied while there is one
    std::vector<std::string> warnings;  // in words
    std::vector<std::string> changes;   // against what is stored, in words
};
[[nodiscard]] Result<PackReport> check_pack(store::Store& store, const std::filesystem::path& pack, Instant now);
/// Errors: the first of the report's, or the store's.
[[nodiscard]] Result<PackReport> apply_pack(store::Store& store, const std::filesystem::path& pack,
                                            std::string_view actor, Instant now);

}  // namespace hl::app
