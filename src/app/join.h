// How an agency's gateway comes into the exchange: one code, made by the registry's administrators and carried by a
// person, is all it needs. Keys are made here and never leave; what is already there from an interrupted attempt is
// used again, so that the command can be repeated until it succeeds. Blocking.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "base/ids.h"
#include "exchange/registry/join_code.h"
#include "exchange/trust/keys.h"

namespace hl::app {

struct JoinOptions {
    std::filesystem::path folder;    // of the gateway; made when it is not there
    std::string address;             // host:port where other gateways reach this one
    std::string listen = "0.0.0.0";  // on which address the gateways' entry listens; its port is that of `address`
    int http_port = 8080, https_port = 8443;  // the information systems' entries, on loopback; -1: closed
    std::string services{};                   // entries of gateway.yaml's list of services, indented; empty: none yet
    std::string organisation;                 // stands in the certificates
    exchange::KeyKind keys = exchange::KeyKind::p256;
};

struct Joined {
    exchange::ServerId server;
    std::vector<exchange::ClientId> clients;
    bool waiting = false;  // an external authority has still to issue the certificates
};

/// A step was taken: a line for people.
using Told = std::function<void(const std::string& line)>;

/// Keys, requests, registration, certificates, configuration, gateway.yaml. Errors: exchange.join_code_damaged,
/// gateway.joined (the folder holds another gateway), gateway.registry (with what it answered), exchange.*.
[[nodiscard]] Result<Joined> join_exchange(const exchange::JoinCode& code, const JoinOptions& options,
                                           const Clock& clock, Random& random, const Told& told);

/// Starts the gateway of a folder and sends one signed, logged exchange to another gateway and back: listMethods of a
/// subsystem there. Tells what happened; error gateway.round_trip with the fault and what to do.
[[nodiscard]] Result<void> check_round_trip(const std::filesystem::path& folder, const Clock& clock, Random& random,
                                            const Told& told);

}  // namespace hl::app
