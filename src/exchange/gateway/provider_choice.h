// Which of several gateways that provide a service is asked: those that answer before those that failed lately, the
// quicker before the slower, with a look at the others now and then. Any thread.
#pragma once
#include <map>
#include <mutex>
#include <vector>

#include "base/time.h"
#include "exchange/registry/configuration.h"

namespace hl::exchange::gateway {

class ProviderChoice {
  public:
    /// Best first. `candidates` come in the registry's order (those in maintenance last), which breaks ties.
    [[nodiscard]] std::vector<const ServerEntry*> order(std::vector<const ServerEntry*> candidates, Instant now);
    void answered(const ServerId& server, std::chrono::microseconds took);
    void failed(const ServerId& server, Instant now);
    struct Seen {
        double mean_us = 0;  // exponential mean; 0: never answered
        int failures = 0;    // in a row
        Instant not_before;  // after failures: asked last until then
        uint64_t asked = 0;
    };
    [[nodiscard]] std::map<ServerId, Seen> seen() const;

  private:
    mutable std::mutex mutex_;
    std::map<ServerId, Seen> seen_;
    uint64_t turns_ = 0;
};

}  // namespace hl::exchange::gateway
