// What every gateway knows: members, subsystems, servers, services, rights and trust, as one numbered, signed document
// with an expiry. A gateway keeps the last good one on disk, uses it while the registry is away, and refuses it once it
// has expired or when an older number is offered. Lookups are on an immutable value: any thread.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "exchange/protocol/descriptions.h"
#include "exchange/protocol/identifiers.h"

namespace hl::exchange {

enum class ServiceType { rest, openapi3, soap };

struct ServiceEntry {
    ServiceId id;
    ServiceType type = ServiceType::rest;
    std::string title;
    std::vector<Endpoint> endpoints;  // as described by OpenAPI or by hand
    std::vector<ServerId> servers;    // gateways that provide it
    bool enabled = true;
    std::string disabled_notice;
};

/// A right: a subject may call a service, or some of its endpoints, between two dates, on a legal basis.
struct Right {
    std::string id;
    ClientId subject;   // a subsystem or member; empty when `group` is set
    std::string group;  // global group of subsystems
    ServiceId service;
    Endpoint endpoint;  // method or "*", normalised path glob; {"*", "**"}: the whole service
    Date from;
    std::optional<Date> to;  // last day
    std::string basis;       // instrument and article
};

struct ServerEntry {
    ServerId id;
    std::string address;                    // host:port of the gateways' entry
    std::vector<std::string> certificates;  // sha256 hex of authentication certificates
    std::vector<ClientId> clients;          // subsystems it may speak for
};

struct MemberEntry {
    ClientId id;  // member or subsystem
    std::string name;
    std::vector<std::string> signing_certificates;  // sha256 hex; members only
};

struct Configuration {
    int64_t number = 0;
    std::string instance;
    Instant issued, expires;
    std::vector<MemberEntry> members;
    std::vector<ServerEntry> servers;
    std::vector<ServiceEntry> services;
    std::vector<Right> rights;
    std::map<std::string, std::vector<ClientId>> groups;
    std::vector<std::string> authorities;    // DER of certification authorities
    std::vector<std::string> time_stampers;  // DER
    std::vector<std::string> time_stamp_urls, ocsp_urls;
    std::chrono::seconds ocsp_freshness{3600};
    std::chrono::seconds stamp_interval{60};
    std::chrono::seconds stamp_failure_period{14400};
    bool require_ocsp = true;
};

/// Why a call is allowed or refused, in a form people can read: every right that was looked at and what it lacked.
struct Decision {
    bool allowed = false;
    std::string fault;  // canonical code without prefix: "access_denied", "unknown_service", "service_disabled"…
    std::string notice;
    std::optional<Right> by;
    struct Looked {
        Right right;
        std::string missed;  // "subject", "service", "method", "path", "not_yet", "ended"
    };
    std::vector<Looked> looked;  // only when asked to explain
};

/// Indexes over one configuration, for the gateway's path.
class Knowledge {
  public:
    explicit Knowledge(Configuration configuration);
    [[nodiscard]] const Configuration& configuration() const { return configuration_; }
    [[nodiscard]] const MemberEntry* find(const ClientId& id) const;
    [[nodiscard]] const ServiceEntry* find(const ServiceId& id) const;
    [[nodiscard]] const ServerEntry* find(const ServerId& id) const;
    /// The server whose authentication certificate this is (sha256 hex).
    [[nodiscard]] const ServerEntry* server_of_certificate(std::string_view sha256) const;
    /// May this signing certificate sign for the member?
    [[nodiscard]] bool signs_for(std::string_view certificate_sha256, const ClientId& client) const;
    [[nodiscard]] std::vector<const ServerEntry*> providers(const ServiceId& service) const;
    /// `path` as sent; decoded and normalised here before it is matched. SOAP: method "POST", path "/".
    [[nodiscard]] Decision decide(const ClientId& client, const ServiceId& service, std::string_view method,
                                  std::string_view path, Instant now, bool explain = false) const;

  private:
    Configuration configuration_;
    std::map<ClientId, size_t> members_;
    std::map<ServiceId, size_t> services_;
    std::map<ServerId, size_t> servers_;
    std::map<std::string, size_t, std::less<>> by_certificate_;
    std::map<ServiceId, std::vector<size_t>> rights_;
    std::map<ClientId, std::set<std::string>> groups_of_;
};

/// The document: canonical JSON and an Ed25519 signature over it. Error exchange.configuration.
[[nodiscard]] std::string sign_configuration(const Configuration& configuration, const crypto::SigningKey& key);
[[nodiscard]] Result<Configuration> read_configuration(std::string_view document, std::string_view public_key);

/// A gateway's copy on disk.
class KeptConfiguration {
  public:
    KeptConfiguration(std::filesystem::path file, std::string public_key);
    /// What is kept; error exchange.configuration_missing. Thread-safe.
    [[nodiscard]] Result<void> load();
    /// Takes a newer one: written, fsynced, then used. Errors: exchange.configuration (bad signature),
    /// exchange.configuration_older (rolled back), exchange.configuration_expired.
    [[nodiscard]] Result<void> take(std::string_view document, Instant now);
    /// Null before the first; error-free use asks `expired` too.
    [[nodiscard]] std::shared_ptr<const Knowledge> current() const;
    [[nodiscard]] bool expired(Instant now) const;

  private:
    std::filesystem::path file_;
    std::string public_key_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Knowledge> current_;
};

}  // namespace hl::exchange
