// JSON of the connectors' parts, the same for the API and the command line. Pure but for the Reader; any thread.
#pragma once
#include "links/connector/journal.h"
#include "links/connector/routes.h"

namespace hl::connector {

[[nodiscard]] json::object view(const MessageRow& row, const Connector& connector);
[[nodiscard]] json::object view(const Difference& difference, const Connector& connector);
[[nodiscard]] json::object view(const Comparison& comparison);
[[nodiscard]] json::object view(const JournalRow& row);
[[nodiscard]] json::value at_or_null(const std::optional<Instant>& at);
[[nodiscard]] json::value text_or_null(const std::string& text);

}  // namespace hl::connector
