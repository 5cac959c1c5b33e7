// Pulls of many subscribers at once, without a thread for each: who waits is a line in a list, looked at when something
// is published for it, every two seconds besides (leases that end, other nodes' messages), and when its time is up. The
// same promises as pull.h. Any thread.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "exchange/topics/pull.h"

namespace hl::exchange::topics {

class LongPolls {
  public:
    /// `done` is called once, on one of these threads. After `stop` nobody waits any more.
    using Done = std::function<void(Result<std::vector<Delivery>>)>;
    LongPolls(store::Store& store, Signals& signals, int threads = 2)
        : store_(store), signals_(signals), count_(threads) {}
    ~LongPolls();
    void pull(PullRequest request, Done done);
    /// Who waits gets what there is. Returns when all have been answered.
    void stop();
    [[nodiscard]] size_t waiting() const;

  private:
    using Time = std::chrono::steady_clock::time_point;
    struct Poll {
        PullRequest request;
        Done done;
        std::string topic;
        bool acknowledged = false, last = false, listening = false;
        Time deadline, look_at;
        std::atomic<bool> rung = false;
        Signals::Handle handle{};
        Result<std::vector<Delivery>> got = std::vector<Delivery>{};
    };
    using PollPtr = std::shared_ptr<Poll>;
    void look(const PollPtr& poll);
    void looked(const PollPtr& poll);
    void ring_for(const PollPtr& poll);
    void run();

    store::Store& store_;
    Signals& signals_;
    const int count_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<PollPtr> waiting_;
    std::deque<PollPtr> looked_;
    int64_t open_ = 0;                         // polls not yet answered
    bool stopping_ = false, stopped_ = false;  // stopped: the threads are gone, answers come from the store's
    std::vector<std::thread> threads_;         // begun by the first who asks
};

}  // namespace hl::exchange::topics
