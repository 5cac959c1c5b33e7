// What the registry tells the ledger. Payload member names are the wire names; a shape never changes, it gets a new
// version. Identifiers, codes, days and hashes only: reasons and contacts that people typed stay in the tables.
#pragma once
#include <string_view>

namespace hl::exchange::events {
inline constexpr std::string_view member_registered = "exchange.member_registered";  // v1 {member, agency, from}
inline constexpr std::string_view subsystem_registered =
    "exchange.subsystem_registered";  // v1 {subsystem, from, request}
inline constexpr std::string_view service_registered =
    "exchange.service_registered";  // v1 {service, type, endpoints, document, request}; document = SHA-256 or ""
inline constexpr std::string_view service_switched = "exchange.service_switched";  // v1 {service, enabled}
inline constexpr std::string_view group_made = "exchange.group_made";              // v1 {group}
inline constexpr std::string_view group_changed =
    "exchange.group_changed";  // v1 {group, subsystem, member: bool, from}
inline constexpr std::string_view right_granted =
    "exchange.right_granted";  // v1 {right, subject, group, service, method, path, from, to, basis, request}
inline constexpr std::string_view right_revoked = "exchange.right_revoked";      // v1 {right, service}
inline constexpr std::string_view request_made = "exchange.request_made";        // v1 {request, kind, member}
inline constexpr std::string_view request_decided = "exchange.request_decided";  // v1 {request, kind, outcome}
inline constexpr std::string_view join_code_made = "exchange.join_code_made";  // v1 {code, server, clients[], expires}
inline constexpr std::string_view server_joined = "exchange.server_joined";    // v1 {server, clients[], code}
inline constexpr std::string_view server_maintenance = "exchange.server_maintenance";  // v1 {server, maintenance}
inline constexpr std::string_view certificate_registered =
    "exchange.certificate_registered";  // v1 {certificate, use, member, server}
inline constexpr std::string_view certificate_revoked = "exchange.certificate_revoked";  // v1 {certificate, use}
inline constexpr std::string_view ended = "exchange.ended";  // v1 {kind: member|subsystem|server|service, id, on}
inline constexpr std::string_view trust_service_added = "exchange.trust_service_added";  // v1 {service, kind}
inline constexpr std::string_view trust_service_ended = "exchange.trust_service_ended";  // v1 {service}
inline constexpr std::string_view configuration_issued =
    "exchange.configuration_issued";  // v1 {number, content, key}: content changed; content = SHA-256
inline constexpr std::string_view configuration_key_announced =
    "exchange.configuration_key_announced";  // v1 {number, key, previous, from, reason, statement}; statement = SHA-256
inline constexpr std::string_view configuration_key_in_force =
    "exchange.configuration_key_in_force";  // v1 {number, key}: it signs from now on
inline constexpr std::string_view configuration_key_destroyed =
    "exchange.configuration_key_destroyed";  // v1 {key}: a former one, its private part
}  // namespace hl::exchange::events
