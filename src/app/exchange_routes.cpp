#include "app/exchange_routes.h"

#include <charconv>

namespace hl::app {

using access::Call;
using exchange::ClientId;

namespace {

Error wrong_value(std::string_view name, std::string vi, std::string en) {
    return Error{ErrorKind::invalid, "query.value", std::move(vi), std::move(en)}.pointing(
        fmt::format("/query/{}", name));
}

}  // namespace

Result<std::shared_ptr<GatewayNode>> own_gateway(Program& program) {
    if (auto gateway = program.own_gateway()) return gateway;
    return Error{
        ErrorKind::not_found, "exchange.no_own_gateway",
        "Máy chủ này chưa có cổng kết nối đang chạy. Hãy cho cổng gia nhập («hienluong gateway join») rồi khởi "
        "động lại; cổng chạy riêng thì xem trên máy của nó.",
        "No gateway runs inside this server. Let it join ('hienluong gateway join') and start the server "
        "again; one that runs alone is looked at on its own machine."};
}

Result<std::optional<Instant>> time_in_query(const Call& call, std::string_view name) {
    const auto text = call.request.query_value(name);
    if (!text || text->empty()) return std::optional<Instant>{};
    auto at = parse_rfc3339(*text);
    if (!at.ok()) return std::move(at).error().pointing(fmt::format("/query/{}", name));
    return std::optional{*at};
}

Result<std::optional<ClientId>> client_in_query(const Call& call, std::string_view name) {
    const auto text = call.request.query_value(name);
    if (!text || text->empty()) return std::optional<ClientId>{};
    auto id = exchange::parse_client(*text);
    if (!id.ok()) return std::move(id).error().pointing(fmt::format("/query/{}", name));
    return std::optional{*std::move(id)};
}

Result<std::optional<int64_t>> number_in_query(const Call& call, std::string_view name, int64_t min, int64_t max) {
    const auto text = call.request.query_value(name);
    if (!text || text->empty()) return std::optional<int64_t>{};
    int64_t out = 0;
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), out);
    if (problem != std::errc{} || end != text->data() + text->size() || out < min || out > max)
        return wrong_value(name, fmt::format("{} phải là số từ {} đến {}.", name, min, max),
                           fmt::format("{} must be a number from {} to {}.", name, min, max));
    return std::optional{out};
}

Result<std::optional<bool>> flag_in_query(const Call& call, std::string_view name) {
    const auto text = call.request.query_value(name);
    if (!text || text->empty()) return std::optional<bool>{};
    if (*text != "true" && *text != "false")
        return wrong_value(name, fmt::format("{} là true hoặc false.", name),
                           fmt::format("{} is true or false.", name));
    return std::optional{*text == "true"};
}

boost::json::value text_or_null(const std::string& text) {
    return text.empty() ? boost::json::value() : boost::json::value(text);
}

void add_exchange_routes(access::Api& api, Program& program) {
    add_exchange_log_routes(api, program);
    add_exchange_watch_routes(api, program);
}

}  // namespace hl::app
