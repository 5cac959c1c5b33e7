// HTTP face of directives: /api/v1/ioc/directives. Leaders issue and judge, agencies answer their own.
#pragma once
#include "access/api.h"
#include "dossiers/files.h"
#include "ioc/directives/context.h"

namespace hl::directives {

struct RouteSources {
    std::function<Context()> context;
    std::shared_ptr<const dossiers::Files> files;
};
void add_routes(access::Api& api, RouteSources sources);

}  // namespace hl::directives
