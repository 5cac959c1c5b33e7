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

struct Place {
    Destination destination;
    std::string host_header, path;
};
/// With the service's own belief in certificates.
Result<Place> read_url(const ServiceSettings& service, const std::string& text, const Clock& clock) {
    const auto url = boost::urls::parse_uri(text);
    if (url.has_error() || (url->scheme() != "http" && url->scheme() != "https") || url->host().empty() ||
        url->has_fragment() || url->has_userinfo())
        return wrong_url(service);
    const bool secure = url->scheme() == "https";
    Place out;
    auto& to = out.destination;
    to.host = url->host_address();
    to.port = url->has_port() ? url->port_number() : static_cast<unsigned short>(secure ? 443 : 80);
    to.connect_time = service.connect_time;
    const auto authority = url->encoded_host_and_port();
    out.host_header = std::string(authority.data(), authority.size());
    const auto path = url->encoded_path();
    out.path = std::string(path.data(), path.size());
    if (url->has_query()) {
        const auto query = url->encoded_query();
        out.path.append("?").append(query.data(), query.size());
    }
    to.key = fmt::format("{}://{}:{}", secure ? "https" : "http", to.host, to.port);
    if (!secure) return out;
    std::optional<TlsIdentity> own;
    if (!service.client_certificate.empty()) {
        TRY(own, read_pem_identity(service.client_certificate, service.client_key_file));
    }
    Belief belief = Unverified{};
    if (service.verify_tls) belief = Verified{service.ca_file};
    TRY(to.tls, TlsContext::make(TlsContext::Role::client, own ? &*own : nullptr, std::move(belief), clock));
    to.key += fmt::format(" {} {} {}", service.verify_tls, service.ca_file, service.client_certificate);
    return out;
}

/// `at` of an error names the service.
Result<std::shared_ptr<const Validator>> judge_of(const ServiceSettings& service, const Adapter* adapter) {
    auto made = [&]() -> Result<std::shared_ptr<const Validator>> {
        if (adapter != nullptr) return Validator::make(boost::json::serialize(adapter->description()));
        TRY(const auto document, read_file(service.description, largest_description));
        return Validator::make(document);
    }();
    if (!made.ok()) return std::move(made).error().pointing(to_text(service.id));
    return made;
}

Result<void> fill(const ServiceSettings& service, Providers::Target& target, const Clock& clock) {
    target.settings = &service;
    if (!service.adapter.empty()) {
        TRY(target.adapter, load_adapter(service.adapter));
    }
    if (service.validation != Validation::no) {
        TRY(target.validator, judge_of(service, target.adapter.get()));
    }
    if (target.adapter) return {};
    TRY(auto place, read_url(service, service.url, clock));
    if (place.path.find('?') != std::string::npos) return wrong_url(service);
    target.destination = std::move(place.destination);
    target.host_header = std::move(place.host_header);
    target.base_path = std::move(place.path);
    if (target.base_path.ends_with('/')) target.base_path.pop_back();
    if (!service.description.starts_with("http://") && !service.description.starts_with("https://")) return {};
    TRY(auto described, read_url(service, service.description, clock));
    if (described.path.empty()) described.path = "/";
    target.description = Providers::Target::Description{std::move(described.destination),
                                                        std::move(described.host_header), std::move(described.path)};
    return {};
}

}  // namespace

Result<std::unique_ptr<Providers>> Providers::make(const GatewaySettings& settings, const Clock& clock) {
    std::unique_ptr<Providers> out(new Providers(static_cast<size_t>(std::max(1, settings.workers))));
    for (const auto& service : settings.services) {
        TRY_VOID(fill(service, out->targets_[service.id], clock));
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
