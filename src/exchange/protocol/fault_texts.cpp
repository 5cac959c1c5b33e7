#include "exchange/protocol/fault_texts.h"

namespace hl::exchange {

namespace {

Fault fault(std::string_view side, std::string_view code, std::string text) {
    return {fmt::format("{}.{}", side, code), std::move(text), {}, side == server_proxy};
}

struct Cause {
    std::string_view error, code;
};
constexpr Cause causes[] = {
    {"exchange.bad_request", "bad_request"},
    {"exchange.identifier", "bad_request"},
    {"exchange.path", "bad_request"},
    {"exchange.duplicate_header", "bad_request"},
    {"exchange.method", "invalid_http_method"},
    {"exchange.missing_header", "missing_header"},
    {"exchange.missing_header_field", "missing_header_field"},
    {"exchange.duplicate_header_field", "duplicate_header_field"},
    {"exchange.invalid_xml", "invalid_xml"},
    {"exchange.invalid_soap", "invalid_soap"},
    {"exchange.invalid_body", "invalid_body"},
    {"exchange.invalid_protocol_version", "invalid_protocol_version"},
    {"exchange.missing_body", "missing_body"},
    {"exchange.inconsistent_headers", "inconsistent_headers"},
    {"exchange.inconsistent_response", "inconsistent_response"},
    {"exchange.mime", "mime_parsing_failed"},
    {"exchange.mime_limit", "mime_parsing_failed"},
    {"exchange.invalid_content_type", "invalid_content_type"},
    {"exchange.invalid_message", "invalid_message"},
    {"exchange.missing_message", "missing_soap"},
    {"exchange.missing_signature", "missing_signature"},
    {"exchange.message_limit", "invalid_message"},
};

}  // namespace

Fault client_not_found(const ClientId& client) {
    return fault(
        client_proxy, "unknown_member",
        fmt::format("Client '{}' not found. Check X-Road-Client (or the SOAP client header): the subsystem must "
                    "be registered on this gateway.",
                    to_text(client)));
}

Fault tls_certificate_missing(const ClientId& client) {
    return fault(client_proxy, "ssl_authentication_failed",
                 fmt::format("Client ({}) specifies HTTPS but did not supply TLS certificate. Call the gateway's HTTPS "
                             "port with a client certificate (curl: --cert client.crt --key client.key) whose "
                             "certificate is listed among the subsystem's internal TLS certificates; or have the "
                             "gateway's administrator set the subsystem's connection type to HTTPS NO AUTH or HTTP.",
                             to_text(client)));
}

Fault tls_certificate_unknown(const ClientId& client) {
    return fault(
        client_proxy, "ssl_authentication_failed",
        fmt::format("Client ({}) TLS certificate does not match any IS certificates. Add the certificate that "
                    "the system shows to the subsystem's internal TLS certificates, or show one that is there.",
                    to_text(client)));
}

Fault tls_certificates_not_registered(const ClientId& client) {
    return fault(client_proxy, "ssl_authentication_failed",
                 fmt::format("Client ({}) has no IS certificates. Add the system's certificate to the subsystem's "
                             "internal TLS certificates.",
                             to_text(client)));
}

Fault plain_connection(const ClientId& client) {
    return fault(client_proxy, "ssl_authentication_failed",
                 fmt::format("Client ({}) specifies HTTPS NO AUTH but client made plaintext connection. Call the "
                             "gateway's HTTPS port, or set the subsystem's connection type to HTTP.",
                             to_text(client)));
}

Fault provider_not_found(const ServiceId& service) {
    return fault(client_proxy, "unknown_member",
                 fmt::format("Could not find addresses for service provider \"{}\". Check the provider's identifier; "
                             "its subsystem must be registered on a gateway and the configuration be up to date.",
                             to_text(service)));
}

Fault security_server_not_found(const ServerId& server, const ServiceId& service) {
    return fault(client_proxy, "invalid_security_server",
                 fmt::format("Could not find security server \"{}\" for service provider \"{}\". Check "
                             "X-Road-Security-Server, or leave it out.",
                             to_text(server), to_text(service)));
}

Fault unknown_service(const ServiceId& service) {
    return fault(
        server_proxy, "unknown_service",
        fmt::format("Unknown service: {}. Ask the provider for its services with listMethods.", to_text(service)));
}

Fault not_for_rest(const ServiceId& service) {
    return fault(server_proxy, "service_type",
                 fmt::format("Service is a SOAP service and cannot be called using REST interface. Call {} with SOAP.",
                             to_text(service)));
}

Fault not_for_soap(const ServiceId& service) {
    return fault(server_proxy, "service_type",
                 fmt::format("Service is a REST service and cannot be called using SOAP interface. Call {} under /r1/.",
                             to_text(service)));
}

Fault access_denied(const ServiceId& service, const ClientId& client) {
    return fault(server_proxy, "access_denied",
                 fmt::format("Request is not allowed: {}. The provider must grant {} the right to this service, or to "
                             "this method and path.",
                             to_text(service), to_text(client)));
}

Fault service_disabled(const ServiceId& service, std::string_view notice) {
    return fault(server_proxy, "service_disabled", fmt::format("Service {} is disabled: {}", to_text(service), notice));
}

Fault service_failed(std::string_view cause, std::string_view why) {
    return fault(server_proxy, fmt::format("service_failed.{}", cause), std::string(why));
}

Fault configuration_outdated(std::string_view side) {
    return fault(side, "global_conf_outdated",
                 "Global configuration is expired. The gateway has not been able to fetch a newer one: its "
                 "administrator must check the connection to the registry.");
}

Fault logging_failed(std::string_view side, std::string_view why) {
    return fault(side, "logging_failed",
                 fmt::format("The message could not be logged ({}), so it was not passed on. The gateway's "
                             "administrator must look at its message log.",
                             why));
}

Fault maintenance(std::string_view side, std::string_view notice) {
    return fault(side, "maintenance_mode", fmt::format("Security server is in maintenance mode: {}", notice));
}

Fault fault_of(const Error& error, std::string_view side) {
    for (const auto& c : causes)
        if (c.error == error.code) return fault(side, c.code, error.en);
    switch (error.kind) {
        case ErrorKind::unavailable:
            return fault(side, "network_error", error.en);
        case ErrorKind::malformed:
        case ErrorKind::invalid:
            return fault(side, "invalid_message", error.en);
        case ErrorKind::not_found:
            return fault(side, "not_found", error.en);
        default:
            return fault(side, "internal_error", error.en);
    }
}

}  // namespace hl::exchange
