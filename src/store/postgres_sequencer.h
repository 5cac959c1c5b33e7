// Gives the events of all nodes their dense positions. Every node runs one; the one that holds the advisory lock moves
// committed rows from ledger_pending to ledger_event in the order they were written, together with the tree's tiles,
// in one transaction. When its connection dies the lock goes with it, and another node takes over. Private to the
// store room; `wake` and the questions are safe on any thread.
#pragma once
#include <atomic>
#include <condition_variable>
#include <thread>

#include "store/merkle.h"
#include "store/postgres_pool.h"
#include "store/store_support.h"

namespace hl::store {

class PgSequencer {
  public:
    PgSequencer(std::string url, std::string application, const PgServices& services, GrowthListener& growth);
    ~PgSequencer();
    PgSequencer(const PgSequencer&) = delete;
    PgSequencer& operator=(const PgSequencer&) = delete;
    void start();
    void wake();
    [[nodiscard]] bool leads() const { return leads_; }
    [[nodiscard]] int64_t ledger_size() const { return ledger_size_; }

  private:
    void run();
    void serve(PgConnection& connection);
    bool take_the_lead(PgConnection& connection);
    int64_t stamp(PgConnection& connection);
    void follow(PgConnection& connection);
    void grown_to(int64_t size);
    bool sleep(std::chrono::milliseconds time);  // until there is something new; false when stopping
    bool rest(std::chrono::milliseconds time);   // whatever comes; false when stopping

    const std::string url_, application_;
    const PgServices& services_;
    GrowthListener& growth_;
    MerkleAppender ledger_;  // the leader's
    int64_t newest_ = 0;     // seq of what was stamped last
    std::chrono::steady_clock::time_point looked_at_all_{};
    std::atomic<bool> leads_{false};
    std::atomic<int64_t> ledger_size_{0};

    std::mutex mutex_;  // stopping_, woken_
    std::condition_variable changed_;
    bool stopping_ = false;
    bool woken_ = false;
    std::thread thread_;
};

}  // namespace hl::store
