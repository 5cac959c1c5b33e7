// HTTP face of warnings. /api/v1/warnings is everybody's: those in force as JSON and as an Atom feed, each as CAP.
// /api/v1/ioc/warnings is for who issues and relays them.
#pragma once
#include "access/api.h"
#include "base/json.h"
#include "ioc/warnings/warnings.h"

namespace hl::warnings {

void add_routes(access::Api& api, std::function<Context()> context);
[[nodiscard]] json::object view(const Warning& w, Instant now);
/// RFC 4287.
[[nodiscard]] std::string atom(const std::vector<Warning>& list, const std::string& origin, Instant now);

}  // namespace hl::warnings
