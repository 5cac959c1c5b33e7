// Copies SQLite's write-ahead log back into the database beside the writer, so that no commit waits for it. Under
// constant load a background copy never reaches the log's end, and the log would grow for ever; the writer then copies
// the short rest itself, between two batches, and from some size on waits a moment for readers of old snapshots.
// Private to the store room.
#pragma once
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "store/sqlite_connection.h"

namespace hl::store {

class SqliteCheckpointer {
  public:
    SqliteCheckpointer(std::filesystem::path file, int most_pages);
    ~SqliteCheckpointer();
    SqliteCheckpointer(const SqliteCheckpointer&) = delete;
    SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;

    /// To be called by the writer's thread: `connection` tells about its commits from now on.
    void watch(SqliteConnection& connection);
    /// The same thread, between two transactions.
    void help(SqliteConnection& connection);
    [[nodiscard]] int64_t wal_pages() const { return pages_; }
    [[nodiscard]] int64_t checkpoints() const { return checkpoints_; }

  private:
    void committed(int pages);
    void run();
    bool copy(SqliteConnection& connection, int mode);

    const std::filesystem::path file_;
    const int most_pages_;
    std::mutex mutex_;  // wanted_, stopping_
    std::condition_variable woken_;
    bool wanted_ = false;
    bool stopping_ = false;
    std::atomic<int> pages_{0};   // in the log after the last commit
    int asked_ = 0;               // size at which the writer last tried to start the log over; its thread alone
    std::mutex copying_;          // one copy at a time
    std::atomic<int> copied_{0};  // of these, in the database already
    std::atomic<int64_t> checkpoints_{0};
    std::thread thread_;
};

}  // namespace hl::store
