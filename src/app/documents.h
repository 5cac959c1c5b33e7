// The document axis of an installation: its data from the pack's documents folder, signing keys and anchors from
// KEYS/documents/signing and KEYS/documents/trust, what it accepts from the settings of the link "documents".
#pragma once
#include "app/program.h"
#include "links/documents/node.h"

namespace hl::app {

/// Null where the pack has no documents folder. Errors: documents.*.
[[nodiscard]] Result<std::unique_ptr<documents::Axis>> open_documents(Program& program);
/// The node for other systems of the province (KEYS/documents/systems.csv); null without any. Errors: link.*.
[[nodiscard]] Result<std::unique_ptr<links::vxp::Node>> open_vxp_node(Program& program);
void add_vxp_routes(http::Router& router, Program& program);
/// Every mistake of the documents folder of a pack, with file and line.
void check_documents_pack(const std::filesystem::path& pack, std::vector<Error>& errors);
/// The connector, where it has an address.
void add_documents_partner(Program& program);

}  // namespace hl::app
