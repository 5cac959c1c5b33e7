// Directives as JSON. Pure; any thread.
#pragma once
#include "ioc/directives/queries.h"

namespace hl::directives {

[[nodiscard]] json::object view(const Directive& d, const Timing& timing, const directory::Directory& organisation);
[[nodiscard]] json::object view(const Whole& whole, const directory::Directory& organisation);
[[nodiscard]] json::object view(const Deadline& deadline);
[[nodiscard]] json::object view(const Summary& summary);
[[nodiscard]] json::object view(const Proposal& proposal);

}  // namespace hl::directives
