// HTTP face of the links.
#pragma once
#include "access/api.h"
#include "links/business_register.h"

namespace hl::links {

/// `source` empty: no register is configured, and the route says so.
void add_routes(access::Api& api, std::optional<BusinessSource> source);

}  // namespace hl::links
