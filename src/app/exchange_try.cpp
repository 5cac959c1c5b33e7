#include "app/exchange_try.h"

#include "app/gateway_node.h"
#include "base/json.h"
#include "base/text.h"
#include "exchange/protocol/xml.h"
#include "exchange/registry/registry.h"
#include "http/client.h"

namespace hl::app {

namespace {

namespace json = boost::json;
using access::Answer;
using access::Call;
using exchange::ClientId;
using exchange::ServiceId;
using exchange::xml::escaped;

constexpr std::chrono::seconds longest_try{30};
constexpr size_t largest_answer = 256u << 10;  // what a page shows; larger answers are for programs

Error no_gateway() {
    return {
        ErrorKind::unavailable, "exchange.no_gateway",
        "Máy chủ này không chạy cổng kết nối nên không gọi thử được từ đây. Hãy gia nhập bằng «hienluong gateway "
        "join», hoặc gọi qua cổng kết nối của cơ quan.",
        "No gateway runs inside this server, so nothing can be tried from here. Join with 'hienluong gateway join', "
        "or call through the agency's own gateway."};
}

/// {server, ports, clients, health}; {server: null} where none runs: that is no error.
Result<Answer> own_gateway(Program& program, const Call& call) {
    TRY_VOID([&]() -> Result<void> {
        if (exchange::require_connector_anywhere(call.actor, call.now).ok()) return Nothing{};
        return access::require_anywhere(call.actor, access::Right::read_ledger, call.now);
    }());
    const auto node = program.own_gateway();
    if (!node) return Answer{json::object{{"server", nullptr}, {"clients", json::array{}}, {"health", nullptr}}};
    const auto& settings = node->gateway().core().settings;
    json::array clients;
    for (const auto& client : settings.clients) clients.emplace_back(to_path(client.id));
    return Answer{json::object{
        {"server", to_path(settings.server)}, {"clients", std::move(clients)}, {"health", node->health()}}};
}

struct Trial {
    ClientId client;
    ServiceId service;
    std::string method, path, body, purpose;
    bool soap = false;
};

Result<Trial> read_trial(const Call& call) {
    JsonReader in(call.body);
    const auto client = in.text("client", 1500), service = in.text("service", 1500);
    Trial out;
    out.soap = in.one_of("type", {"REST", "SOAP"}) == "SOAP";
    out.method = out.soap ? "POST" : in.one_of("method", {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"});
    out.path = in.optional_text("path", 4000).value_or("");
    const auto* body = in.raw("body");
    if (body != nullptr) {
        if (body->is_string() && body->get_string().size() <= largest_answer)
            out.body = std::string_view{body->get_string()};
        else
            in.fail("body", "exchange.try_body", "Nội dung gọi thử phải là chữ, nhiều nhất 256 KiB.",
                    "The body of a trial is text of at most 256 KiB.");
    }
    out.purpose = in.text("purpose", 200);
    TRY_VOID(in.finish());
    TRY(out.client, exchange::parse_client(client));
    TRY(out.service, exchange::parse_service(service));
    // It becomes part of an address: what could end the line or leave the service's path is refused here.
    for (const unsigned char c : out.path)
        if (c <= ' ' || c == '#' || c >= 0x7f)
            return Error{ErrorKind::invalid, "exchange.try_path",
                         "Đường dẫn phải được mã hóa phần trăm: không dấu cách, không «#», không chữ có dấu.",
                         "The path must be percent-encoded: no spaces, no '#', no other than ASCII letters.", "/path"};
    if (!out.path.empty() && out.path[0] != '/' && out.path[0] != '?') out.path.insert(0, "/");
    return out;
}

/// The X-Road headers around what the person wrote inside soap:Body.
std::string envelope(const Trial& trial, const std::string& id, const std::string& user) {
    const auto identifier = [](std::string_view type, const ClientId& c) {
        auto out = fmt::format(
            "<id:xRoadInstance>{}</id:xRoadInstance><id:memberClass>{}</id:memberClass><id:memberCode>{}"
            "</id:memberCode>",
            escaped(c.instance), escaped(c.member_class), escaped(c.member_code));
        if (!c.subsystem.empty()) out += fmt::format("<id:subsystemCode>{}</id:subsystemCode>", escaped(c.subsystem));
        return std::pair{fmt::format(" id:objectType=\"{}\"", type), std::move(out)};
    };
    const auto [client_type, client] =
        identifier(trial.client.subsystem.empty() ? "MEMBER" : "SUBSYSTEM", trial.client);
    const auto [service_type, provider] = identifier("SERVICE", trial.service.provider);
    auto service = provider + fmt::format("<id:serviceCode>{}</id:serviceCode>", escaped(trial.service.code));
    if (!trial.service.version.empty())
        service += fmt::format("<id:serviceVersion>{}</id:serviceVersion>", escaped(trial.service.version));
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
        "xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:id=\"http://x-road.eu/xsd/identifiers\"><soap:Header>"
        "<xrd:client{}>{}</xrd:client><xrd:service{}>{}</xrd:service><xrd:id>{}</xrd:id><xrd:userId>{}</xrd:userId>"
        "<xrd:protocolVersion>4.0</xrd:protocolVersion></soap:Header><soap:Body>{}</soap:Body></soap:Envelope>",
        client_type, client, service_type, service, escaped(id), escaped(user), trial.body);
}

std::string header_of(const http::Response& response, std::string_view name) {
    for (const auto& h : response.headers)
        if (text::fold(h.name) == name) return h.value;
    return {};
}

json::value or_null(std::string text) {
    return text.empty() ? json::value() : json::value(std::move(text));
}

Result<Answer> try_call(Program& program, const Call& call) {
    TRY(const auto trial, read_trial(call));
    // One calls as one's own system alone.
    TRY_VOID(program.store().read([&](store::Reader& reader) {
        return exchange::require_acting_for(reader, call.actor, trial.client, call.now);
    }));
    const auto node = program.own_gateway();
    const int port = node ? node->gateway().ports().http : -1;
    if (port < 0) return no_gateway();

    // What was approved a moment ago is tried as it stands now, not as of the last minute; when the registry cannot be
    // asked, what the gateway has must do.
    (void)node->gateway().fetch_configuration();

    const auto id = fmt::format("thu-{}", make_uuid7(call.now, program.random()));
    const auto base = fmt::format("http://{}:{}", node->gateway().core().settings.address, port);
    http::ClientRequest request;
    request.method = trial.method;
    request.timeout = longest_try;
    request.max_response = largest_answer;
    if (trial.soap) {
        request.url = base + "/";
        request.headers = {{"Content-Type", "text/xml; charset=UTF-8"}, {"SOAPAction", "\"\""}};
        request.body = envelope(trial, id, call.actor.label());
    } else {
        request.url = fmt::format("{}/r1/{}{}", base, to_path(trial.service), trial.path);
        request.headers = {{"X-Road-Client", to_path(trial.client)},
                           {"X-Road-Id", id},
                           {"X-Road-UserId", call.actor.label()},
                           {"Accept", "application/json, */*;q=0.5"}};
        if (!trial.body.empty()) {
            request.headers.push_back({"Content-Type", "application/json"});
            request.body = trial.body;
        }
    }
    const auto began = program.clock().now();
    TRY(auto sent, http::send(request));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(program.clock().now() - began);
    const auto type = header_of(sent, "content-type");
    const bool readable = text::is_valid_utf8(sent.body);
    Answer answer{json::object{{"message_id", id},
                               {"status", sent.status},
                               {"milliseconds", took.count()},
                               {"fault", or_null(header_of(sent, "x-road-error"))},
                               {"content_type", or_null(type)},
                               {"size", sent.body.size()},
                               {"body", readable ? json::value(std::move(sent.body)) : json::value()}}};
    answer.headers = {{"Cache-Control", "no-store"}};
    // What comes back may name people: who looked, why and at which message is a line of the log of reads.
    answer.reads.push_back({call.actor.label(), trial.purpose, "exchange_try", id, call.request.request_id, call.now});
    return answer;
}

}  // namespace

void add_exchange_try_routes(access::Api& api, Program& program) {
    api.raw("GET", "/api/v1/exchange/gateway", [&program](const Call& call) { return own_gateway(program, call); });
    api.raw("POST", "/api/v1/exchange/try", [&program](const Call& call) { return try_call(program, call); });
}

}  // namespace hl::app
