// What people see in a browser: the citizen's portal, the built web application, the API's description.
#pragma once
#include "app/program.h"
#include "http/router.h"

namespace hl::app {

/// Errors: portal.template, portal.texts, demonstration.malformed.
[[nodiscard]] Result<void> add_pages(http::Router& router, Program& program, access::Sessions& sessions);

}  // namespace hl::app
