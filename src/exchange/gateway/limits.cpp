#include "exchange/gateway/limits.h"

#include <cmath>

#include "exchange/gateway/faults_of.h"

namespace hl::exchange::gateway {

namespace {

Error refused(std::string_view code, std::string text) {
    return carried({fmt::format("{}.{}", server_proxy, code), std::move(text), {}, true});
}

}  // namespace

Result<void> ServiceLimits::count(const ServiceSettings& service, const ClientId& client, Instant now) {
    const auto own = service.limits_of.find(client);
    const ConsumerLimit& limit = own == service.limits_of.end() ? service.limit : own->second;
    if (limit.per_second <= 0 && limit.per_day <= 0) return {};
    auto& use = uses_[{service.id, client}];
    const int64_t day = day_number(local_date(now));
    if (use.day != day) {
        use.day = day;
        use.today = 0;
    }
    if (limit.per_day > 0 && use.today >= limit.per_day)
        return refused("quota_exceeded",
                       fmt::format("{} may call {} {} times a day, which is used up. Call again after "
                                   "midnight, or ask the provider for a larger quota.",
                                   to_text(client), to_text(service.id), limit.per_day));
    if (limit.per_second > 0) {
        const double room =
            limit.burst > 0 ? static_cast<double>(limit.burst) : std::max(1.0, std::ceil(limit.per_second));
        const double passed = static_cast<double>((now - use.filled).count()) / 1000.0;
        use.tokens = use.filled == Instant{} ? room : std::min(room, use.tokens + passed * limit.per_second);
        use.filled = now;
        if (use.tokens < 1)
            return refused(
                "rate_limit_exceeded",
                fmt::format("{} may call {} {} times a second. Wait {:.1f} seconds and call again.", to_text(client),
                            to_text(service.id), limit.per_second, (1 - use.tokens) / limit.per_second));
        use.tokens -= 1;
    }
    ++use.today;
    return {};
}

Result<void> ServiceLimits::admit(const ServiceSettings& service, const ClientId& client) {
    const Instant now = clock_.now();
    std::scoped_lock lock(mutex_);
    if (service.breaker_failures > 0) {
        auto& breaker = breakers_[service.id];
        if (breaker.failures >= service.breaker_failures) {
            if (breaker.trying || now < breaker.open_until)
                return refused(
                    "service_failed.circuit_open",
                    fmt::format("The information system behind {} failed {} times in a row and is left alone "
                                "until {}. Its operator must look at it; then calls pass again.",
                                to_text(service.id), breaker.failures, to_rfc3339(breaker.open_until)));
            breaker.trying = true;
        }
    }
    auto counted = count(service, client, now);
    if (!counted.ok() && service.breaker_failures > 0) breakers_[service.id].trying = false;
    return counted;
}

void ServiceLimits::ended(const ServiceSettings& service, bool answered) {
    if (service.breaker_failures <= 0) return;
    std::scoped_lock lock(mutex_);
    auto& breaker = breakers_[service.id];
    breaker.trying = false;
    if (answered) {
        breaker.failures = 0;
        return;
    }
    ++breaker.failures;
    if (breaker.failures >= service.breaker_failures) breaker.open_until = clock_.now() + service.breaker_pause;
}

bool ServiceLimits::open(const ServiceId& service) const {
    std::scoped_lock lock(mutex_);
    const auto it = breakers_.find(service);
    return it != breakers_.end() && it->second.open_until > clock_.now();
}

}  // namespace hl::exchange::gateway
