// One I/O thread of the gateway: its context, the connections that live on it with their deadlines (one coarse sweep
// instead of a timer an operation), and random bytes without a lock. Everything but `post` and `stop` belongs to the
// loop's own thread.
#pragma once
#include <atomic>
#include <thread>

#include "base/ids.h"
#include "base/time.h"
#include "exchange/gateway/at_rest.h"
#include "exchange/gateway/coroutine.h"

namespace hl::exchange::gateway {

/// What has a deadline: in the loop's list from its making to its end.
class Watched {
  public:
    virtual ~Watched();
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    void expire_in(milliseconds time);
    void never_expire() { deadline_ = SteadyTime::max(); }
    [[nodiscard]] bool expired() const { return expired_; }

  protected:
    explicit Watched(class Loop& loop);
    /// The deadline passed: end what waits.
    virtual void on_expired() = 0;
    /// The gateway stops: end when idle.
    virtual void on_drain() = 0;
    virtual void on_kill() = 0;

  private:
    friend class Loop;
    Loop& loop_;
    Watched *before_ = nullptr, *after_ = nullptr;
    SteadyTime deadline_ = SteadyTime::max();
    bool expired_ = false;
};

/// Random bytes bought in bulk from a source that others use too.
class PooledRandom final : public Random {
  public:
    PooledRandom(Random& source, std::mutex& mutex) : source_(source), mutex_(mutex) {}
    void fill(std::span<uint8_t> bytes) override;

  private:
    Random& source_;
    std::mutex& mutex_;
    std::array<uint8_t, 1024> pool_{};
    size_t left_ = 0;
};

class Loop {
  public:
    /// The one whose thread this is; none on other threads.
    [[nodiscard]] static Loop* here();
    Loop(Random& random, std::mutex& random_mutex);
    ~Loop();
    void start();
    /// No new work; idle connections close now.
    void drain();
    /// Ends what is left, and the thread.
    void stop();
    [[nodiscard]] asio::io_context& context() { return context_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] bool draining() const { return draining_; }
    /// Called by the sweep, about ten times a second: pools close what has been idle for too long.
    void on_sweep(std::function<void(SteadyTime)> work) { sweep_work_.push_back(std::move(work)); }
    /// What many messages can share, done when nothing else is ready that could join.
    [[nodiscard]] AtRest& at_rest() { return at_rest_; }
    /// Runs before what is left is killed, on the loop's thread.
    void on_drain(std::function<void()> work) { drain_work_.push_back(std::move(work)); }

  private:
    friend class Watched;
    void run();
    void sweep();
    template <class Do>
    void each(Do&& work);

    asio::io_context context_{1};
    Timer timer_{context_};
    PooledRandom random_;
    AtRest at_rest_;
    Watched* first_ = nullptr;
    Watched* next_ = nullptr;  // of the walk that is going on
    std::vector<std::function<void(SteadyTime)>> sweep_work_;
    std::vector<std::function<void()>> drain_work_;
    std::atomic<bool> draining_{false};
    bool ended_ = false;
    std::thread thread_;
};

}  // namespace hl::exchange::gateway
