// How much a consumer may ask of a service: a rate (token bucket: so many a second, with bursts) and a quota by the
// calendar of Viet Nam (so many a day, a month). Memory is bounded: what is full again is forgotten, and a newcomer is
// refused rather than an old count dropped. Any thread.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace hl::exchange {

/// Who asks whom, in the spelling of to_text().
struct LimitKey {
    std::string consumer, service;
    auto operator<=>(const LimitKey&) const = default;
};

struct LimitVerdict {
    bool allowed = true;
    std::string_view by{};                    // "rate", "day", "month", "table" (no place for another pair)
    std::chrono::milliseconds retry_after{};  // when it would be allowed if nobody else asked; at least 1 ms
};

struct Rate {
    double per_second = 10;  // at least a millionth
    double burst = 20;       // tokens at most; at least 1
};

class RateLimiter {
  public:
    explicit RateLimiter(const Clock& clock, size_t most_pairs = 100'000) : clock_(clock), most_(most_pairs) {}
    /// Takes `cost` tokens or none. A changed rate holds from now on; what is saved is kept up to the new burst.
    [[nodiscard]] LimitVerdict take(const LimitKey& key, const Rate& rate, double cost = 1);
    [[nodiscard]] size_t pairs() const;

  private:
    struct Whole {  // a rate in billionths of a token
        int64_t per_ms = 1, burst = 1;
    };
    struct Bucket {
        int64_t tokens = 0;  // in billionths too
        Instant at;
        Whole rate;
    };
    [[nodiscard]] static Whole whole(const Rate& rate);
    [[nodiscard]] static int64_t tokens_at(const Bucket& bucket, Instant now);
    void forget_full(Instant now);
    struct HashKey {
        size_t operator()(const LimitKey& k) const {
            return std::hash<std::string>{}(k.consumer) * 31 + std::hash<std::string>{}(k.service);
        }
    };
    const Clock& clock_;
    size_t most_;
    mutable std::mutex mutex_;
    std::unordered_map<LimitKey, Bucket, HashKey> buckets_;
    Instant swept_{};
};

struct Quota {
    std::optional<int64_t> per_day, per_month;
};

class QuotaCounter {
  public:
    explicit QuotaCounter(const Clock& clock, size_t most_pairs = 100'000) : clock_(clock), most_(most_pairs) {}
    /// Counts one call when both the day's and the month's quota have room for it.
    [[nodiscard]] LimitVerdict take(const LimitKey& key, const Quota& quota);
    /// Undoes one `take` of the same day: the call did not reach the service.
    void give_back(const LimitKey& key);

    /// What was used, to be kept over a restart by whoever owns the counter. Counts of other days and months are left
    /// out.
    struct Use {
        LimitKey key;
        Date day;  // the month is that of the day
        int64_t of_day = 0, of_month = 0;
    };
    [[nodiscard]] std::vector<Use> used() const;
    void restore(const std::vector<Use>& uses);

  private:
    struct Count {
        Date day;
        int64_t of_day = 0, of_month = 0;
    };
    static void turn(Count& count, Date today);
    const Clock& clock_;
    size_t most_;
    mutable std::mutex mutex_;
    std::map<LimitKey, Count> counts_;
    Date swept_{};
};

}  // namespace hl::exchange
