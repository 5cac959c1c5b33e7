#include "exchange/registry/routes.h"

#include <charconv>

#include "exchange/registry/configuration_keys.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/route_parts.h"
#include "exchange/registry/servers.h"

namespace hl::exchange {

using access::Answer;
using access::Call;
using access::Who;

Result<void> require_staff(const Call& call) {
    using access::ActorKind;
    if (call.actor.kind == ActorKind::officer || call.actor.kind == ActorKind::machine) return Nothing{};
    return Error{ErrorKind::denied, "access.denied", "Chỉ cán bộ và hệ thống đã đăng ký xem được mục này.",
                 "Only officers and registered systems may see this."};
}

ClientId client_in_path(const Call& call, const Registry& registry) {
    return {registry.settings().instance, call.param("class"), call.param("member"), call.param("subsystem")};
}
ServerId server_in_path(const Call& call, const Registry& registry) {
    return {registry.settings().instance, call.param("class"), call.param("member"), call.param("server")};
}
ServiceId service_in_path(const Call& call, const Registry& registry) {
    return {client_in_path(call, registry), call.param("service"), call.request.query_value("version").value_or("")};
}

ClientId client_in_body(JsonReader& in, std::string_view key) {
    const auto text = in.text(key, 1500);
    if (text.empty()) return {};
    auto out = parse_client(text);
    if (out.ok()) return *std::move(out);
    in.fail(key, out.error().code, out.error().vi, out.error().en);
    return {};
}

Result<Date> last_day_in_body(const Call& call) {
    JsonReader in(call.body);
    const auto on = in.optional_date("on").value_or(local_date(call.now));
    TRY_VOID(in.finish());
    return on;
}

Result<Page> page_of(const Call& call) {
    Page out;
    out.after = call.request.query_value("cursor").value_or("");
    if (const auto text = call.request.query_value("limit")) {
        const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), out.limit);
        if (problem != std::errc{} || end != text->data() + text->size() || out.limit < 1 || out.limit > 200)
            return Error{ErrorKind::invalid, "query.limit", "limit phải từ 1 đến 200.", "limit must be from 1 to 200.",
                         "/query/limit"};
    }
    return out;
}

namespace {

Result<Answer> configuration(store::Reader& reader, const Call& call) {
    TRY(auto issued, current_issue(reader));
    const auto tag = fmt::format("\"{}\"", issued.number);
    Answer out;
    out.headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}};
    if (call.request.header("If-None-Match") == tag) {
        out.status = 304;
        out.bytes = "";
        return out;
    }
    out.headers.push_back({"Content-Type", std::string{configuration_content_type}});
    out.headers.push_back({"Expires-At", to_rfc3339(issued.expires)});
    out.bytes = std::move(issued.document);
    return out;
}

Result<JoinRequest> read_join(const json::value& body) {
    JsonReader in(body);
    JoinRequest out;
    out.id = in.text("code", 100);
    out.secret = in.secret("secret");
    out.address = in.text("address", 300);
    const auto pem = [](JsonReader& from, std::string_view key) {
        const auto* value = from.raw(key);
        if (value != nullptr && value->is_string() && value->get_string().size() <= (16u << 10))
            return std::string{value->get_string()};
        from.fail(key, "exchange.certificate_request", "Cần một yêu cầu PKCS#10 ở dạng PEM.",
                  "A PKCS#10 request in PEM is wanted.");
        return std::string{};
    };
    out.authentication = pem(in, "authentication");
    for (const auto& [item, at] : in.array("signing", 200)) {
        JsonReader one(*item, at);
        auto member = client_in_body(one, "member");
        out.signing.push_back({std::move(member), pem(one, "request")});
        in.absorb(std::move(one));
    }
    TRY_VOID(in.finish());
    return out;
}

Result<Answer> answer_join(const RegistryRouteContext& c, const Call& call) {
    TRY(const auto request, read_join(call.body));
    TRY(const auto joined, join(c.store, c.registry, request, c.random, call.now));
    TRY(const auto key, c.store.read([&](store::Reader& reader) -> Result<KeyInForce> {
        return key_of_the_last_issue(reader, c.registry);
    }));
    json::array clients, signing;
    for (const auto& client : joined.clients) clients.push_back(json::value(to_path(client)));
    for (const auto& s : joined.signing)
        signing.push_back(json::object{{"member", to_path(s.member)}, {"certificate", text_or_null(s.certificate)}});
    Answer out{json::object{{"instance", c.registry.settings().instance},
                            {"server", to_path(joined.server)},
                            {"clients", std::move(clients)},
                            {"waiting", joined.waiting},
                            {"authentication", text_or_null(joined.authentication)},
                            {"signing", std::move(signing)},
                            {"key", crypto::to_base64(key.public_key)},
                            {"configuration", joined.configuration.document}}};
    out.headers = {{"Cache-Control", "no-store"}};
    return out;
}

