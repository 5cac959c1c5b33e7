#include "exchange/adapters/limits.h"

#include <cmath>

namespace hl::exchange {

namespace {

using std::chrono::milliseconds;

constexpr int64_t one_token = 1'000'000'000;

// Whole numbers, so that a caller who waits as long as told is served, and not a millisecond later than it could be.
int64_t in_parts(double tokens) {
    return std::llround(std::clamp(tokens, 0.0, 1e9) * one_token);
}

bool same_month(Date a, Date b) {
    return a.year() == b.year() && a.month() == b.month();
}

}  // namespace

RateLimiter::Whole RateLimiter::whole(const Rate& rate) {
    return {std::max<int64_t>(1, in_parts(rate.per_second) / 1000), std::max(one_token, in_parts(rate.burst))};
}

int64_t RateLimiter::tokens_at(const Bucket& bucket, Instant now) {
    const int64_t missing = bucket.rate.burst - bucket.tokens;
    const int64_t passed = std::max<int64_t>(0, (now - bucket.at).count());
    if (passed > missing / bucket.rate.per_ms) return bucket.rate.burst;
    return bucket.tokens + passed * bucket.rate.per_ms;
}

void RateLimiter::forget_full(Instant now) {
    if (now == swept_) return;  // nothing became full since
    swept_ = now;
    std::erase_if(buckets_, [&](const auto& pair) { return tokens_at(pair.second, now) >= pair.second.rate.burst; });
}

LimitVerdict RateLimiter::take(const LimitKey& key, const Rate& wanted, double wanted_cost) {
    const auto rate = whole(wanted);
    const int64_t cost = std::min(in_parts(wanted_cost), rate.burst);  // a cost above the burst could never be met
    std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    auto found = buckets_.find(key);
    if (found == buckets_.end()) {
        if (buckets_.size() >= most_) forget_full(now);
        if (buckets_.size() >= most_) return {false, "table", milliseconds{1000}};
        found = buckets_.emplace(key, Bucket{rate.burst, now, rate}).first;
    }
    auto& bucket = found->second;
    // A clock set back gives no tokens and takes none.
    bucket.tokens = std::min(tokens_at(bucket, now), rate.burst);
    bucket.at = std::max(bucket.at, now);
    bucket.rate = rate;
    if (bucket.tokens >= cost) {
        bucket.tokens -= cost;
        return {};
    }
    const int64_t missing = cost - bucket.tokens;
    return {false, "rate", milliseconds{(missing + rate.per_ms - 1) / rate.per_ms}};
}

size_t RateLimiter::pairs() const {
    std::scoped_lock lock(mutex_);
    return buckets_.size();
}

void QuotaCounter::turn(Count& count, Date today) {
    if (count.day == today) return;
    if (!same_month(count.day, today)) count.of_month = 0;
    count.of_day = 0;
    count.day = today;
}

LimitVerdict QuotaCounter::take(const LimitKey& key, const Quota& quota) {
    std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    const auto today = local_date(now);
    auto found = counts_.find(key);
    if (found == counts_.end()) {
        if (counts_.size() >= most_ && swept_ != today) {
            swept_ = today;
            std::erase_if(counts_, [&](const auto& pair) { return !same_month(pair.second.day, today); });
        }
        if (counts_.size() >= most_) return {false, "table", milliseconds{60'000}};
        found = counts_.emplace(key, Count{today, 0, 0}).first;
    }
    auto& count = found->second;
    turn(count, today);
    const auto until = [&](Date day) { return std::max(milliseconds{1}, at_local(day, 0) - now); };
    // The month first: when it is spent, tomorrow does not help.
    if (quota.per_month && count.of_month >= *quota.per_month) {
        const auto next = std::chrono::year_month{today.year(), today.month()} + std::chrono::months{1};
        return {false, "month", until(next / std::chrono::day{1})};
    }
    if (quota.per_day && count.of_day >= *quota.per_day) return {false, "day", until(add_days(today, 1))};
    ++count.of_day;
    ++count.of_month;
    return {};
}

void QuotaCounter::give_back(const LimitKey& key) {
    std::scoped_lock lock(mutex_);
    const auto found = counts_.find(key);
    if (found == counts_.end() || found->second.day != local_date(clock_.now())) return;
    found->second.of_day = std::max<int64_t>(0, found->second.of_day - 1);
    found->second.of_month = std::max<int64_t>(0, found->second.of_month - 1);
}

std::vector<QuotaCounter::Use> QuotaCounter::used() const {
    std::scoped_lock lock(mutex_);
    const auto today = local_date(clock_.now());
    std::vector<Use> out;
    for (const auto& [key, kept] : counts_) {
        auto count = kept;
        turn(count, today);
        if (count.of_month > 0) out.push_back({key, today, count.of_day, count.of_month});
    }
    return out;
}

void QuotaCounter::restore(const std::vector<Use>& uses) {
    std::scoped_lock lock(mutex_);
    for (const auto& use : uses) {
        if (counts_.size() >= most_ && !counts_.contains(use.key)) continue;
        counts_[use.key] = {use.day, use.of_day, use.of_month};
    }
}

}  // namespace hl::exchange
