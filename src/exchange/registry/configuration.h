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
#include "exchange/registry/pinned_key.h"
#include "exchange/trust/keys.h"

namespace hl::exchange {

enum class ServiceType { rest, openapi3, soap };
/// "REST", "OPENAPI3", "SOAP": the words of X-Road's metaservices.
[[nodiscard]] std::string_view to_string(ServiceType type);
[[nodiscard]] std::optional<ServiceType> service_type_from(std::string_view word);

struct ServiceEntry {
    ServiceId id;  // its provider is a subsystem
    ServiceType type = ServiceType::rest;
    std::string title;
    std::vector<Endpoint> endpoints;  // as described by OpenAPI or by hand
    std::vector<ServerId> servers;    // gateways that provide it; none named: every gateway of the provider
    bool enabled = true;
    std::string disabled_notice;
    bool operator==(const ServiceEntry&) const = default;
};

/// A right: a subject may call a service, or some of its endpoints, between two dates, on a legal basis.
struct Right {
    std::string id;
    ClientId subject;   // a subsystem or member, exactly this one; empty when `group` is set
    std::string group;  // global group of subsystems
    ServiceId service;
    Endpoint endpoint;  // method or "*", normalised path glob; {"*", "**"}: the whole service
    Date from;
    std::optional<Date> to;  // last day
    std::string basis;       // instrument and article
    bool operator==(const Right&) const = default;
};

struct ServerEntry {
    ServerId id;
    std::string address;                    // host:port of the gateways' entry
    std::vector<std::string> certificates;  // sha256 hex of authentication certificates
    std::vector<ClientId> clients;          // subsystems it may speak for
    bool maintenance = false;               // taken out of service by its owner
    std::string maintenance_notice;
    bool operator==(const ServerEntry&) const = default;
};

struct MemberEntry {
    ClientId id;  // member or subsystem
    std::string name;
    std::vector<std::string> signing_certificates;  // sha256 hex; members only
    bool operator==(const MemberEntry&) const = default;
};

/// A certification authority that the instance believes, and for what.
struct AuthorityEntry {
    std::string name;
    std::string certificate;                 // DER
    std::vector<std::string> intermediates;  // DER
    bool signing = true;                     // its certificates may sign messages
    bool authentication = true;              // its certificates may open connections between gateways
    std::vector<std::string> ocsp_urls;
    std::vector<std::string> ocsp_responders;  // DER of responders that the authority named beforehand
    bool operator==(const AuthorityEntry&) const = default;
};
struct TimeStamperEntry {
    std::string name;
    std::string certificate;  // DER
    std::string url;
    bool operator==(const TimeStamperEntry&) const = default;
};

struct Configuration {
    int64_t number = 0;  // from 1
    std::string instance;
    Instant issued, expires;
    std::map<std::string, std::string> classes;  // of members: code → what it means
    std::vector<MemberEntry> members;
    std::vector<ServerEntry> servers;
    std::vector<ServiceEntry> services;
    std::vector<Right> rights;
    std::map<std::string, std::vector<ClientId>> groups;
    std::map<std::string, std::string> group_titles;
    std::vector<AuthorityEntry> authorities;
    std::vector<TimeStamperEntry> time_stampers;
    std::chrono::seconds ocsp_freshness{3600};
    std::chrono::seconds stamp_interval{60};
    std::chrono::seconds stamp_failure_period{14400};
    bool require_ocsp = true;
    bool operator==(const Configuration&) const = default;

    /// DER of the authorities (with their intermediates) whose certificates are good for `use`.
    [[nodiscard]] std::vector<std::string> authorities_for(KeyUse use) const;
    /// DER of all authorities and of the time-stampers themselves: what a time-stamp may lead back to.
    [[nodiscard]] std::vector<std::string> stamp_roots() const;
};

/// Why a call is allowed or refused, in a form people can read: every right that was looked at and what it lacked.
struct Decision {
    bool allowed = false;
    std::string fault;   // canonical code without prefix: "access_denied", "unknown_service", "service_disabled"…
    std::string notice;  // English, as faults are
    std::string notice_vi;
    std::optional<Right> by;
    struct Looked {
        Right right;
        std::string missed;  // "subject", "service", "method", "path", "not_yet", "ended"; empty: it allows the call
    };
    std::vector<Looked> looked;  // only when asked to explain
};

/// Indexes over one configuration, for the gateway's path.
class Knowledge {
  public:
    explicit Knowledge(Configuration configuration);
    Knowledge(const Knowledge&) = delete;
    Knowledge& operator=(const Knowledge&) = delete;
    [[nodiscard]] const Configuration& configuration() const { return configuration_; }
    [[nodiscard]] const MemberEntry* find(const ClientId& id) const;
    [[nodiscard]] const ServiceEntry* find(const ServiceId& id) const;
    [[nodiscard]] const ServerEntry* find(const ServerId& id) const;
    /// The server whose authentication certificate this is (sha256 hex).
    [[nodiscard]] const ServerEntry* server_of_certificate(std::string_view sha256) const;
    /// May this signing certificate sign for the member?
    [[nodiscard]] bool signs_for(std::string_view certificate_sha256, const ClientId& client) const;
    /// Is `client` registered at this server?
    [[nodiscard]] bool speaks_for(const ServerId& server, const ClientId& client) const;
    /// Gateways at which the service's provider is registered and which provide it, those in maintenance last.
    [[nodiscard]] std::vector<const ServerEntry*> providers(const ServiceId& service) const;
    [[nodiscard]] std::vector<const ServiceEntry*> services_of(const ClientId& provider) const;
    /// Services of the provider of which the client may call at least one endpoint now (allowedMethods).
    [[nodiscard]] std::vector<const ServiceEntry*> allowed_services(const ClientId& client, const ClientId& provider,
                                                                    Instant now) const;
    /// `path` as sent; decoded and normalised here before it is matched. SOAP: method "POST", path "/". Metaservices
    /// of a known subsystem need no right. The document's own expiry is not judged here: KeptConfiguration::expired.
    [[nodiscard]] Decision decide(const ClientId& client, const ServiceId& service, std::string_view method,
                                  std::string_view path, Instant now, bool explain = false) const;

