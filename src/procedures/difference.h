// What differs between two versions of a procedure, field by field with its path: for the console, where a person reads
// it before publishing. `describe_changes` says the same in sentences. Any thread.
#pragma once
#include "procedures/pack.h"
#include "store/store.h"

namespace hl::procedures {

struct PartChange {
    std::string part;           // card | form | flow | rules
    std::string path;           // "components/to-khai/required": lists by id, channel or act, else by position;
                                // "valid.to" of a card: the end of the release itself
    json::value before, after;  // null: not there
};
/// Two artefacts of one kind as canonical JSON.
[[nodiscard]] std::vector<PartChange> differences(std::string part, const json::value& before,
                                                  const json::value& after);

struct ProcedureDifference {
    std::string code, name;
    bool fresh = false;  // nothing published yet
    std::optional<Date> valid_from;
    std::vector<PartChange> changes;
};
/// Against the newest release stored; nothing when they are equal. Errors: procedure.artefact.
[[nodiscard]] Result<std::optional<ProcedureDifference>> difference(store::Reader& reader, const Draft& draft);
[[nodiscard]] json::object view(const ProcedureDifference& difference);

}  // namespace hl::procedures
