// The dozen flow templates of a pack and the tables that say who handles which sector. A procedure's sheet picks a
// template and fills in hours, functions and agencies; the result is the Flow that its dossiers run. Values; any
// thread.
#pragma once
#include <filesystem>

#include "procedures/model.h"

namespace hl::procedures {

struct FlowTemplate {
    std::string id, name;
    int version = 1;
    Flow flow;  // functions and agencies may still hold "@handler", "@department", "@ppc", "@named"
};

/// packs/…/flows/functions.yaml.
struct FunctionTable {
    std::map<std::string, std::string> names;            // function slug → its name for people
    std::map<std::string, std::string> commune_handler;  // sector code → function slug
    std::string commune_default;
    std::string province_handler;
    std::map<std::string, std::string> department;  // sector code → agency id
    std::string ppc;                                // agency id of the provincial People's Committee
    std::map<std::string, std::string> consulted;   // sector code → agency id asked for an opinion
};

struct Templates {
    std::map<std::string, FlowTemplate> by_id;
    FunctionTable functions;
    std::map<std::string, std::string> files;  // file name → text as read: kept so that drafts can be checked later
};

/// Reads flows/*.yaml of a pack. Every mistake goes to `errors` with file and line.
[[nodiscard]] Templates read_templates(const std::filesystem::path& pack, std::vector<Error>& errors);
[[nodiscard]] Templates parse_templates(std::map<std::string, std::string> files, std::vector<Error>& errors);

/// The flow section of a sheet.
struct FlowSheet {
    std::string template_id;
    std::optional<std::map<std::string, int64_t>> minutes;  // step → working minutes; nothing = not known
    std::map<std::string, std::string> functions, agencies;
    std::string department;
};
/// Errors (code, message): flow.template, flow.step, flow.function, flow.department, flow.agency.
[[nodiscard]] Flow make_flow(const Templates& templates, const FlowSheet& sheet, Level level, const std::string& sector,
                             std::vector<Error>& errors);

}  // namespace hl::procedures
