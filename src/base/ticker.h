// A thread that does one job again and again: after each time the job says how long to wait. For what must go on in the
// background; tests call the job itself and need no thread.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace hl {

class Ticker {
  public:
    using Job = std::function<std::chrono::milliseconds()>;
    explicit Ticker(Job job) : job_(std::move(job)) {}
    ~Ticker() { stop(); }
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;
    void start();
    /// Now, and not after the wait.
    void wake();
    /// Waits for the job in progress. Safe to call twice.
    void stop();

  private:
    void run();

    Job job_;
    std::mutex mutex_;
    std::condition_variable condition_;
    bool stopping_ = false, woken_ = false;
    std::thread thread_;
};

}  // namespace hl
