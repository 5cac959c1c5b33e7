#include "exchange/gateway/provider_choice.h"

namespace hl::exchange::gateway {

namespace {
constexpr double weight_of_new = 0.2;
constexpr std::chrono::seconds longest_pause{30};
constexpr uint64_t look_around = 16;  // every so many turns the least known goes first
}  // namespace

std::vector<const ServerEntry*> ProviderChoice::order(std::vector<const ServerEntry*> candidates, Instant now) {
    if (candidates.size() < 2) return candidates;
    std::scoped_lock lock(mutex_);
    const auto rank = [&](const ServerEntry* s) {
        const auto it = seen_.find(s->id);
        const bool known = it != seen_.end();
        return std::tuple{s->maintenance, known && it->second.not_before > now, known ? it->second.mean_us : 0.0};
    };
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    if (++turns_ % look_around == 0) {
        // The slower one may have become the quicker one.
        auto* second = candidates[1];
        if (!std::get<0>(rank(second)) && !std::get<1>(rank(second))) std::swap(candidates[0], candidates[1]);
    }
    ++seen_[candidates.front()->id].asked;
    return candidates;
}

void ProviderChoice::answered(const ServerId& server, std::chrono::microseconds took) {
    std::scoped_lock lock(mutex_);
    auto& s = seen_[server];
    const auto us = static_cast<double>(took.count());
    s.mean_us = s.mean_us == 0 ? us : s.mean_us + weight_of_new * (us - s.mean_us);
    s.failures = 0;
    s.not_before = {};
}

void ProviderChoice::failed(const ServerId& server, Instant now) {
    std::scoped_lock lock(mutex_);
    auto& s = seen_[server];
    s.failures = std::min(s.failures + 1, 10);
    s.not_before = now + std::min<std::chrono::seconds>(std::chrono::seconds{1LL << (s.failures - 1)}, longest_pause);
}

std::map<ServerId, ProviderChoice::Seen> ProviderChoice::seen() const {
    std::scoped_lock lock(mutex_);
    return seen_;
}

}  // namespace hl::exchange::gateway
