// How much a consumer may ask of a service (a token bucket and a number a day), and the circuit breaker that spares an
// information system that fails in a row. Any thread.
#pragma once
#include <mutex>

#include "exchange/gateway/settings.h"

namespace hl::exchange::gateway {

class ServiceLimits {
  public:
    explicit ServiceLimits(const Clock& clock) : clock_(clock) {}
    /// Takes one call. Errors: carried faults server.serverproxy.rate_limit_exceeded, …quota_exceeded,
    /// …service_failed.circuit_open. One that is admitted must be told of by `ended`.
    [[nodiscard]] Result<void> admit(const ServiceSettings& service, const ClientId& client);
    /// Did the information system answer (whatever it answered)?
    void ended(const ServiceSettings& service, bool answered);
    [[nodiscard]] bool open(const ServiceId& service) const;

  private:
    struct Use {
        double tokens = 0;
        Instant filled;
        int64_t today = 0;
        int64_t day = -1;
    };
    struct Breaker {
        int failures = 0;
        Instant open_until;
        bool trying = false;
    };
    [[nodiscard]] Result<void> count(const ServiceSettings& service, const ClientId& client, Instant now);

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::pair<ServiceId, ClientId>, Use> uses_;
    std::map<ServiceId, Breaker> breakers_;
};

}  // namespace hl::exchange::gateway