  private:
    struct RightsOfService {
        std::map<ClientId, std::vector<size_t>> by_subject;
        std::map<std::string, std::vector<size_t>> by_group;
    };
    template <class F>
    void each_right_of(const ClientId& client, const ServiceId& service, const F& visit) const;
    void explain_into(Decision& decision, const ClientId& client, const ServiceId& service, std::string_view method,
                      const std::string& path, Date today) const;

    Configuration configuration_;
    std::map<ClientId, size_t> members_;
    std::map<ServiceId, size_t> services_;
    std::map<ServerId, size_t> servers_;
    std::map<std::string, size_t, std::less<>> by_certificate_;
    std::map<ServiceId, RightsOfService> rights_;
    std::map<ClientId, std::set<std::string>> groups_of_;
    std::map<ClientId, std::set<ServerId>> servers_of_;
};

/// The document: a JSON Web Signature in its compact form (RFC 7515, EdDSA of RFC 8037) over canonical JSON; the key
/// id is the key's fingerprint. What is signed here can be read back if it obeys the rules of read_configuration.
[[nodiscard]] std::string sign_configuration(const Configuration& configuration, const crypto::SigningKey& key);
/// Nothing is read before its signature holds. Error exchange.configuration (says what is wrong with it).
[[nodiscard]] Result<Configuration> read_configuration(std::string_view document, std::string_view public_key);
inline constexpr size_t largest_configuration = 64u << 20;
inline constexpr std::string_view configuration_content_type = "application/jose";

/// The signed part alone, without a signature: for the registry and for tests.
[[nodiscard]] std::string configuration_json(const Configuration& configuration);
[[nodiscard]] Result<Configuration> configuration_from_json(std::string_view text);
/// The fingerprint of the key that a document says signed it; nothing of it is believed before read_configuration.
[[nodiscard]] std::optional<std::string> signer_of_configuration(std::string_view document);

/// A gateway's copy on disk, and the key that it believes. Thread-safe.
class KeptConfiguration {
  public:
    /// `public_key` is the one that gateway.yaml pins; what it was led to since lies beside the file.
    KeptConfiguration(std::filesystem::path file, std::string public_key);
    /// What is kept; errors exchange.configuration_missing, exchange.pinned_key.
    [[nodiscard]] Result<void> load();
    /// Takes a newer one: written, fsynced, then used. The one in use again changes nothing. Errors:
    /// exchange.configuration (bad signature), exchange.configuration_key (another key signed it: `follow` may help),
    /// exchange.configuration_older (rolled back), exchange.configuration_instance (another's),
    /// exchange.configuration_expired.
    [[nodiscard]] Result<void> take(std::string_view document, Instant now);
    /// The same for one that was signed by a successor of the pinned key: `chain` leads to it (read_key_chain). Pins
    /// the successor before the configuration is used, and gives what it was. Errors also: those of read_key_chain and
    /// follow_keys.
    [[nodiscard]] Result<FollowedKey> follow(std::string_view chain, std::string_view document, Instant now);
    /// A person vouches for this key, and `document` is signed by it: what was signed before is no measure any more.
    [[nodiscard]] Result<void> repin(std::string_view public_key, std::string_view document, Instant now);
    /// A person vouches for a key that does not sign yet: its first configuration makes it the one that is pinned.
    [[nodiscard]] Result<void> pin_next(std::string_view public_key, Instant now);
    /// Null before the first; error-free use asks `expired` too.
    [[nodiscard]] std::shared_ptr<const Knowledge> current() const;
    /// Also true before the first.
    [[nodiscard]] bool expired(Instant now) const;
    [[nodiscard]] PinnedKey pinned() const;

  private:
    /// Of a document in use: which key signed it, so that a key that a person pinned need not outnumber it.
    struct Held {
        std::shared_ptr<const Knowledge> knowledge;
        std::string document, signer;
    };
    [[nodiscard]] Result<void> read_pin();
    [[nodiscard]] Result<void> accept(std::string_view document, const PinnedKey& pin, Instant now);
    [[nodiscard]] Result<void> set_pin(const PinnedKey& pin);

    std::filesystem::path file_;
    std::string root_key_;
    std::mutex taking_;  // one change at a time; readers do not wait for the disk
    mutable std::mutex mutex_;
    PinnedKey pin_;  // changed under both mutexes
    bool pin_read_ = false;
    Held held_;
};

}  // namespace hl::exchange
