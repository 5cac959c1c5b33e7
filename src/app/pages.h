// What people see in a browser: the citizen's portal, the built web application, the API's description.
#pragma once
#include "app/program.h"
#include "http/router.h"

namespace hl::app {

/// Made by `demo`: an array of {login, password, what}. Where it lies, the front page says that this is a demonstration
/// and names the accounts.
[[nodiscard]] std::filesystem::path demonstration_file(const Config& config);

/// Errors: portal.template, portal.texts, demonstration.malformed.
[[nodiscard]] Result<void> add_pages(http::Router& router, Program& program, access::Sessions& sessions);

}  // namespace hl::app
