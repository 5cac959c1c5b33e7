#include "exchange/gateway/settings.h"

#include "base/files.h"
#include "exchange/gateway/yaml_section.h"

namespace hl::exchange {

using gateway::YamlSection;

namespace {

constexpr double hour = 3600;

Result<std::string> fingerprint(const std::string& text) {
    std::string hex;
    for (const char c : text)
        if (c != ':') hex += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == std::string::npos) return hex;
    return Error{};
}

Result<std::string> public_key(const std::string& text) {
    for (const auto& bytes : {crypto::from_base64(text), crypto::from_base64url(text), crypto::from_hex(text)})
        if (bytes && bytes->size() == 32) return *bytes;
    return Error{};
}

Result<void> read_client(const YamlSection& outer, const YAML::Node& node, ClientSettings& out) {
    auto section = outer.inner();
    section.parsed("id", out.id, parse_client, "instance/class/member/subsystem")
        .word<ConnectionType>("connection", out.connection,
                              {{"http", ConnectionType::http},
                               {"https-no-auth", ConnectionType::https_no_auth},
                               {"https", ConnectionType::https}})
        .list("certificates",
              [&](const YAML::Node& n) -> Result<void> {
                  auto one = fingerprint(n.IsScalar() ? n.Scalar() : "");
                  if (!one.ok()) return section.wrong(n, "certificates", "SHA-256 fingerprints in hexadecimal");
                  out.certificates.push_back(std::move(one).value());
                  return {};
              })
        .list("oauth", [&](const YAML::Node& n) -> Result<void> {
            OauthClient one;
            auto inner = section.inner();
            inner.text("client_id", one.id).text("secret_hash", one.secret_hash);
            TRY_VOID(inner.read(n, {"client_id", "secret_hash"}));
            if (!one.secret_hash.starts_with("$argon2id$"))
                return inner.wrong(n, "secret_hash", "an argon2id hash ($argon2id$…), not the secret itself");
            out.oauth.push_back(std::move(one));
            return {};
        });
    return section.read(node, {"id"});
}

Result<void> read_limit(const YamlSection& outer, const YAML::Node& node, ConsumerLimit& out, ClientId* client) {
    auto section = outer.inner();
    section.number("per_second", out.per_second, 0, 1e6)
        .number("burst", out.burst, 0, 1e6)
        .number("per_day", out.per_day, 0, 1e9)
        .number("per_month", out.per_month, 0, 1e10);
    if (client != nullptr) section.parsed("client", *client, parse_client, "instance/class/member/subsystem");
    return client != nullptr ? section.read(node, {"client"}) : section.read(node, {});
}

Result<void> read_service(const YamlSection& outer, const YAML::Node& node, ServiceSettings& out) {
    auto section = outer.inner();
    section.parsed("id", out.id, parse_service, "instance/class/member/subsystem/service[/version]")
        .word<ServiceType>(
            "type", out.type,
            {{"rest", ServiceType::rest}, {"openapi3", ServiceType::openapi3}, {"soap", ServiceType::soap}})
        .text("url", out.url)
        .file("adapter", out.adapter)
        .seconds("connect_seconds", out.connect_time, 0.1, 300)
        .seconds("answer_seconds", out.answer_time, 0.1, hour)
        .seconds("pace_seconds", out.pace, 0.1, hour)
        .flag("verify_tls", out.verify_tls)
        .file("ca_file", out.ca_file)
        .file("client_certificate", out.client_certificate)
        .file("client_key", out.client_key_file)
        .word<BodyPolicy>("log_body", out.log_body, {{"keep", BodyPolicy::keep}, {"digest", BodyPolicy::digest_only}})
        .key("limit", [&](const YAML::Node& n) { return read_limit(section, n, out.limit, nullptr); })
        .list("limits",
              [&](const YAML::Node& n) -> Result<void> {
                  ClientId client;
                  ConsumerLimit limit;
                  TRY_VOID(read_limit(section, n, limit, &client));
                  out.limits_of[client] = limit;
                  return {};
              })
        .number("breaker_failures", out.breaker_failures, 0, 1e6)
        .seconds("breaker_seconds", out.breaker_pause, 0.1, hour)
        .place("description", out.description)
        .word<Validation>("validate", out.validation,
                          {{"no", Validation::no}, {"requests", Validation::requests}, {"both", Validation::both}});
    TRY_VOID(section.read(node, {"id"}));
    if (out.url.empty() == out.adapter.empty()) return section.wrong(node, "url", "either a url or an adapter");
    if (out.type == ServiceType::soap && !out.adapter.empty())
        return section.wrong(node, "adapter", "a url (adapters answer REST, not SOAP)");
    const bool described = !out.adapter.empty() || (!out.description.empty() && !out.description.starts_with("http"));
    if (out.validation != Validation::no && (out.type == ServiceType::soap || !described))
        return section.wrong(node, "validate", "a REST service whose description is a file (or that has an adapter)");
    if (out.client_certificate.empty() != out.client_key_file.empty())
        return section.wrong(node, "client_certificate", "client_certificate and client_key, or neither");
    if (!out.ca_file.empty() && !out.verify_tls)
        return section.wrong(node, "ca_file", "verify_tls: true beside a ca_file");
    return {};
}

template <class T>
Result<void> add(std::vector<T>& list, T one, const YamlSection& section, const YAML::Node& node) {
    for (const auto& known : list)
        if (known.id == one.id) return section.wrong(node, "id", "one entry for each id");
    list.push_back(std::move(one));
    return {};
}

void listeners(YamlSection& section, GatewaySettings& out) {
    section.text("address", out.address)
        .number("http_port", out.http_port, -1, 65535)
        .number("https_port", out.https_port, -1, 65535)
        .text("peer_address", out.peer_address)
        .number("peer_port", out.peer_port, -1, 65535)
        .file("tls_certificate", out.tls_certificate)
        .file("tls_key", out.tls_key);
}

void limits(YamlSection& section, GatewaySettings& out) {
    section.number("threads", out.threads, 0, 256)
        .number("workers", out.workers, 1, 256)
        .number("max_connections", out.max_connections, 1, 1e6)
        .number("max_connections_per_peer", out.max_connections_per_peer, 1, 1e6)
        .number("max_soap_bytes", out.max_soap, 1024, 64 << 20)
        .number("max_body_bytes", out.max_body, 0, 1e15)
        .number("max_head_bytes", out.max_head, 4096, 1 << 20)
        .number("hold_bytes", out.hold, 0, 16 << 20)
        .seconds("head_seconds", out.head_time, 0.1, hour)
        .seconds("idle_seconds", out.idle_time, 1, hour)
        .seconds("pace_seconds", out.pace, 0.1, hour)
        .seconds("connect_seconds", out.connect_time, 0.1, 300)
        .seconds("answer_seconds", out.answer_time, 0.1, hour)
        .number("idle_links", out.idle_links, 0, 1e5)
        .seconds("link_idle_seconds", out.link_idle_time, 1, hour)
        .seconds("signed_within_seconds", out.signed_within, 10, hour)
        .number("remembered_requests", out.remembered_requests, 1000, 1e8)
        .seconds("stop_seconds", out.stop_time, 0, 600);
}

}  // namespace

