#include "exchange/gateway/asked_adapter.h"

#include "exchange/protocol/rest_message.h"

namespace hl::exchange::gateway {

Result<AdapterRequest> as_adapter_request(const ProviderRequest& request, std::string body) {
    AdapterRequest out;
    out.method = request.method;
    const auto path = normalised_path(request.path.empty() ? "/" : request.path);
    if (!path.ok()) return carried(fault_for(path.error(), server_proxy));
    out.path = path.value();
    const auto query = parse_query(request.query);
    if (!query.ok()) return carried({fmt::format("{}.bad_request", server_proxy), query.error().en, {}, true});
    out.query = query.value();
    out.headers = request.headers;
    out.body = std::move(body);
    out.client = request.client;
    out.message_id = request.message_id;
    return out;
}

}  // namespace hl::exchange::gateway
