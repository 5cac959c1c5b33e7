// How a gateway's own services did lately, for getSecurityServerHealthData: when each was asked last, and counts, times
// and sizes of the last ten minutes, kept by the minute. Bounded by the number of services in the settings. Any thread.
#pragma once
#include <array>
#include <map>
#include <mutex>

#include "exchange/gateway/core.h"
#include "exchange/protocol/monitoring.h"

namespace hl::exchange::gateway {

class ServiceStatistics {
  public:
    static constexpr std::chrono::minutes period{10};
    ServiceStatistics(const GatewaySettings& settings, const Clock& clock);
    /// Exchanges of the client's side and of services that are not this gateway's are not counted.
    void add(const Exchanged& exchange);
    [[nodiscard]] Instant since() const { return since_; }
    /// Of one provider, or of all; in the order of their ids.
    [[nodiscard]] std::vector<ServiceHealth> health(const std::optional<ClientId>& provider) const;

  private:
    struct Sum {
        int64_t count = 0, least = 0, most = 0;
        double sum = 0, squares = 0;
        void add(int64_t value);
        void add(const Sum& other);
        [[nodiscard]] std::optional<Spread> spread() const;
    };
    struct Minute {
        int64_t number = -1;  // since 1970
        int64_t succeeded = 0, failed = 0;
        Sum duration, request, response;
    };
    struct Service {
        mutable std::mutex mutex;
        std::string type;
        std::optional<Instant> last_success, last_failure;
        std::array<Minute, period.count()> minutes;
    };
    const Clock& clock_;
    Instant since_;
    std::map<ServiceId, Service> services_;  // all there are from the start: only what is in them changes
};

}  // namespace hl::exchange::gateway
