#include "exchange/adapters/chooser.h"

#include <cmath>

namespace hl::exchange {

using std::chrono::milliseconds;

Chooser::Gateway& Chooser::known(const std::string& name) {
    if (const auto found = gateways_.find(name); found != gateways_.end()) return found->second;
    if (gateways_.size() >= settings_.most) {  // gateways come and go with configurations: the idle ones are forgotten
        std::erase_if(gateways_, [](const auto& pair) { return pair.second.under_way == 0 && !pair.second.until; });
    }
    return gateways_[name];
}

double Chooser::cost(const Gateway& gateway, Instant now) const {
    double latency = static_cast<double>(settings_.unknown.count());
    if (gateway.measured) {
        // What was slow fades with time, so that it is measured again and not shunned for ever.
        const double age = static_cast<double>(std::max(now - gateway.at, milliseconds{0}).count());
        latency = gateway.latency * std::exp(-age / static_cast<double>(settings_.memory.count()));
    }
    return std::max(latency, 0.1) * (gateway.under_way + 1);
}

bool Chooser::usable(const Gateway& gateway, Instant now) const {
    if (!gateway.until) return true;
    if (now < *gateway.until) return false;
    // Its time is over: one call tries it. A try nobody reported on is repeated after as long again.
    return !gateway.trying || now - gateway.tried_at >= gateway.out_for;
}

std::optional<size_t> Chooser::choose(std::span<const std::string> candidates, std::span<const std::string> tried) {
    std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    std::vector<size_t> good;
    std::optional<size_t> soonest;
    for (size_t i = 0; i < candidates.size(); ++i) {
        if (std::find(tried.begin(), tried.end(), candidates[i]) != tried.end()) continue;
        const auto& gateway = known(candidates[i]);
        if (usable(gateway, now))
            good.push_back(i);
        else if (!soonest || *gateway.until < *known(candidates[*soonest]).until)
            soonest = i;
    }
    if (good.empty() && !soonest) return std::nullopt;
    size_t chosen = soonest.value_or(0);
    if (good.size() == 1) chosen = good[0];
    if (good.size() > 1) {
        const auto first = random_.below(good.size());
        auto second = random_.below(good.size() - 1);
        if (second >= first) ++second;
        const auto a = good[first], b = good[second];
        chosen = cost(known(candidates[b]), now) < cost(known(candidates[a]), now) ? b : a;
    }
    auto& gateway = known(candidates[chosen]);
    ++gateway.under_way;
    if (gateway.until && now >= *gateway.until) {
        gateway.trying = true;
        gateway.tried_at = now;
    }
    return chosen;
}

void Chooser::done(std::string_view name, bool ok, milliseconds took) {
    std::scoped_lock lock(mutex_);
    const auto found = gateways_.find(name);
    if (found == gateways_.end()) return;
    auto& gateway = found->second;
    const auto now = clock_.now();
    gateway.under_way = std::max(0, gateway.under_way - 1);
    // A failure's time says little (refused connections are fast) and must not make the gateway look quick.
    if (ok) {
        const auto sample = static_cast<double>(std::max(took, milliseconds{0}).count());
        const double passed = static_cast<double>(std::max(now - gateway.at, milliseconds{0}).count());
        const double old = gateway.measured ? std::exp(-passed / static_cast<double>(settings_.memory.count())) : 0;
        // Even calls at one moment count something, and a slow one counts at once: better too careful than too slow.
        const double weight = sample > gateway.latency ? std::min(old, 0.5) : std::min(old, 0.9);
        gateway.latency = gateway.latency * weight + sample * (1 - weight);
        gateway.measured = true;
        gateway.at = now;
        gateway.failures = 0;
        gateway.until.reset();
        gateway.out_for = {};
        gateway.trying = false;
        return;
    }
    ++gateway.failures;
    const bool tried = gateway.until && now >= *gateway.until;
    const bool too_often = !gateway.until && gateway.failures >= settings_.failures;
    if (!tried && !too_often) return;
    gateway.out_for =
        gateway.out_for.count() == 0 ? settings_.left_out : std::min(gateway.out_for * 2, settings_.longest_left_out);
    gateway.until = now + gateway.out_for;
    gateway.trying = false;
}

void Chooser::drop(std::string_view name) {
    std::scoped_lock lock(mutex_);
    const auto found = gateways_.find(name);
    if (found == gateways_.end()) return;
    found->second.under_way = std::max(0, found->second.under_way - 1);
    found->second.trying = false;
}

std::optional<Chooser::Health> Chooser::health(std::string_view name) const {
    std::scoped_lock lock(mutex_);
    const auto found = gateways_.find(name);
    if (found == gateways_.end()) return std::nullopt;
    const auto& g = found->second;
    return Health{g.latency, g.measured, g.under_way, g.failures, g.until};
}

}  // namespace hl::exchange
