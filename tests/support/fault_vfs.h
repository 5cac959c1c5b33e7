// A disk that fails on purpose: stands between SQLite and the operating system while it lives, counts what changes
// files (writes, syncs, truncations, new files), and lets the chosen one fail. One at a time; counting is thread-safe.
#pragma once
#include <atomic>

namespace hl::test {

class FaultVfs {
  public:
    FaultVfs();
    ~FaultVfs();
    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;

    /// The `at`-th change from now on (0 = the next) gives `code`; with `stays`, so do all after it.
    void fail(int at, int code, bool stays);
    void heal();
    /// Changes since `fail` or `heal`.
    [[nodiscard]] int changes() const { return changes_; }
    /// What the disk answers to the change that is about to happen: SQLITE_OK or the chosen code.
    [[nodiscard]] int next();

  private:
    std::atomic<int> changes_{0};
    std::atomic<int> fail_at_{-1};
    std::atomic<int> code_{0};
    std::atomic<bool> stays_{false};
};

}  // namespace hl::test
