// Which of several gateways that provide a service gets the next call: of two picked at random the one with less
// waiting (moving average of its latency times the calls under way). One that fails several times in a row is left out
// for a while, then tried with one call. Any thread.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace hl::exchange {

struct ChooserSettings {
    std::chrono::milliseconds memory{10'000};  // after this long a latency counts for a third of what it did
    std::chrono::milliseconds unknown{1};      // what one never called is taken for, so that it is tried soon
    int failures = 3;                          // in a row: left out
    std::chrono::milliseconds left_out{5000};  // doubled each time it fails again, up to:
    std::chrono::milliseconds longest_left_out{300'000};
    size_t most = 10'000;  // gateways remembered
};

class Chooser {
  public:
    Chooser(const Clock& clock, Random& random, ChooserSettings settings = {})
        : clock_(clock), random_(random), settings_(settings) {}

    /// Place in `candidates`, none of `tried` among them. Nothing when all were tried. When all that remain are left
    /// out, the one that comes back first: a try is better than a refusal. Each choice is answered by `done` or `drop`.
    [[nodiscard]] std::optional<size_t> choose(std::span<const std::string> candidates,
                                               std::span<const std::string> tried = {});
    void done(std::string_view gateway, bool ok, std::chrono::milliseconds took);
    void drop(std::string_view gateway);  // chosen, but not called

    struct Health {
        double latency_ms = 0;
        bool measured = false;
        int under_way = 0, failures = 0;
        std::optional<Instant> left_out_until;
    };
    [[nodiscard]] std::optional<Health> health(std::string_view gateway) const;  // nothing: never called

  private:
    struct Gateway {
        double latency = 0;
        bool measured = false;
        Instant at{};
        int under_way = 0, failures = 0;
        std::optional<Instant> until{};
        std::chrono::milliseconds out_for{};
        bool trying = false;  // the one call after its time
        Instant tried_at{};
    };
    Gateway& known(const std::string& name);
    [[nodiscard]] double cost(const Gateway& gateway, Instant now) const;
    [[nodiscard]] bool usable(const Gateway& gateway, Instant now) const;

    const Clock& clock_;
    Random& random_;
    ChooserSettings settings_;
    mutable std::mutex mutex_;
    std::map<std::string, Gateway, std::less<>> gateways_;
};

}  // namespace hl::exchange
