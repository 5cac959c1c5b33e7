// How a register is asked and where in its answers things stand: the mapping file links/business.yaml or
// links/budget.yaml. What was not verified stands there as data. Immutable once read; any thread.
#pragma once
#include <map>
#include <optional>

#include "base/json.h"
#include "links/connector/mapping.h"
#include "links/registers/compare.h"

namespace hl::links::registers {

/// One shape of record: an enterprise, a household business, a cooperative; a unit, a project.
struct Shape {
    std::string kind, path;                     // "…?msdn={code}"
    std::string pattern;                        // of the code, as typed without blanks and dots
    std::string record, code_at;                // JSON pointers; code_at within the record
    std::string empty_at;                       // an empty list here: the register knows nobody by that code
    std::map<std::string, std::string> fields;  // our name → pointer within the record
    std::vector<std::string> required;          // fields without which a record is refused
};
struct MirrorShape {
    std::string path;  // "…?trang={page}&soDong={size}"
    int first_page = 1, size = 200;
    std::string items, total;  // pointers; total may be empty
    std::map<std::string, std::string>
        fields;                           // code, procedure, unit, status, received_at, due, finished_at, returned_at
    std::map<std::string, int> statuses;  // the system's word → national status 1–10
};
struct Profile {
    std::string id, connector, hash;
    std::string token_path, token_at = "/access_token", lifetime_at = "/expires_in";  // OAuth client_credentials
    int cache_hours = 24;
    CompareRules compare;
    std::map<std::string, Shape> shapes;
    std::optional<MirrorShape> mirror;
    std::vector<std::string> unverified;
};
/// Errors: link.mapping with file and line.
[[nodiscard]] Result<Profile> read_profile(const connector::MappingFile& file);
void check_profile(const connector::MappingFile& file, std::vector<Error>& errors);

/// A text or number at a JSON pointer; nothing when it is not there or blank.
[[nodiscard]] std::optional<std::string> text_at(const json::value& value, const std::string& pointer);
/// "yyyyMMddHHmmss", "yyyyMMdd", "dd/MM/yyyy", in the province's time, or RFC 3339.
[[nodiscard]] std::optional<Instant> time_from(std::string_view text);

}  // namespace hl::links::registers
