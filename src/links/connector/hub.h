// All connectors of an installation: each with its follower, its runner and its settings. Made once by the program;
// partners are added before `start`. Any thread.
#pragma once
#include "links/connector/reconcile.h"
#include "links/connector/runner.h"

namespace hl::connector {

class Hub {
  public:
    explicit Hub(Ground ground) : ground_(std::move(ground)) {}
    ~Hub();
    struct Entry {
        std::shared_ptr<Connector> connector;
        PartnerSettings settings;
        std::unique_ptr<Runner> runner;
        std::shared_ptr<store::Follower> follower;
    };
    /// A partner that is not connected (no url) is not added: its outbox would only grow. Follower: registered with
    /// `followers`.
    void add(std::shared_ptr<Connector> connector, const PartnerSettings& settings, store::Followers& followers);
    void start();
    void stop();
    [[nodiscard]] const std::vector<std::unique_ptr<Entry>>& entries() const { return entries_; }
    /// Errors: link.unknown.
    [[nodiscard]] Result<Entry*> find(std::string_view name) const;
    [[nodiscard]] const Ground& ground() const { return ground_; }
    /// Queue lengths, lag, breaker: for /metrics.
    void add_metrics(http::Metrics& metrics);

  private:
    Ground ground_;
    std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace hl::connector
