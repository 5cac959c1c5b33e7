// Who and what a message is about: members, subsystems, services and servers, as X-Road names them, in the spellings
// its protocols use (percent-encoded path of PR-REST 4.1, SOAP identifiers of PR-MESS 2.1, the short form of its
// messages). Values; any thread.
#pragma once
#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::exchange {

/// A member of the instance, or one of its subsystems (the information systems that send and answer).
struct ClientId {
    std::string instance;      // "QUANGTRI"
    std::string member_class;  // "GOV", "COM"…
    std::string member_code;   // "H50.12"
    std::string subsystem;     // empty: the member itself
    auto operator<=>(const ClientId&) const = default;
    [[nodiscard]] ClientId member() const { return {instance, member_class, member_code, {}}; }
};

struct ServiceId {
    ClientId provider;
    std::string code;
    std::string version;  // empty for REST and for SOAP services without one
    auto operator<=>(const ServiceId&) const = default;
};

/// A gateway ("security server" in X-Road's words): its owner and its code.
struct ServerId {
    std::string instance, member_class, member_code, server_code;
    auto operator<=>(const ServerId&) const = default;
};

/// `inst/class/member[/subsystem]`, each part percent-encoded on its own, as X-Road-Client carries it.
/// Error: exchange.identifier (a wrong number of parts, malformed escapes, an empty part, control characters).
[[nodiscard]] Result<ClientId> parse_client(std::string_view text);
[[nodiscard]] Result<ServerId> parse_server(std::string_view text);    // four parts
[[nodiscard]] Result<ServiceId> parse_service(std::string_view text);  // five parts, or six with a version
[[nodiscard]] std::string to_path(const ClientId& id);
[[nodiscard]] std::string to_path(const ServiceId& id);
[[nodiscard]] std::string to_path(const ServerId& id);
/// "SUBSYSTEM:QUANGTRI/GOV/H50.12/DKKD", "SERVICE:…", "SERVER:…": what messages for people and keys of tables show.
[[nodiscard]] std::string to_text(const ClientId& id);
[[nodiscard]] std::string to_text(const ServiceId& id);
[[nodiscard]] std::string to_text(const ServerId& id);
[[nodiscard]] Result<ClientId> client_from_text(std::string_view text);

/// `/r1/inst/class/member/subsystem/service[/path][?query]` taken apart.
struct RestTarget {
    ServiceId service;
    std::string path;   // "" or begins with "/"; escapes as sent
    std::string query;  // without "?"; as sent
};
[[nodiscard]] Result<RestTarget> parse_rest_target(std::string_view target);

/// The path as access rights see it: percent-decoded and normalised ("a/../b", "//", "." resolved). Error
/// exchange.path when it cannot be decoded or climbs above its root.
[[nodiscard]] Result<std::string> normalised_path(std::string_view raw);
/// X-Road's path glob: `*` within one segment, `**` anything; both sides already normalised.
[[nodiscard]] bool glob_matches(std::string_view glob, std::string_view path);

}  // namespace hl::exchange
