// The faults that a gateway makes most, with X-Road's own sentence first (people search the web for it) and what to do
// after it. A fault's detail is the caller's to set. Pure functions; any thread.
#pragma once
#include "exchange/protocol/faults.h"
#include "exchange/protocol/identifiers.h"

namespace hl::exchange {

/// Of the client's gateway.
[[nodiscard]] Fault client_not_found(const ClientId& client);
[[nodiscard]] Fault tls_certificate_missing(const ClientId& client);  // "…but did not supply TLS certificate"
[[nodiscard]] Fault tls_certificate_unknown(const ClientId& client);
[[nodiscard]] Fault tls_certificates_not_registered(const ClientId& client);
[[nodiscard]] Fault plain_connection(const ClientId& client);  // HTTPS NO AUTH over plain HTTP
[[nodiscard]] Fault provider_not_found(const ServiceId& service);
[[nodiscard]] Fault security_server_not_found(const ServerId& server, const ServiceId& service);

/// Of the provider's gateway.
[[nodiscard]] Fault unknown_service(const ServiceId& service);
[[nodiscard]] Fault not_for_rest(const ServiceId& service);
[[nodiscard]] Fault not_for_soap(const ServiceId& service);
[[nodiscard]] Fault access_denied(const ServiceId& service, const ClientId& client);
[[nodiscard]] Fault service_disabled(const ServiceId& service, std::string_view notice);
/// The information system behind the gateway did not answer, or not as its protocol demands. `cause` is the last part
/// of the code: "http_error", "network_error", "invalid_soap"…
[[nodiscard]] Fault service_failed(std::string_view cause, std::string_view why);

/// Either side (client_proxy or server_proxy).
[[nodiscard]] Fault configuration_outdated(std::string_view side);
[[nodiscard]] Fault logging_failed(std::string_view side, std::string_view why);
[[nodiscard]] Fault maintenance(std::string_view side, std::string_view notice);
/// An error of the protocol part or of what it called ("exchange.…") as the fault of one side.
[[nodiscard]] Fault fault_of(const Error& error, std::string_view side);

}  // namespace hl::exchange
