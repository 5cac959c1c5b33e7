// A pack is a province as data. Checking explains every mistake with file and line; applying is one transaction.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "procedures/publish.h"
#include "store/store.h"

namespace hl::app {

struct PackReport {
    std::vector<Error> errors;          // nothing is applied while there is one
    std::vector<std::string> warnings;  // in words
    std::vector<std::string> changes;   // against what is stored, in words
    json::object difference;            // the same thing by thing: {organisation: [...], procedures: [...]}
    std::string digest;                 // of the pack and of the difference: what a person confirms
};
[[nodiscard]] Result<PackReport> check_pack(store::Store& store, const std::filesystem::path& pack, Instant now);
/// With `seen`, only when pack and difference are still what was looked at. Errors: pack.changed, the store's, those of
/// the rooms, procedure.approver_missing among them when a second person must look at what it publishes. A report with errors has applied nothing.
[[nodiscard]] Result<PackReport> apply_pack(store::Store& store, const std::filesystem::path& pack,
                                            const procedures::Publication& by, Instant now,
                                            const std::optional<std::string>& seen = {});

}  // namespace hl::app
