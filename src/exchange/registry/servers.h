// Gateways: how they join with a one-time code, how their certificates come in and go, and when they are out of
// service. Commands run in the caller's transaction, but for `join`, which also asks the development authority for
// certificates and does its own.
#pragma once
#include "base/json.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/join_code.h"

namespace hl::exchange {

struct NewJoinCode {
    ClientId owner;           // a member
    std::string server_code;  // of a new gateway, or of one whose keys are replaced
    std::vector<ClientId> clients;
    std::chrono::hours life{72};
};
/// The secret is given out here and never again. Errors: access.denied, exchange.code, exchange.unknown_member,
/// exchange.join_clients (none, or not subsystems), exchange.join_life (1 hour to 30 days).
[[nodiscard]] Result<JoinCode> make_join_code(store::Transaction& tx, const Registry& registry,
                                              const access::Actor& actor, const NewJoinCode& wanted, Random& random,
                                              Instant now);

struct JoinRequest {
    std::string id, secret;      // of the code
    std::string address;         // host:port where other gateways reach this one
    std::string authentication;  // PKCS#10, PEM
    struct Signing {
        ClientId member;
        std::string request;  // PKCS#10, PEM
    };
    std::vector<Signing> signing;  // one for each member whose subsystems the gateway serves
};
struct JoinAnswer {
    ServerId server;
    std::vector<ClientId> clients;
    bool waiting = false;        // an external authority has still to issue: ask again with the same requests
    std::string authentication;  // PEM; empty while waiting
    struct Signing {
        ClientId member;
        std::string certificate;
    };
    std::vector<Signing> signing;
    Issued configuration;
};
/// Registers the gateway and its certificates and burns the code. Called again with the same requests it answers the
/// same, with the configuration of that moment. Errors: exchange.join_code (unknown or wrong), exchange.join_code_used,
/// exchange.join_code_expired, exchange.address, exchange.certificate_request, exchange.join_keys (not the members that
/// the code names, or one key twice).
[[nodiscard]] Result<JoinAnswer> join(store::Store& store, const Registry& registry, const JoinRequest& request,
                                      Random& random, Instant now);

/// Certificates that an external authority issued for a gateway's waiting requests, found by their keys.
/// Errors: access.denied, exchange.unknown_server, exchange.certificate (not issued by a trusted authority, not valid,
/// or for no waiting request).
[[nodiscard]] Result<void> upload_certificates(store::Transaction& tx, const Registry& registry,
                                               const access::Actor& actor, const ServerId& server,
                                               const std::vector<std::string>& pems, Instant now);
/// From then on nobody believes it. Error exchange.unknown_certificate.
[[nodiscard]] Result<void> revoke_certificate(store::Transaction& tx, const Registry& registry,
                                              const access::Actor& actor, std::string_view sha256, Instant now);
/// With a notice out of service, without one back again.
[[nodiscard]] Result<void> set_maintenance(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                           const ServerId& server, const std::optional<std::string>& notice,
                                           Instant now);

}  // namespace hl::exchange
