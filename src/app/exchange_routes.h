// What passed the gateway inside this server and how it fares, over HTTP under /api/v1/exchange: the message log,
// operational records, usage, health. Registered once at start.
#pragma once
#include "access/api.h"
#include "app/gateway_node.h"
#include "app/program.h"

namespace hl::app {

void add_exchange_routes(access::Api& api, Program& program);

/// The parts that it is put together from.
void add_exchange_log_routes(access::Api& api, Program& program);
void add_exchange_watch_routes(access::Api& api, Program& program);

/// Error exchange.no_own_gateway.
[[nodiscard]] Result<std::shared_ptr<GatewayNode>> own_gateway(Program& program);
/// Values of the query; nothing when they are not given. Errors point to the parameter.
[[nodiscard]] Result<std::optional<Instant>> time_in_query(const access::Call& call, std::string_view name);
[[nodiscard]] Result<std::optional<exchange::ClientId>> client_in_query(const access::Call& call,
                                                                        std::string_view name);
[[nodiscard]] Result<std::optional<int64_t>> number_in_query(const access::Call& call, std::string_view name,
                                                             int64_t min, int64_t max);
/// "true" or "false".
[[nodiscard]] Result<std::optional<bool>> flag_in_query(const access::Call& call, std::string_view name);
/// As the API and a gateway's watch port show it.
[[nodiscard]] boost::json::object usage_view(const exchange::UsageRow& row);
[[nodiscard]] boost::json::value text_or_null(const std::string& text);

}  // namespace hl::app