Result<GatewaySettings> load_gateway_settings(const std::filesystem::path& file) {
    TRY(const auto bytes, read_file(file, 4u << 20));
    return read_gateway_settings(bytes, file.string(), file.parent_path());
}

Result<GatewaySettings> read_gateway_settings(std::string_view yaml, std::string_view name,
                                              const std::filesystem::path& folder) {
    YAML::Node root;
    try {
        root = YAML::Load(std::string(yaml));
    } catch (const YAML::Exception& e) {
        return Error{ErrorKind::malformed,
                     "config.malformed",
                     fmt::format("Tệp cấu hình cổng sai cú pháp: {}", e.what()),
                     fmt::format("The gateway's settings are not valid YAML: {}", e.what()),
                     fmt::format("{}:{}", name, e.mark.line + 1),
                     {}};
    }
    GatewaySettings out;
    YamlSection section{std::string(name), folder};
    std::string data_folder;
    section.text("instance", out.instance)
        .parsed("server", out.server, parse_server, "instance/class/member/server")
        .text("registry_url", out.registry_url)
        .parsed("registry_key", out.registry_key, public_key,
                "an Ed25519 public key, 32 bytes in base64 or hexadecimal")
        .file("folder", data_folder)
        .word<Dialect>("fault_codes", out.dialect,
                       {{"camel-case", Dialect::camel_case}, {"snake-case", Dialect::snake_case}})
        .seconds("configuration_seconds", out.configuration_interval, 1, hour)
        .word<BodyPolicy>("log_body", out.client_log_body,
                          {{"keep", BodyPolicy::keep}, {"digest", BodyPolicy::digest_only}})
        .list("clients",
              [&](const YAML::Node& n) -> Result<void> {
                  ClientSettings one;
                  TRY_VOID(read_client(section, n, one));
                  return add(out.clients, std::move(one), section, n);
              })
        .list("services", [&](const YAML::Node& n) -> Result<void> {
            ServiceSettings one;
            TRY_VOID(read_service(section, n, one));
            return add(out.services, std::move(one), section, n);
        });
    listeners(section, out);
    limits(section, out);
    TRY_VOID(section.read(root, {"instance", "server", "registry_url", "registry_key"}));
    if (!data_folder.empty())
        out.folder = data_folder;
    else
        out.folder = folder / out.folder;
    if (out.server.instance != out.instance)
        return section.wrong(root["server"], "server", fmt::format("a server of the instance {}", out.instance));
    if (out.tls_certificate.empty() != out.tls_key.empty())
        return section.wrong(root, "tls_certificate", "tls_certificate and tls_key, or neither");
    return out;
}

}  // namespace hl::exchange
