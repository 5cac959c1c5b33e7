// The parts that the registry's routes are put together from, and what they share. Private to this part.
#pragma once
#include "exchange/registry/routes.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

void add_public_routes(access::Api& api, const RegistryRouteContext& context);   // configuration, join, trust
void add_member_routes(access::Api& api, const RegistryRouteContext& context);   // members, subsystems, groups
void add_server_routes(access::Api& api, const RegistryRouteContext& context);   // gateways, codes, certificates
void add_service_routes(access::Api& api, const RegistryRouteContext& context);  // services, catalogue
void add_right_routes(access::Api& api, const RegistryRouteContext& context);    // rights, the dry run
void add_request_routes(access::Api& api, const RegistryRouteContext& context);  // requests and approvals

/// The registry's lists are for officers and machines, not for citizens.
[[nodiscard]] Result<void> require_staff(const access::Call& call);

/// {class}/{member}[/{subsystem}] of the path.
[[nodiscard]] ClientId client_in_path(const access::Call& call, const Registry& registry);
/// {class}/{member}/{server} of the path.
[[nodiscard]] ServerId server_in_path(const access::Call& call, const Registry& registry);
/// {class}/{member}/{subsystem}/{service} of the path, ?version.
[[nodiscard]] ServiceId service_in_path(const access::Call& call, const Registry& registry);

/// A required member of the body as an identifier; mistakes are recorded.
[[nodiscard]] ClientId client_in_body(JsonReader& in, std::string_view key);

/// {on?}: the first day without it; today when it is not said.
[[nodiscard]] Result<Date> last_day_in_body(const access::Call& call);

struct Page {
    std::string after;  // the cursor: the last id of the page before
    int64_t limit = 50;
};
/// Errors: query.limit.
[[nodiscard]] Result<Page> page_of(const access::Call& call);
/// {items, next}; there are more when one was read too many.
template <class T, class F, class Id>
json::object page_json(std::vector<T> rows, const Page& page, const F& write, const Id& id) {
    const bool more = std::ssize(rows) > page.limit;
    if (more) rows.resize(static_cast<size_t>(page.limit));
    json::array items;
    for (const auto& row : rows) items.push_back(write(row));
    return {{"items", std::move(items)}, {"next", more ? json::value(id(rows.back())) : json::value()}};
}

}  // namespace hl::exchange
