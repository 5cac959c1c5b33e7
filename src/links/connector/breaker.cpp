// When to stop asking a partner that does not answer, and how long to wait: pure but for the injected clock and chance.
#include "links/connector/runner.h"

namespace hl::connector {

namespace {

std::chrono::milliseconds doubled(std::chrono::milliseconds first, std::chrono::milliseconds longest, int times,
                                  Random& random) {
    int64_t ms = std::max<int64_t>(first.count(), 1);
    for (int i = 0; i < times && ms < longest.count(); ++i) ms *= 2;
    ms = std::min<int64_t>(ms, longest.count());
    // Half is sure, half is chance: what failed together does not come back together.
    return std::chrono::milliseconds{ms / 2 + static_cast<int64_t>(random.below(static_cast<uint64_t>(ms / 2 + 1)))};
}

}  // namespace

std::string_view to_string(Breaker::State state) {
    switch (state) {
        case Breaker::State::open:
            return "open";
        case Breaker::State::half_open:
            return "half_open";
        case Breaker::State::closed:
            break;
    }
    return "closed";
}

bool Breaker::admit(Instant now) {
    std::scoped_lock lock(mutex_);
    if (!open_) return true;
    if (now < until_ || probing_) return false;
    probing_ = true;
    return true;
}

void Breaker::good() {
    std::scoped_lock lock(mutex_);
    failures_ = openings_ = 0;
    open_ = probing_ = false;
}

void Breaker::bad(Instant now) {
    std::scoped_lock lock(mutex_);
    ++failures_;
    if (!probing_ && (open_ || failures_ < pace_.breaker_failures)) return;
    open_ = true;
    probing_ = false;
    until_ = now + doubled(pace_.breaker_rest, pace_.longest_rest, openings_++, random_);
}

void Breaker::neither() {
    std::scoped_lock lock(mutex_);
    probing_ = false;
}

Breaker::State Breaker::state(Instant now) const {
    std::scoped_lock lock(mutex_);
    if (!open_) return State::closed;
    return now < until_ ? State::open : State::half_open;
}

Instant Breaker::open_until() const {
    std::scoped_lock lock(mutex_);
    return until_;
}

int RateLimit::reserve(Instant now, int most) {
    if (rate_ <= 0) return most;
    std::scoped_lock lock(mutex_);
    if (last_ != Instant{} && now > last_) {
        const auto passed = static_cast<double>((now - last_).count()) / 1000.0;
        tokens_ = std::min(std::max(rate_, 1.0), tokens_ + passed * rate_);
    }
    last_ = std::max(last_, now);
    const int granted = std::min(most, static_cast<int>(tokens_));
    tokens_ -= granted;
    return granted;
}

void RateLimit::give_back(int n) {
    if (rate_ <= 0 || n <= 0) return;
    std::scoped_lock lock(mutex_);
    tokens_ += n;
}

std::chrono::milliseconds back_off(const Pace& pace, int attempts, Random& random) {
    return doubled(pace.first_retry, pace.longest_retry, std::max(0, attempts - 1), random);
}

}  // namespace hl::connector
