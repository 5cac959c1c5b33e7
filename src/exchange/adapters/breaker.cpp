#include "exchange/adapters/breaker.h"

namespace hl::exchange {

using std::chrono::milliseconds;

std::string_view to_string(Breaker::State state) {
    constexpr std::string_view words[] = {"closed", "open", "half_open"};
    return words[static_cast<size_t>(state)];
}

Breaker::Breaker(const Clock& clock, BreakerSettings settings)
    : clock_(clock), settings_(settings), open_for_(settings.open_for) {
    settings_.slices = std::max(settings_.slices, 1);
    settings_.trials = std::max(settings_.trials, 1);
    settings_.least_calls = std::max(settings_.least_calls, 1);
    settings_.window = std::max(settings_.window, milliseconds{settings_.slices});
}

void Breaker::change(State state, Instant now) {
    state_ = state;
    since_ = now;
    ++period_;
    slices_.clear();
    running_ = succeeded_ = 0;
    if (state == State::closed) open_for_ = settings_.open_for;
}

/// What time alone changes.
void Breaker::settle(Instant now) {
    if (state_ == State::open && now - since_ >= open_for_) change(State::half_open, now);
    // The caller died with its permit: without this the breaker would wait for it for ever.
    if (state_ == State::half_open && running_ > 0 && now - last_trial_ >= settings_.trial_lost_after) {
        open_for_ = std::min(open_for_ * 2, settings_.longest_open);
        change(State::open, now);
    }
    if (state_ == State::closed) forget_old(now);
}

void Breaker::forget_old(Instant now) {
    const auto width = settings_.window / settings_.slices;
    const int64_t number = now.time_since_epoch() / width;
    while (!slices_.empty() && slices_.front().number <= number - settings_.slices) slices_.pop_front();
}

Breaker::Counts Breaker::sum() const {
    Counts out;
    for (const auto& s : slices_) {
        out.calls += s.counts.calls;
        out.failed += s.counts.failed;
        out.slow += s.counts.slow;
    }
    return out;
}

std::optional<Breaker::Permit> Breaker::allow() {
    std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    settle(now);
    if (state_ == State::open) return std::nullopt;
    if (state_ == State::half_open) {
        if (running_ + succeeded_ >= settings_.trials) return std::nullopt;
        ++running_;
        last_trial_ = now;
    }
    return Permit{period_};
}

void Breaker::report(Permit permit, bool ok, milliseconds took) {
    std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    settle(now);
    if (permit.period != period_) return;
    const bool slow = took >= settings_.slow;
    if (state_ == State::half_open) {
        --running_;
        if (!ok || slow) {
            open_for_ = std::min(open_for_ * 2, settings_.longest_open);
            change(State::open, now);
        } else if (++succeeded_ >= settings_.trials) {
            change(State::closed, now);
        }
        return;
    }
    const int64_t number = now.time_since_epoch() / (settings_.window / settings_.slices);
    if (slices_.empty() || slices_.back().number < number) slices_.push_back({number, {}});
    auto& counts = slices_.back().counts;
    ++counts.calls;
    counts.failed += ok ? 0 : 1;
    counts.slow += slow ? 1 : 0;
    const auto all = sum();
    if (all.calls < settings_.least_calls) return;
    const auto of = [&](double ratio) { return ratio * static_cast<double>(all.calls); };
    if (static_cast<double>(all.failed) >= of(settings_.failure_ratio) ||
        static_cast<double>(all.slow) >= of(settings_.slow_ratio))
        change(State::open, now);
}

void Breaker::drop(Permit permit) {
    std::scoped_lock lock(mutex_);
    if (permit.period == period_ && state_ == State::half_open && running_ > 0) --running_;
}

Breaker::State Breaker::state() const {
    std::scoped_lock lock(mutex_);
    // What allow() would find: open and over is half open.
    if (state_ == State::open && clock_.now() - since_ >= open_for_) return State::half_open;
    return state_;
}

milliseconds Breaker::retry_after() const {
    std::scoped_lock lock(mutex_);
    if (state_ == State::closed) return milliseconds{0};
    if (state_ == State::half_open) return milliseconds{1000};
    return std::max(milliseconds{1}, open_for_ - (clock_.now() - since_));
}

Breaker::Counts Breaker::counts() const {
    std::scoped_lock lock(mutex_);
    const int64_t number = clock_.now().time_since_epoch() / (settings_.window / settings_.slices);
    Counts out;
    for (const auto& s : slices_)
        if (s.number > number - settings_.slices) {
            out.calls += s.counts.calls;
            out.failed += s.counts.failed;
            out.slow += s.counts.slow;
        }
    return out;
}

}  // namespace hl::exchange
