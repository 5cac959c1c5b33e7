// A circuit breaker before one provider: when too many calls of the last while failed or were slow, the next ones are
// refused at once for a time; then a few are let through to try, and their outcome decides. Any thread.
#pragma once
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace hl::exchange {

struct BreakerSettings {
    std::chrono::milliseconds window{30'000};  // looked back over
    int slices = 10;                           // of the window
    int least_calls = 20;                      // below this nothing is concluded
    double failure_ratio = 0.5;
    std::chrono::milliseconds slow{5000};  // a call that takes as long counts as slow
    double slow_ratio = 0.8;
    std::chrono::milliseconds open_for{5000};  // doubled each time a trial fails, up to:
    std::chrono::milliseconds longest_open{60'000};
    int trials = 3;                                      // calls at a time while half open; all must succeed
    std::chrono::milliseconds trial_lost_after{60'000};  // a trial nobody reported on counts as failed
};

class Breaker {
  public:
    enum class State { closed, open, half_open };
    /// Goes with one call; handed back with its outcome.
    struct Permit {
        int64_t period = 0;
    };

    Breaker(const Clock& clock, BreakerSettings settings);
    /// Nothing: refuse, and say retry_after().
    [[nodiscard]] std::optional<Permit> allow();
    /// `ok` is false when the provider failed; what a consumer did wrong is no failure. Outcomes of calls that began
    /// before the breaker changed its state are not counted.
    void report(Permit permit, bool ok, std::chrono::milliseconds took);
    /// The call was not made after all.
    void drop(Permit permit);

    [[nodiscard]] State state() const;
    [[nodiscard]] std::chrono::milliseconds retry_after() const;
    struct Counts {
        int64_t calls = 0, failed = 0, slow = 0;
    };
    [[nodiscard]] Counts counts() const;  // of the window

  private:
    struct Slice {
        int64_t number = 0;
        Counts counts;
    };
    void change(State state, Instant now);
    void settle(Instant now);
    [[nodiscard]] Counts sum() const;
    void forget_old(Instant now);

    const Clock& clock_;
    BreakerSettings settings_;
    mutable std::mutex mutex_;
    State state_ = State::closed;
    int64_t period_ = 0;
    Instant since_{};
    std::chrono::milliseconds open_for_;
    std::deque<Slice> slices_;
    int running_ = 0, succeeded_ = 0;  // trials
    Instant last_trial_{};
};

[[nodiscard]] std::string_view to_string(Breaker::State state);

}  // namespace hl::exchange
