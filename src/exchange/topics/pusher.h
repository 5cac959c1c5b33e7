// Brings messages to subscribers that want them delivered: takes what is due, hands it to `deliver` (the gateway sends
// it as an ordinary signed request) and settles it. A crash between the two means that it is delivered again.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "exchange/topics/messages.h"
#include "exchange/topics/signals.h"
#include "store/store.h"

namespace hl::exchange::topics {

/// Called on a worker thread; blocks until the subscriber has answered. Whatever is no success is tried again.
using Deliver = std::function<Result<void>(const Subscription& subscription, const Message& message)>;

struct PushSettings {
    int64_t batch = 20;
    std::chrono::milliseconds lease{120'000};  // longer than a batch may take
    std::chrono::milliseconds first_wait{1000};
    std::chrono::milliseconds longest_wait{3'600'000};  // doubled from first to longest
};

struct PushRound {
    int64_t delivered = 0, failed = 0, dead = 0;
};
/// One batch of one subscription, in the caller's thread. A message whose lease ended before its turn is left for the
/// next round, so that a slow subscriber gets nothing out of order; so is the rest of a batch when `stopping` says so.
[[nodiscard]] Result<PushRound> push_once(store::Store& store, const Subscription& subscription, const Deliver& deliver,
                                          const PushSettings& settings = {},
                                          const std::function<bool()>& stopping = {});

/// Pushes all subscriptions that have an address, each by one thread at a time, until it is stopped.
class Pusher {
  public:
    Pusher(store::Store& store, Deliver deliver, PushSettings settings = {}, int threads = 4)
        : store_(store), deliver_(std::move(deliver)), settings_(settings), count_(threads) {}
    ~Pusher() { stop(); }
    void start();
    void stop();
    void wake();  // something was published

  private:
    void run();
    [[nodiscard]] std::optional<Subscription> next();
    store::Store& store_;
    Deliver deliver_;
    PushSettings settings_;
    int count_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    int64_t wakes_ = 0;
    std::vector<Subscription> round_;  // still to be looked at
    std::vector<std::string> busy_;
    int64_t round_of_ = -1;  // the wake it was read for
    std::vector<std::thread> threads_;
};

}  // namespace hl::exchange::topics
