// What both engines share: a random source that any thread may use, the mark of a thread that is inside a transaction,
// and the listener for new events. Private to the store room.
#pragma once
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "store/store.h"

namespace hl::store {

/// Random sources are for one thread at a time; the store's is used by its threads and its callers.
class LockedRandom final : public Random {
  public:
    explicit LockedRandom(Random& source) : source_(source) {}
    void fill(std::span<uint8_t> bytes) override {
        std::scoped_lock lock(mutex_);
        source_.fill(bytes);
    }

  private:
    std::mutex mutex_;
    Random& source_;
};

/// Marks the calling thread as running a transaction's function or a store's answer while it lives. A write that waits
/// from in there would wait for itself, so `forbid` throws std::logic_error: it is a mistake in the program.
class InsideWrite {
  public:
    InsideWrite();
    ~InsideWrite();
    InsideWrite(const InsideWrite&) = delete;
    InsideWrite& operator=(const InsideWrite&) = delete;
    static void forbid();

  private:
    bool before_;
};

/// Calls whoever wants to know that the ledger grew. Safe on any thread.
class GrowthListener {
  public:
    void set(std::function<void()> grown) {
        std::scoped_lock lock(mutex_);
        grown_ = std::move(grown);
    }
    void tell() {
        // Under the lock: once taken back, the function is not called any more.
        std::scoped_lock lock(mutex_);
        if (grown_) grown_();
    }

  private:
    std::mutex mutex_;
    std::function<void()> grown_;
};

/// What runs once the commit is on disk can't undo it: a failure there is logged, never passed on.
template <class F>
void after_the_commit(F&& action) {
    try {
        action();
    } catch (const std::exception& error) {
        log::error("store", "an action after the commit failed", {{"what", error.what()}});
    }
}

/// The sizes of group commits, in powers of two, for /metrics.
[[nodiscard]] boost::json::object batch_histogram(std::span<const int64_t> buckets);
[[nodiscard]] size_t batch_bucket(size_t size);
inline constexpr size_t batch_buckets = 12;

[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(StoreOptions options, const Migrations& migrations,
                                                         const Clock& clock, Random& random);
[[nodiscard]] Result<std::unique_ptr<Store>> open_postgres(StoreOptions options, const Migrations& migrations,
                                                           const Clock& clock, Random& random);

}  // namespace hl::store
