// One gateway with all that it stands on, from one folder: gateway.yaml, keys/, log/, the configuration that it keeps.
// The same inside the province's server and alone at an agency. `open` reads, `start` listens and returns; any thread.
#pragma once
#include <filesystem>
#include <memory>

#include "base/ticker.h"
#include "exchange/gateway/gateway.h"
#include "exchange/gateway/identity.h"
#include "exchange/gateway/ocsp_cache.h"
#include "exchange/gateway/stamper.h"
#include "exchange/log/log_index.h"
#include "exchange/log/operations.h"

namespace hl::app {

/// Of the gateway whose gateway.yaml lies in `folder`. Errors: gateway.not_joined (there is none), config.*.
[[nodiscard]] Result<exchange::GatewaySettings> joined_settings(const std::filesystem::path& folder);

class GatewayNode {
  public:
    /// `folder` is where gateway.yaml lies. Makes the node's master key on first opening. Errors: gateway.not_joined
    /// (no gateway.yaml), config.*, exchange.*.
    [[nodiscard]] static Result<std::unique_ptr<GatewayNode>> open(const std::filesystem::path& folder,
                                                                   const Clock& clock, Random& random);
    /// The same with settings from elsewhere (tests, another port).
    [[nodiscard]] static Result<std::unique_ptr<GatewayNode>> open(exchange::GatewaySettings settings,
                                                                   const Clock& clock, Random& random);
    ~GatewayNode();
    [[nodiscard]] Result<void> start();
    void stop();
    [[nodiscard]] exchange::Gateway& gateway() { return *gateway_; }
    [[nodiscard]] exchange::MessageLog& log() { return *log_; }
    /// What passed, to be searched: follows the log within seconds.
    [[nodiscard]] const exchange::LogIndex& index() const { return *index_; }
    [[nodiscard]] const exchange::Operations& operations() const { return *operations_; }
    [[nodiscard]] const exchange::KeptConfiguration& configuration() const { return *configuration_; }
    /// {"status", "gateway", "identity", "ocsp", "time_stamps", "index", "records"}.
    [[nodiscard]] boost::json::object health() const;

  private:
    GatewayNode(exchange::GatewaySettings settings, const Clock& clock)
        : settings_(std::move(settings)), clock_(clock) {}
    exchange::GatewaySettings settings_;
    const Clock& clock_;
    std::shared_ptr<exchange::KeptConfiguration> configuration_;
    std::shared_ptr<exchange::MessageLog> log_;
    std::unique_ptr<store::Store> store_;  // gateway.db beside the log: what can be made again from it, and figures
    std::unique_ptr<exchange::LogIndex> index_;
    std::unique_ptr<exchange::Operations> operations_;
    std::unique_ptr<exchange::gateway::Identity> identity_;
    std::unique_ptr<exchange::gateway::OcspCache> ocsp_;
    std::unique_ptr<exchange::gateway::Stamper> stamper_;
    std::unique_ptr<exchange::Gateway> gateway_;
    std::unique_ptr<Ticker> keys_, upkeep_;
};

/// The key that seals a gateway's keys and log, from FOLDER/master.key.
[[nodiscard]] Result<std::string> gateway_master_key(const std::filesystem::path& folder, Random& random);

}  // namespace hl::app
