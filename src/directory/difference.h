// What a pack would change in the organisation, thing by thing and field by field: what a person reads before applying
// it. `describe_changes` says the same in sentences for the command line. Reads one snapshot; any thread.
#pragma once
#include "directory/commands.h"

namespace hl::directory {

struct FieldChange {
    std::string field;    // wire name: "name", "area", "valid.to"; of a calendar the day
    std::string version;  // first day of the version meant; empty when the thing has only one
    std::string before, after;
};
struct Difference {
    enum class Change {
        added,
        changed,
        ended,  // its last version gets an end
        kept,   // not in the pack; stays as it is
        held,   // reorganised by command meanwhile and unknown to the pack: the pack's row is not applied
    };
    std::string kind;  // unit | agency | department | position | succession | calendar
    std::string id, name;
    Change change = Change::changed;
    std::vector<FieldChange> fields;
};
[[nodiscard]] std::string_view to_string(Difference::Change change);
/// In the order units, agencies, departments, positions, successions, calendars; within each by id.
[[nodiscard]] std::vector<Difference> differences(store::Reader& reader, const OrganisationPack& pack, Date today);
[[nodiscard]] boost::json::array view(const std::vector<Difference>& differences);

}  // namespace hl::directory
