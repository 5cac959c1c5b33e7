#include "exchange/topics/long_polls.h"

#include "exchange/topics/queries.h"
#include "exchange/topics/rows.h"

namespace hl::exchange::topics {

namespace {
constexpr std::chrono::milliseconds look_again{2000};
}

void LongPolls::pull(PullRequest request, Done done) {
    const auto poll = std::make_shared<Poll>();
    poll->deadline = std::chrono::steady_clock::now() + request.wait;
    poll->acknowledged = !request.after;
    poll->request = std::move(request);
    poll->done = std::move(done);
    {
        std::scoped_lock lock(mutex_);
        ++open_;
        while (!stopping_ && std::ssize(threads_) < count_) threads_.emplace_back([this] { run(); });
        poll->last = stopping_ || poll->request.wait.count() <= 0;
    }
    look(poll);
}

/// One transaction; its end comes back as a line in `looked_`, since what follows is too slow for the store's thread.
void LongPolls::look(const PollPtr& poll) {
    store_.write_async(
        [this, poll](store::Transaction& tx) -> Result<boost::json::value> {
            const auto& r = poll->request;
            if (poll->topic.empty()) {
                TRY(const auto subscription, live_subscription(tx, r.subscription));
                poll->topic = subscription.topic;
            }
            if (!poll->acknowledged) TRY_VOID(acknowledge_to(tx, r.subscription, r.who, *r.after));
            TRY(auto got, take(tx, r.subscription, r.who, r.settings, store_.clock().now()));
            poll->got = std::move(got);
            return boost::json::value{};
        },
        [this, poll](Result<boost::json::value> done) {
            if (done.ok())
                poll->acknowledged = true;
            else
                poll->got = std::move(done).error();
            {
                std::scoped_lock lock(mutex_);
                if (!stopped_) {
                    looked_.push_back(poll);
                    changed_.notify_all();
                    return;
                }
            }
            looked(poll);
        });
}

void LongPolls::ring_for(const PollPtr& poll) {
    poll->rung = false;
    poll->listening = true;
    // The handle lies in the poll: a poll that it held in turn would never go.
    poll->handle = signals_.once(poll->topic, [this, weak = std::weak_ptr<Poll>(poll)] {
        const auto one = weak.lock();
        if (!one) return;
        one->rung = true;
        std::scoped_lock lock(mutex_);
        changed_.notify_all();
    });
}

void LongPolls::looked(const PollPtr& poll) {
    if (!poll->got.ok() || !poll->got->empty() || poll->last) {
        poll->handle.reset();
        poll->done(std::move(poll->got));
        std::scoped_lock lock(mutex_);
        --open_;
        changed_.notify_all();
        return;
    }
    // Between the first look and the bell something may have come: look again.
    if (!poll->listening || poll->rung) {
        ring_for(poll);
        return look(poll);
    }
    std::scoped_lock lock(mutex_);
    poll->look_at = std::min(poll->deadline, std::chrono::steady_clock::now() + look_again);
    waiting_.push_back(poll);
    changed_.notify_all();
}

void LongPolls::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (!looked_.empty()) {
            const auto poll = std::move(looked_.front());
            looked_.pop_front();
            lock.unlock();
            looked(poll);
            lock.lock();
            continue;
        }
        const auto now = std::chrono::steady_clock::now();
        auto next = now + look_again;
        std::vector<PollPtr> due;
        std::erase_if(waiting_, [&](const PollPtr& poll) {
            const bool is_due = stopping_ || poll->rung || poll->look_at <= now;
            if (is_due)
                due.push_back(poll);
            else
                next = std::min(next, poll->look_at);
            return is_due;
        });
        if (!due.empty()) {
            for (const auto& poll : due) poll->last = stopping_ || poll->deadline <= now;
            lock.unlock();
            for (const auto& poll : due) {
                if (poll->rung) ring_for(poll);
                look(poll);
            }
            due.clear();
            lock.lock();
            continue;
        }
        if (stopping_ && open_ == 0) return;
        changed_.wait_until(lock, next);
    }
}

void LongPolls::stop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    std::deque<PollPtr> late;  // came between the last thread's end and now
    {
        std::scoped_lock lock(mutex_);
        stopped_ = true;
        late.swap(looked_);
    }
    for (const auto& poll : late) looked(poll);
}

LongPolls::~LongPolls() {
    stop();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_ == 0; });
}

size_t LongPolls::waiting() const {
    std::scoped_lock lock(mutex_);
    return waiting_.size();
}

}  // namespace hl::exchange::topics
