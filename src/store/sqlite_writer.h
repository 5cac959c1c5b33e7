// Group commit: one thread owns the writing connection, takes all waiting functions, runs each in a savepoint, commits
// once, then answers. Private to the store room. `submit` is safe on any thread; the rest says otherwise.
#pragma once
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <thread>

#include "store/append.h"
#include "store/merkle.h"
#include "store/sqlite_checkpoint.h"
#include "store/sqlite_connection.h"
#include "store/store_support.h"

namespace hl::store {

/// One function that waits to be written, and where its answer goes.
struct WriteJob {
    std::function<Result<void>(Transaction&)> run;
    /// `thrown` is what a mistake in `run` threw, for a caller who waits for it.
    std::function<void(Result<void>, std::exception_ptr thrown)> done;
};

struct SqliteWriterOptions {
    std::filesystem::path file;
    int cache_kib = 8192;
    size_t max_batch = 512;
    int64_t min_free_bytes = 0;
    int log_pages = 50'000;
};

class SqliteWriter {
  public:
    /// Opens the file and runs the migrations; `start` begins to take functions.
    SqliteWriter(SqliteWriterOptions options, const Clock& clock, Random& random, GrowthListener& growth);
    ~SqliteWriter();
    [[nodiscard]] Result<int> migrate(const Migrations& migrations);
    void start();
    /// False when the store is closing.
    [[nodiscard]] bool submit(WriteJob job);
    [[nodiscard]] boost::json::object statistics() const;

  private:
    class Tx;
    struct Outcome {
        std::optional<Result<void>> result;  // nothing: it ran well, and counts once the batch is committed
        std::exception_ptr thrown;
        std::vector<std::function<void()>> after;
    };

    void run();
    void process(std::span<WriteJob> batch);
    std::optional<Error> begin();
    void run_one(WriteJob& job, Outcome& outcome);
    bool attempt(WriteJob& job, Outcome& outcome);
    void stamp(Tx& tx);
    std::optional<Error> commit(size_t size);
    void answer(std::span<WriteJob> batch, std::span<Outcome> outcomes, const std::optional<Error>& failed);
    [[nodiscard]] bool has_room();
    void follow_other_programs();
    void connect();
    void reconnect();

    const SqliteWriterOptions options_;
    const Clock& clock_;
    Random& random_;
    GrowthListener& growth_;

    // The writer thread's own.
    std::unique_ptr<SqliteConnection> connection_;
    MerkleAppender ledger_;
    int64_t data_version_ = -1;
    bool distrusted_ = false;  // the connection met an I/O error and is opened anew
    bool room_ = true;
    std::chrono::steady_clock::time_point room_checked_{};

    mutable std::mutex mutex_;  // queue_, closing_
    std::condition_variable woken_;
    std::vector<WriteJob> queue_;
    bool closing_ = false;
    std::thread thread_;

    SqliteCheckpointer checkpointer_;

    std::atomic<int64_t> commits_{0}, writes_{0}, refused_{0}, failed_batches_{0}, ledger_size_{0};
    std::array<std::atomic<int64_t>, batch_buckets> batch_sizes_{};
};

}  // namespace hl::store
