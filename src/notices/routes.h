// HTTP face of the notices: texts and previews for who runs them, a person's own choice, signing out by the link in a
// mail, reports of non-delivery.
#pragma once
#include "access/api.h"
#include "notices/notices.h"

namespace hl::notices {

struct RouteParts {
    store::Vault& vault;
    Books& books;
};
/// What `parts` refers to outlives the routes.
void add_routes(access::Api& api, const RouteParts& parts);

}  // namespace hl::notices
