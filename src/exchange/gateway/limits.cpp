#include "exchange/gateway/limits.h"

#include <cmath>

#include "exchange/gateway/faults_of.h"

namespace hl::exchange::gateway {

namespace {

Error refused(std::string_view code, std::string text, std::chrono::milliseconds again) {
    text += fmt::format(" Call again in {:.1f} seconds.", static_cast<double>(again.count()) / 1000);
    return carried({fmt::format("{}.{}", server_proxy, code), std::move(text), {}, true});
}

}  // namespace

void ServiceLimits::know(const ServiceSettings& service) {
    if (service.breaker_failures <= 0) return;
    BreakerSettings settings;
    settings.least_calls = service.breaker_failures;
    settings.open_for = service.breaker_pause;
    settings.longest_open = std::max<std::chrono::milliseconds>(settings.longest_open, service.breaker_pause);
    settings.slow = service.answer_time + service.pace;  // a slow answer is an answer; the time-out is the limit
    breakers_[service.id] = std::make_unique<Breaker>(clock_, settings);
}

Breaker* ServiceLimits::breaker(const ServiceId& service) const {
    const auto it = breakers_.find(service);
    return it == breakers_.end() ? nullptr : it->second.get();
}

Result<void> ServiceLimits::count(const ServiceSettings& service, const ClientId& client) {
    const auto own = service.limits_of.find(client);
    const ConsumerLimit& limit = own == service.limits_of.end() ? service.limit : own->second;
    if (limit.per_second <= 0 && limit.per_day <= 0 && limit.per_month <= 0) return {};
    const LimitKey key{to_text(client), to_text(service.id)};
    if (limit.per_second > 0) {
        const double burst =
            limit.burst > 0 ? static_cast<double>(limit.burst) : std::max(1.0, std::ceil(limit.per_second));
        if (const auto verdict = rates_.take(key, {limit.per_second, burst}); !verdict.allowed)
            return refused(
                "rate_limit_exceeded",
                fmt::format("{} may call {} {} times a second.", key.consumer, key.service, limit.per_second),
                verdict.retry_after);
    }
    Quota quota;
    if (limit.per_day > 0) quota.per_day = limit.per_day;
    if (limit.per_month > 0) quota.per_month = limit.per_month;
    if (!quota.per_day && !quota.per_month) return {};
    if (const auto verdict = quotas_.take(key, quota); !verdict.allowed)
        return refused("quota_exceeded",
                       fmt::format("The {}'s quota of {} for {} is used up; the provider can grant a larger one.",
                                   verdict.by, key.consumer, key.service),
                       verdict.retry_after);
    return {};
}

Result<ServiceLimits::Permit> ServiceLimits::admit(const ServiceSettings& service, const ClientId& client) {
    Permit permit;
    auto* guard = breaker(service.id);
    if (guard != nullptr) {
        permit = guard->allow();
        if (!permit)
            return refused(
                "service_failed.circuit_open",
                fmt::format("The information system behind {} fails too often and is left alone for a while. "
                            "Its operator must look at it.",
                            to_text(service.id)),
                guard->retry_after());
    }
    auto counted = count(service, client);
    if (counted.ok()) return permit;
    if (permit) guard->drop(*permit);
    return std::move(counted).error();
}

void ServiceLimits::ended(const ServiceSettings& service, Permit permit, bool answered,
                          std::chrono::milliseconds took) {
    if (permit) breaker(service.id)->report(*permit, answered, took);
}

Breaker::State ServiceLimits::state(const ServiceId& service) const {
    const auto* guard = breaker(service);
    return guard == nullptr ? Breaker::State::closed : guard->state();
}

}  // namespace hl::exchange::gateway
