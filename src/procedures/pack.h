// Procedures as people write them: one YAML sheet each in a pack's procedures/ folder. Reading collects every mistake
// with file and line and yields drafts, which the linter judges and publish.h makes into releases. Any thread.
#pragma once
#include <filesystem>

#include "procedures/artefacts.h"
#include "procedures/catalogue.h"
#include "procedures/flow_templates.h"

namespace hl::procedures {

/// A sample dossier: what decide() must answer. The linter replays it.
struct Sample {
    std::string name, place;  // place: "file:line"
    Answers answers;
    std::optional<std::vector<Decision::Charge>> charges;  // id and amount count
    std::optional<std::vector<std::string>> components;    // ids of all that are asked for
    std::optional<LegalTime> time;
};

struct Draft {
    Card card;
    Form form;
    Flow flow;
    FlowSheet sheet;
    Rules rules;
    std::vector<Sample> samples;
    std::optional<Date> valid_from, valid_to;
    std::string file;
    std::map<std::string, std::string> places;  // "fees/le-phi" → "file:line", for findings
    [[nodiscard]] std::string place(const std::string& what) const {
        const auto it = places.find(what);
        return it == places.end() ? file : it->second;
    }
};

struct ProcedurePack {
    Templates templates;
    std::vector<Draft> drafts;
};
[[nodiscard]] ProcedurePack read_procedures(const std::filesystem::path& pack, std::vector<Error>& errors);
/// One sheet (YAML, or JSON, which is YAML too). Nothing when it cannot be read at all.
[[nodiscard]] std::optional<Draft> parse_procedure(const std::string& text, const std::string& file,
                                                   const Templates& templates, std::vector<Error>& errors);
/// The draft as a YAML sheet that reads back to an equal draft.
[[nodiscard]] std::string write_procedure(const Draft& draft);
/// Its sample dossiers alone, as the sheet has them; empty when there are none.
[[nodiscard]] std::string write_samples(const Draft& draft);
[[nodiscard]] Result<std::vector<Sample>> read_samples(const std::string& text, const std::string& file);

}  // namespace hl::procedures
