// A gateway of the data-sharing platform: it speaks X-Road's protocols with information systems and with other
// gateways, signs and logs what passes. It runs inside the province's server or alone. `open` reads and checks, `start`
// listens and returns, `stop` lets running exchanges finish; any thread.
#pragma once
#include <boost/json.hpp>

#include "exchange/gateway/core.h"
#include "http/metrics.h"

namespace hl::exchange {

/// What a gateway is made of. Whoever composes it decides where keys and log lie and what follows the exchanges.
struct GatewayParts {
    GatewaySettings settings;
    std::shared_ptr<KeptConfiguration> configuration;
    std::shared_ptr<MessageLog> log;
    gateway::TlsIdentity authentication;  // towards other gateways; and for the HTTPS entry when it has no own
    /// Members that sign here. Asked anew for each batch: certificate and OCSP response may change.
    std::map<ClientId, std::function<Result<BatchSigner::Identity>()>> signers;
    std::function<std::vector<std::string>()> ocsp_responses = [] { return std::vector<std::string>{}; };
    std::function<void(const gateway::Exchanged&)> observe = [](const gateway::Exchanged&) {};
    /// From the message log's index; none: /asic finds nothing.
    std::function<Result<std::vector<RecordNumber>>(const ClientId& client, const std::string& message_id)>
        find_messages{};
    /// From the operational records; none: it keeps none.
    std::function<Result<OperationPage>(const OperationQuery& what)> find_operations{};
    std::shared_ptr<Load> load{};  // the log's too
};

/// The chain of the keys that sign configurations, from beside the configuration. Errors: exchange.registry, http.*.
[[nodiscard]] Result<std::string> fetch_key_chain(const std::string& configuration_url);

class Gateway {
  public:
    /// Errors: exchange.tls, exchange.address, adapter.*, those of the parts.
    [[nodiscard]] static Result<std::unique_ptr<Gateway>> open(GatewayParts parts, const Clock& clock, Random& random);
    ~Gateway();
    /// Error exchange.listen.
    [[nodiscard]] Result<void> start();
    /// Safe to call twice.
    void stop();
    struct Ports {
        int http = -1, https = -1, peers = -1;
    };
    [[nodiscard]] Ports ports() const;
    /// {"status": "ok" or "failing", …}: each part with what is wrong and what to do.
    [[nodiscard]] boost::json::object health() const;
    void add_metrics(http::Metrics& metrics) const;
    /// A new certificate or key towards other gateways: for connections from now on. Error exchange.tls.
    [[nodiscard]] Result<void> renew(const gateway::TlsIdentity& authentication);
    /// Asks the registry now, on the calling thread.
    [[nodiscard]] Result<void> fetch_configuration();
    [[nodiscard]] gateway::Core& core();

  private:
    Gateway();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hl::exchange
