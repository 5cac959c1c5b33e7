// HTTP face of postal orders.
#pragma once
#include "access/api.h"
#include "links/post/partner.h"

namespace hl::post {

struct RouteParts {
    std::shared_ptr<Partner> partner;  // null: the post is not connected, and asking for it says so
};
void add_routes(access::Api& api, const RouteParts& parts);
[[nodiscard]] Error not_connected();

}  // namespace hl::post
