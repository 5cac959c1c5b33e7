// What the axis' codes mean and when documents must be registered: read from packs/…/documents/edxml.yaml, so that an
// amendment is a changed line and not a new program. Immutable once read; any thread.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hl::documents {

struct StatusCode {
    std::string code, vi, en;
    bool known = true;  // false: exists in the standard's range, its meaning could not be verified
};
struct Priority {
    int code = 0;
    std::string vi, en;
    bool urgent = false;
};
struct Kind {
    std::string id, vi;
    Date from;
    std::optional<Date> to;
    std::string wire;  // DocumentType/Type; empty: not known
};
struct Registering {
    std::string source;
    int latest_working_days = 1;
    int at_once_minutes = 30;
};

struct Profile {
    std::string source;
    std::vector<StatusCode> status_codes;
    std::vector<Priority> priorities;
    std::vector<Kind> kinds;
    Registering registering;

    /// Errors: edxml.status_not_verified (with the reason), edxml.status_unknown.
    [[nodiscard]] Result<StatusCode> status(std::string_view code) const;
    [[nodiscard]] const Priority* priority(int code) const;
    [[nodiscard]] const Kind* kind(std::string_view id, Date at) const;

    /// Errors: documents.profile, with file and line.
    [[nodiscard]] static Result<std::shared_ptr<const Profile>> read(const std::filesystem::path& file);
};

}  // namespace hl::documents
