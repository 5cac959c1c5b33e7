// A published procedure as a sheet again, so that it can be changed and proposed: what the console's forms edit. Pure;
// any thread.
#pragma once
#include "procedures/pack.h"

namespace hl::procedures {

/// The release as a draft that reads back to the same artefacts. Sample dossiers stand beside the artefacts
/// (samples_of in publish.h), so it has none.
[[nodiscard]] Draft draft_of(const Release& release, const Templates& templates);
/// A draft as a release that was never published: for pictures and trial runs. Its id is empty.
[[nodiscard]] Release release_of(const Draft& draft);
/// A text as it was sent: line breaks and spaces matter, and sheets are long. Empty: missing, or recorded as wrong.
[[nodiscard]] std::string verbatim(JsonReader& in, std::string_view key, size_t max = 2u << 20);
/// A sheet's YAML as JSON of the same shape; a JSON sheet is a YAML sheet. Errors: yaml.malformed.
[[nodiscard]] Result<json::value> sheet_json(const std::string& text);
/// {id, name, steps: [{id, name, kind, counted, agency_named}]}: what a sheet may fill in.
[[nodiscard]] json::object view(const FlowTemplate& flow_template);

}  // namespace hl::procedures
