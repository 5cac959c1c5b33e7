// Procedures as the national database hands them out (service LayThuTuc) into drafts. What the record does not say in a
// form we can be sure of is left empty and listed under `unverified`; nothing is guessed. Pure; any thread.
#pragma once
#include "procedures/pack.h"

namespace hl::procedures {

struct NationalImport {
    Draft draft;                // no flow and no form: the record has neither
    std::vector<Error> errors;  // the record contradicts itself or lacks what a card must have
};
/// `record` is the `result` object of the answer. `code` is what was asked for (the record itself need not hold it);
/// `level` is not in the record either. Errors: national.record (not an object at all).
[[nodiscard]] Result<NationalImport> import_national(const json::value& record, const ProcedureCode& code, Level level);

}  // namespace hl::procedures
