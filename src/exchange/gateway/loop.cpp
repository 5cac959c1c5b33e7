#include "exchange/gateway/loop.h"

#include <csignal>
#include <cstring>

#include "base/log.h"

namespace hl::exchange::gateway {

namespace {
constexpr milliseconds sweep_interval{100};
constexpr milliseconds last_interval{5};  // when nothing may wait any more
constexpr int longest_turn = 64;          // pieces of work, before those that wait for company go without more of it

thread_local Loop* this_threads = nullptr;
}  // namespace

Watched::Watched(Loop& loop) : loop_(loop), after_(loop.first_) {
    if (after_ != nullptr) after_->before_ = this;
    loop.first_ = this;
}

Watched::~Watched() {
    if (loop_.next_ == this) loop_.next_ = after_;
    if (before_ != nullptr) before_->after_ = after_;
    if (after_ != nullptr) after_->before_ = before_;
    if (loop_.first_ == this) loop_.first_ = after_;
}

void Watched::expire_in(milliseconds time) {
    deadline_ = std::chrono::steady_clock::now() + time;
}

void PooledRandom::fill(std::span<uint8_t> bytes) {
    if (bytes.size() > pool_.size()) {
        std::scoped_lock lock(mutex_);
        source_.fill(bytes);
        return;
    }
    if (bytes.size() > left_) {
        std::scoped_lock lock(mutex_);
        source_.fill(pool_);
        left_ = pool_.size();
    }
    left_ -= bytes.size();
    std::memcpy(bytes.data(), pool_.data() + left_, bytes.size());
    std::memset(pool_.data() + left_, 0, bytes.size());
}

Loop* Loop::here() {
    return this_threads;
}

Loop::Loop(Random& random, std::mutex& random_mutex) : random_(random, random_mutex) {}

Loop::~Loop() {
    stop();
}

/// An ended one may take others with it: the walk keeps the next one where its destructor finds it.
template <class Do>
void Loop::each(Do&& work) {
    for (Watched* w = first_; w != nullptr; w = next_) {
        next_ = w->after_;
        work(*w);
    }
    next_ = nullptr;
}

void Loop::start() {
    sweep();
    thread_ = std::thread([this] {
        // A peer that has gone is an error of the write, not the end of the program; OpenSSL writes without
        // MSG_NOSIGNAL.
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        this_threads = this;
        while (!context_.stopped()) {
            try {
                run();
            } catch (const std::exception& e) {
                log::error("exchange", "a connection's work threw", {{"what", e.what()}});
            }
        }
    });
}

/// Like the context's own run(), and before it sleeps, what waits for company goes.
void Loop::run() {
    while (!context_.stopped()) {
        int done = 0;
        while (done < longest_turn && context_.poll_one() > 0) ++done;
        if (at_rest_.work() || done == longest_turn) continue;
        context_.run_one();
    }
}

void Loop::sweep() {
    timer_.expires_after(ended_ ? last_interval : sweep_interval);
    timer_.async_wait([this](ErrorCode) {
        if (ended_) {
            // What was under way may have opened something since: the loop runs out when nothing is left.
            each([](Watched& w) { w.on_kill(); });
            if (first_ != nullptr) sweep();
            return;
        }
        const auto now = std::chrono::steady_clock::now();
        each([now](Watched& w) {
            if (w.deadline_ > now) return;
            w.deadline_ = SteadyTime::max();
            w.expired_ = true;
            w.on_expired();
        });
        for (auto& work : sweep_work_) work(now);
        sweep();
    });
}

void Loop::drain() {
    asio::post(context_, [this] {
        if (draining_.exchange(true)) return;
        for (auto& work : drain_work_) work();
        each([](Watched& w) { w.on_drain(); });
    });
}

void Loop::stop() {
    if (!thread_.joinable()) return;
    drain();
    asio::post(context_, [this] {
        ended_ = true;
        timer_.cancel();
    });
    thread_.join();
}

}  // namespace hl::exchange::gateway
