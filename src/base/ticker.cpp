#include "base/ticker.h"

namespace hl {

void Ticker::start() {
    const std::scoped_lock lock(mutex_);
    if (thread_.joinable()) return;
    stopping_ = false;
    thread_ = std::thread([this] { run(); });
}

void Ticker::wake() {
    {
        const std::scoped_lock lock(mutex_);
        woken_ = true;
    }
    condition_.notify_all();
}

void Ticker::stop() {
    std::thread ending;
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        ending.swap(thread_);
    }
    condition_.notify_all();
    if (ending.joinable()) ending.join();
}

void Ticker::run() {
    for (;;) {
        const auto wait = job_();
        std::unique_lock lock(mutex_);
        condition_.wait_for(lock, wait, [this] { return stopping_ || woken_; });
        if (stopping_) return;
        woken_ = false;
    }
}

}  // namespace hl
