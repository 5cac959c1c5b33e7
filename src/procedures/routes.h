// The catalogue over HTTP. Reading it is open to everybody; checking and publishing need the right manage_procedures.
#pragma once
#include "access/api.h"
#include "procedures/catalogue.h"

namespace hl::procedures {

/// Present snapshots; called for each request, from any thread.
struct RouteContext {
    std::function<std::shared_ptr<const Catalogue>()> catalogue;
    std::function<std::shared_ptr<const directory::Directory>()> organisation;
    std::function<void()> changed{};  // after a release was committed: reload the catalogue
    bool four_eyes = false;           // publishing takes a proposal and a second person
};
void add_routes(access::Api& api, RouteContext context);

}  // namespace hl::procedures
