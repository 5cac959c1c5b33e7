// What a gateway is told: who it is, where it listens, whom it serves and for whom it speaks. Read strictly from
// gateway.yaml; every mistake names its file and line. No secret stands in it: secrets are named by file or hashed.
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exchange/log/message_log.h"
#include "exchange/protocol/faults.h"
#include "exchange/protocol/identifiers.h"
#include "exchange/registry/configuration.h"

namespace hl::exchange {

/// How a subsystem's information system must come to the gateway (X-Road's three connection types).
enum class ConnectionType { http, https_no_auth, https };

struct OauthClient {
    std::string id;
    std::string secret_hash;  // argon2id, as crypto::hash_password makes it
};

/// A subsystem whose information system calls through this gateway.
struct ClientSettings {
    ClientId id;
    ConnectionType connection = ConnectionType::https;
    std::vector<std::string> certificates;  // sha256 hex of the system's TLS certificates
    std::vector<OauthClient> oauth;         // not empty: a Bearer token is asked for
};

/// How much one consumer may ask of a service; 0 = no limit.
struct ConsumerLimit {
    double per_second = 0;
    int64_t burst = 0;    // 0: as much as a second's worth, at least 1
    int64_t per_day = 0;  // from midnight in Viet Nam
    int64_t per_month = 0;
};

/// What is held against a service's OpenAPI description.
enum class Validation { no, requests, both };

struct ServiceSettings {
    ServiceId id;
    ServiceType type = ServiceType::rest;
    std::string url;      // http:// or https://; empty when `adapter` answers
    std::string adapter;  // file of an adapter's settings
    std::chrono::milliseconds connect_time{5'000};
    std::chrono::milliseconds answer_time{60'000};  // until the answer's head
    std::chrono::milliseconds pace{60'000};         // each wait inside a body
    bool verify_tls = true;
    std::string ca_file;                              // empty: the system's anchors
    std::string client_certificate, client_key_file;  // PEM files: the gateway's own, towards this service
    BodyPolicy log_body = BodyPolicy::keep;
    ConsumerLimit limit;                          // of each consumer that has no own
    std::map<ClientId, ConsumerLimit> limits_of;  // of these
    int breaker_failures = 20;                    // calls in half a minute from which half failing opens it; 0: never
    std::chrono::milliseconds breaker_pause{5'000};
    std::string description;                 // OpenAPI or WSDL: a file, or an http(s) address; for metaservices
    Validation validation = Validation::no;  // by the description, which is an adapter's or a file then
};

struct GatewaySettings {
    std::string instance;
    ServerId server;
    std::string registry_url;                  // of the configuration document
    std::string registry_key;                  // Ed25519 public key, 32 bytes
    std::filesystem::path folder = "gateway";  // keys/, log/, configuration.jws
    std::string address = "127.0.0.1";         // of the information systems' entries
    int http_port = 8080, https_port = 8443;   // -1: closed; 0: any free one
    std::string peer_address = "0.0.0.0";      // of the gateways' entry
    int peer_port = 5500;
    std::string tls_certificate, tls_key;  // PEM files for the HTTPS entry; empty: the gateway's own certificate
    Dialect dialect = Dialect::camel_case;
    std::vector<ClientSettings> clients;
    std::vector<ServiceSettings> services;

    int threads = 0;  // 0: one a core
    int workers = 4;  // for adapters
    size_t max_connections = 20'000, max_connections_per_peer = 11'000;
    size_t max_head = 64 * 1024;
    size_t max_soap = 16u << 20;
    int64_t max_body = 0;     // of a REST message; 0: any size
    size_t hold = 64 * 1024;  // bodies up to this size are held until they are verified and logged
    std::chrono::milliseconds head_time{10'000}, idle_time{75'000}, pace{60'000};
    std::chrono::milliseconds connect_time{3'000}, answer_time{90'000};  // towards other gateways
    size_t idle_links = 256;                                             // kept open, a thread and a destination
    std::chrono::milliseconds link_idle_time{30'000};
    std::chrono::seconds signed_within{300};  // a message signed earlier or later than this is refused
    size_t remembered_requests = 1'000'000;
    std::chrono::milliseconds stop_time{10'000};
    std::chrono::seconds configuration_interval{60};
    BodyPolicy client_log_body = BodyPolicy::keep;
};

/// Errors: config.unreadable, config.malformed, config.unknown_key, config.value; `at` is file:line.
[[nodiscard]] Result<GatewaySettings> load_gateway_settings(const std::filesystem::path& file);
/// The text of such a file; `name` is for messages, relative paths begin at `folder`.
[[nodiscard]] Result<GatewaySettings> read_gateway_settings(std::string_view yaml, std::string_view name,
                                                            const std::filesystem::path& folder);

}  // namespace hl::exchange
