#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/files.h"
#include "exchange/gateway/pem.h"
#include "exchange/gateway/provider_call.h"

namespace hl::exchange::gateway {

namespace {

Error wrong_url(const ServiceSettings& service) {
    return Error{ErrorKind::invalid, "exchange.address",
                 fmt::format("Địa chỉ \"{}\" của dịch vụ {} không phải http:// hoặc https://.", service.url,
                             to_text(service.id)),
                 fmt::format("The URL '{}' of {} is not http:// or https://host[:port][/path].", service.url,
                             to_text(service.id))}
        .pointing(to_text(service.id));
}

Result<void> read_url(const ServiceSettings& service, Providers::Target& out, const Clock& clock) {
    const auto url = boost::urls::parse_uri(service.url);
    if (url.has_error() || (url->scheme() != "http" && url->scheme() != "https") || url->host().empty() ||
        url->has_query() || url->has_fragment() || url->has_userinfo())
        return wrong_url(service);
    const bool secure = url->scheme() == "https";
    auto& to = out.destination;
    to.host = url->host_address();
    to.port = url->has_port() ? url->port_number() : static_cast<unsigned short>(secure ? 443 : 80);
    to.connect_time = service.connect_time;
    const auto authority = url->encoded_host_and_port();
    out.host_header = std::string(authority.data(), authority.size());
    const auto path = url->encoded_path();
    out.base_path = std::string(path.data(), path.size());
    if (out.base_path.ends_with('/')) out.base_path.pop_back();
    to.key = fmt::format("{}://{}:{}", secure ? "https" : "http", to.host, to.port);
    if (!secure) return {};
    std::optional<TlsIdentity> own;
    if (!service.client_certificate.empty()) {
        TRY(own, read_pem_identity(service.client_certificate, service.client_key_file));
    }
    Belief belief = Unverified{};
    if (service.verify_tls) belief = Verified{service.ca_file};
    TRY(to.tls, TlsContext::make(TlsContext::Role::client, own ? &*own : nullptr, std::move(belief), clock));
    to.key += fmt::format(" {} {} {}", service.verify_tls, service.ca_file, service.client_certificate);
    return {};
}

}  // namespace

Result<std::unique_ptr<Providers>> Providers::make(const GatewaySettings& settings, const Clock& clock) {
    std::unique_ptr<Providers> out(new Providers(static_cast<size_t>(std::max(1, settings.workers))));
    for (const auto& service : settings.services) {
        auto& target = out->targets_[service.id];
        target.settings = &service;
        if (service.adapter.empty()) {
            TRY_VOID(read_url(service, target, clock));
        } else {
            TRY(target.adapter, load_adapter(service.adapter));
        }
    }
    return out;
}

Providers::~Providers() {
    stop();
}

void Providers::stop() {
    workers_.join();
}

Providers::Target* Providers::find(const ServiceId& service) {
    const auto it = targets_.find(service);
    return it == targets_.end() ? nullptr : &it->second;
}

}  // namespace hl::exchange::gateway
