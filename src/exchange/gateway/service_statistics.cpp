#include "exchange/gateway/service_statistics.h"

#include <cmath>

namespace hl::exchange::gateway {

namespace {

int64_t minute_of(Instant at) {
    return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
}

std::string_view type_of(ServiceType type) {
    return type == ServiceType::soap ? "WSDL" : to_string(type);
}

}  // namespace

void ServiceStatistics::Sum::add(int64_t value) {
    least = count == 0 ? value : std::min(least, value);
    most = count == 0 ? value : std::max(most, value);
    ++count;
    const auto v = static_cast<double>(value);
    sum += v;
    squares += v * v;
}

void ServiceStatistics::Sum::add(const Sum& other) {
    if (other.count == 0) return;
    least = count == 0 ? other.least : std::min(least, other.least);
    most = count == 0 ? other.most : std::max(most, other.most);
    count += other.count;
    sum += other.sum;
    squares += other.squares;
}

std::optional<Spread> ServiceStatistics::Sum::spread() const {
    if (count == 0) return std::nullopt;
    const double n = static_cast<double>(count), mean = sum / n;
    return Spread{least, most, mean, std::sqrt(std::max(0.0, squares / n - mean * mean))};
}

ServiceStatistics::ServiceStatistics(const GatewaySettings& settings, const Clock& clock)
    : clock_(clock), since_(clock.now()) {
    for (const auto& service : settings.services) services_[service.id].type = type_of(service.type);
}

void ServiceStatistics::add(const Exchanged& exchange) {
    if (exchange.side != Side::provider) return;
    const auto it = services_.find(exchange.service);
    if (it == services_.end()) return;
    Service& service = it->second;
    const auto number = minute_of(exchange.ended);
    std::scoped_lock lock(service.mutex);
    auto& last = exchange.succeeded ? service.last_success : service.last_failure;
    last = exchange.ended;
    auto& minute = service.minutes[static_cast<size_t>(number % period.count())];
    if (minute.number != number) {
        minute = {};
        minute.number = number;
    }
    ++(exchange.succeeded ? minute.succeeded : minute.failed);
    minute.duration.add((exchange.ended - exchange.began).count());
    // What a refused message would have measured is not known, and neither is what is still being sent.
    if (!exchange.succeeded) return;
    if (exchange.request_bytes > 0) minute.request.add(exchange.request_bytes);
    if (exchange.response_bytes > 0) minute.response.add(exchange.response_bytes);
}

std::vector<ServiceHealth> ServiceStatistics::health(const std::optional<ClientId>& provider) const {
    const auto oldest = minute_of(clock_.now()) - period.count();
    std::vector<ServiceHealth> out;
    for (const auto& [id, service] : services_) {
        if (provider && id.provider != *provider) continue;
        ServiceHealth one;
        one.service = id;
        Sum duration, request, response;
        {
            std::scoped_lock lock(service.mutex);
            one.type = service.type;
            one.last_success = service.last_success;
            one.last_failure = service.last_failure;
            for (const auto& minute : service.minutes) {
                if (minute.number <= oldest) continue;
                one.succeeded += minute.succeeded;
                one.failed += minute.failed;
                duration.add(minute.duration);
                request.add(minute.request);
                response.add(minute.response);
            }
        }
        one.duration = duration.spread();
        one.request = request.spread();
        one.response = response.spread();
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace hl::exchange::gateway
