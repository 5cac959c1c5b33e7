// Cards as a workbook that officials edit: one sheet each for cards, channels, fees, components, results, legal basis
// and sources. Forms, flows and tables stay in the YAML sheets. Exporting and importing again gives equal cards.
// Pure; any thread. Errors: xlsx.*, sheet.column, sheet.value, sheet.unknown with "sheet!row" in Error::at.
#pragma once
#include "procedures/pack.h"

namespace hl::procedures {

[[nodiscard]] Result<std::string> export_cards(const std::vector<Draft>& drafts);
/// The drafts with the cards of the workbook. A card whose code is not among `drafts` becomes a new draft without form
/// and flow, which the linter will refuse until they are written.
[[nodiscard]] std::vector<Draft> import_cards(std::string_view xlsx, std::vector<Draft> drafts,
                                              std::vector<Error>& errors);

}  // namespace hl::procedures