Result<DevelopmentAuthority*> authority_of(const RegistryRouteContext& c) {
    if (auto* own = c.registry.authority()) return own;
    return Error{ErrorKind::not_found, "exchange.no_development_authority",
                 "Bản cài đặt này không chạy dịch vụ chứng thực thử nghiệm. Hãy dùng dịch vụ nêu trong cấu hình.",
                 "This installation runs no development authority. Use the services that the configuration names."};
}

Answer bytes(std::string body, std::string_view type) {
    Answer out;
    out.headers = {{"Content-Type", std::string{type}}, {"Cache-Control", "no-store"}};
    out.bytes = std::move(body);
    return out;
}

Result<void> require_type(const Call& call, std::string_view type) {
    if (call.request.header("Content-Type") == type) return Nothing{};
    return Error{ErrorKind::unsupported, "http.media_type", fmt::format("Cần nội dung loại {}.", type),
                 fmt::format("The body must be {}.", type)};
}

void add_authority_routes(access::Api& api, const RegistryRouteContext& c) {
    access::RouteOptions open{.who = Who::anyone, .max_body = 64u << 10, .raw_body = true};
    api.raw(
        "POST", "/api/v1/exchange/ocsp",
        [c](const Call& call) -> Result<Answer> {
            TRY(auto* own, authority_of(c));
            TRY_VOID(require_type(call, "application/ocsp-request"));
            return bytes(own->answer_ocsp(call.request.body), "application/ocsp-response");
        },
        open);
    api.raw(
        "POST", "/api/v1/exchange/tsa",
        [c](const Call& call) -> Result<Answer> {
            TRY(auto* own, authority_of(c));
            TRY_VOID(require_type(call, "application/timestamp-query"));
            TRY(auto answer, own->answer_time_stamp(call.request.body));
            return bytes(std::move(answer), "application/timestamp-reply");
        },
        open);
    api.raw("GET", "/api/v1/exchange/ca.pem",
            [c](const Call&) -> Result<Answer> {
                TRY(auto* own, authority_of(c));
                return bytes(own->root().pem(), "application/x-pem-file");
            },
            {.who = Who::anyone});
}

}  // namespace

void add_public_routes(access::Api& api, const RegistryRouteContext& c) {
    api.query("/api/v1/exchange/configuration", configuration, {.who = Who::anyone});
    api.query("/api/v1/exchange/key",
              [c](store::Reader& reader, const Call&) -> Result<Answer> {
                  const auto key = key_of_the_last_issue(reader, c.registry);
                  return Answer{json::object{{"instance", c.registry.settings().instance},
                                             {"key", crypto::to_base64(key.public_key)},
                                             {"fingerprint", key.fingerprint}}};
              },
              {.who = Who::anyone});
    api.query("/api/v1/exchange/configuration-keys",
              [c](store::Reader& reader, const Call&) -> Result<Answer> {
                  json::array statements;
                  for (const auto& text : key_statement_texts(reader)) statements.push_back(json::value(text));
                  Answer out{json::object{{"instance", c.registry.settings().instance},
                                          {"statements", std::move(statements)}}};
                  out.headers = {{"Cache-Control", "no-cache"}};
                  return out;
              },
              {.who = Who::anyone});
    // Raw: it issues certificates before it writes. The code's own rule makes a repetition safe.
    api.raw("POST", "/api/v1/exchange/join", [c](const Call& call) { return answer_join(c, call); },
            {.who = Who::anyone});
    add_authority_routes(api, c);
}

void add_registry_routes(access::Api& api, const RegistryRouteContext& context) {
    add_public_routes(api, context);
    add_member_routes(api, context);
    add_server_routes(api, context);
    add_service_routes(api, context);
    add_right_routes(api, context);
    add_request_routes(api, context);
}

}  // namespace hl::exchange
