// What stands before each service of the gateway: the consumer's rate and quota, and the circuit breaker that spares an
// information system that fails. Any thread.
#pragma once
#include "exchange/adapters/breaker.h"
#include "exchange/adapters/limits.h"
#include "exchange/gateway/settings.h"

namespace hl::exchange::gateway {

class ServiceLimits {
  public:
    explicit ServiceLimits(const Clock& clock) : clock_(clock), rates_(clock), quotas_(clock) {}
    /// Before the first call; the settings outlive it.
    void know(const ServiceSettings& service);

    using Permit = std::optional<Breaker::Permit>;
    /// Takes one call; its outcome goes to `ended`. Errors: carried faults server.serverproxy.rate_limit_exceeded,
    /// …quota_exceeded, …service_failed.circuit_open; each says when to call again.
    [[nodiscard]] Result<Permit> admit(const ServiceSettings& service, const ClientId& client);
    /// Did the information system answer (whatever it answered)?
    void ended(const ServiceSettings& service, Permit permit, bool answered, std::chrono::milliseconds took);
    [[nodiscard]] Breaker::State state(const ServiceId& service) const;
    /// What was used, to be kept over a restart.
    [[nodiscard]] QuotaCounter& quotas() { return quotas_; }

  private:
    [[nodiscard]] Result<void> count(const ServiceSettings& service, const ClientId& client);
    [[nodiscard]] Breaker* breaker(const ServiceId& service) const;

    const Clock& clock_;
    RateLimiter rates_;
    QuotaCounter quotas_;
    std::map<ServiceId, std::unique_ptr<Breaker>> breakers_;
};

}  // namespace hl::exchange::gateway
