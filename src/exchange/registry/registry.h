// The registry of one instance: who takes part in the exchange, with which systems, gateways and services, and who may
// call what. State lives in this part's tables and changes only by the commands of its headers; every approved change
// is issued at once as a new signed configuration (issue.h). A Registry is safe on any thread.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "access/access.h"
#include "exchange/registry/configuration.h"
#include "exchange/registry/key_files.h"
#include "exchange/trust/authority.h"
#include "store/store.h"

namespace hl::exchange {

struct RegistrySettings {
    std::string instance = "QUANGTRI";
    std::map<std::string, std::string> classes{
        {"GOV", "Cơ quan nhà nước"}, {"ORG", "Đơn vị sự nghiệp, tổ chức"}, {"COM", "Doanh nghiệp"}};
    std::string url;  // "https://lgsp.example" at first; ask Registry::url
    std::chrono::seconds validity{600};
    std::chrono::seconds refresh{60};
};

class Registry {
  public:
    /// Reads the keys that sign configurations from `folder` (sealed with `master_key`, 0600), making one on first
    /// start. `authority` is null where real trust services are used. Errors: exchange.registry_key.
    [[nodiscard]] static Result<std::unique_ptr<Registry>> open(RegistrySettings settings,
                                                                const std::filesystem::path& folder,
                                                                std::string_view master_key,
                                                                std::shared_ptr<DevelopmentAuthority> authority,
                                                                Random& random);
    [[nodiscard]] const RegistrySettings& settings() const { return settings_; }
    /// Where gateways reach this registry. A server that listens on any free port learns it late.
    [[nodiscard]] std::string url() const {
        std::scoped_lock lock(mutex_);
        return settings_.url;
    }
    void set_url(std::string url) {
        std::scoped_lock lock(mutex_);
        settings_.url = std::move(url);
    }
    /// Where the private keys lie; which of them signs is for configuration_keys.h to say.
    [[nodiscard]] KeyFiles& keys() const { return *keys_; }
    [[nodiscard]] DevelopmentAuthority* authority() const { return authority_.get(); }

  private:
    Registry() = default;
    mutable std::mutex mutex_;
    RegistrySettings settings_;
    std::unique_ptr<KeyFiles> keys_;
    std::shared_ptr<DevelopmentAuthority> authority_;
};

[[nodiscard]] const store::Migrations& registry_migrations();

/// The registrar: administrators of the agency (or of all).
[[nodiscard]] Result<void> require_registrar(const access::Actor& actor, const AgencyId& agency, Instant now);
/// Whoever connects an agency's systems: its integrators and administrators.
[[nodiscard]] Result<void> require_connector(const access::Actor& actor, const AgencyId& agency, Instant now);
[[nodiscard]] Result<void> require_connector_anywhere(const access::Actor& actor, Instant now);
/// Whoever acts for a member or one of its subsystems: the connectors of its agency. Errors: exchange.unknown_member,
/// access.denied.
[[nodiscard]] Result<void> require_acting_for(store::Reader& reader, const access::Actor& actor, const ClientId& client,
                                              Instant now);

}  // namespace hl::exchange
