// What must be true of a procedure before it is published: its flow ends, its steps fit into the legal time, every
// piece of work finds somebody everywhere, its tables answer every case, its samples come out as written.
// Pure; any thread.
#pragma once
#include "directory/directory.h"
#include "procedures/pack.h"

namespace hl::procedures {

enum class Severity { error, warning, note };
[[nodiscard]] std::string_view to_string(Severity severity);
struct Finding {
    Severity severity = Severity::error;
    std::string code;   // "lint.hours"
    std::string place;  // "procedures/1.001193.yaml:40", or the file
    std::string vi, en;
};
struct LintContext {
    const directory::Directory* organisation = nullptr;  // nothing: functions are not resolved, and a note says so
    Date at{};                                           // on which functions are resolved
    ReleasePtr previous;                                 // newest published release, for stable field ids
};
[[nodiscard]] std::vector<Finding> lint(const Draft& draft, const LintContext& context);
[[nodiscard]] bool has_errors(const std::vector<Finding>& findings);

}  // namespace hl::procedures
