// The database of an installation: `read` on a snapshot, `write` whole or not at all. On SQLite one writer thread takes
// all waiting functions, runs each in a savepoint and commits once for the batch (group commit, synchronous=FULL); on
// PostgreSQL each write has its own transaction from a pool and is run again on a serialisation failure, so the
// function must touch nothing outside its Transaction. Store is safe on any thread.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "store/db.h"
#include "store/migrations.h"

namespace hl::store {

struct StoreOptions {
    std::string url;                    // "sqlite:/var/lib/hienluong/data.db" or "postgresql://…"
    int readers = 4;                    // SQLite read connections; PostgreSQL pool size
    int write_pool = 8;                 // PostgreSQL connections for writes
    int group_writers = 2;              // how many of them serve the queue: the fewer, the larger a group commit
    size_t max_batch = 512;             // functions a group commit takes at most
    int cache_mib = 64;                 // page cache shared out over SQLite connections
    std::string node = "node-1";        // names this process to the others
    int log_pages = 50'000;             // SQLite: size of its log from which the writer waits for readers to start over
    int64_t min_free_bytes = 32 << 20;  // writes are refused with store.full below this much free disk
};

/// Done in memory by the writer when a batch is on disk.
using WriteDone = std::function<void(Result<boost::json::value>)>;

class Store {
  public:
    /// Opens, and runs the migrations under a lock. Errors: store.unavailable, store.migration_changed, store.newer.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(StoreOptions options, const Migrations& migrations,
                                                             const Clock& clock, Random& random);
    virtual ~Store() = default;

    /// Runs `fn(Transaction&) -> Result<T>` in a transaction and waits until it is durable.
    /// An Error result rolls its changes back and is returned as it is.
    template <class F>
    auto write(F fn) -> std::invoke_result_t<F, Transaction&> {
        using R = std::invoke_result_t<F, Transaction&>;
        std::optional<R> out;
        auto status = write_blocking([&](Transaction& tx) -> Result<void> {
            out.emplace(fn(tx));
            if (!out->ok()) return out->error();
            return Nothing{};
        });
        if (!status.ok() && (!out || out->ok())) return std::move(status).error();
        return std::move(*out);
    }
    /// The same without waiting: `done` is called from the store's thread after the commit. It must be quick.
    /// `ahead` may be called any number of times, from the store's threads.
    virtual void write_async(std::function<Result<boost::json::value>(Transaction&)> fn, WriteDone done,
                             Foresight ahead = {}) = 0;

    /// Runs `fn(Reader&) -> Result<T>` on a snapshot.
    template <class F>
    auto read(F fn) -> std::invoke_result_t<F, Reader&> {
        using R = std::invoke_result_t<F, Reader&>;
        std::optional<R> out;
        auto status = read_blocking([&](Reader& reader) { out.emplace(fn(reader)); });
        if (!status.ok()) return std::move(status).error();
        return std::move(*out);
    }

    /// Waits until every event committed before this call has its position (SQLite: at once; PostgreSQL: the sequencer
    /// stamps within some tens of milliseconds). Errors: store.unavailable when nobody stamps for ten seconds.
    [[nodiscard]] virtual Result<void> settle() = 0;
    /// `grown` is called from a store's thread whenever events got their positions; an empty function takes it back.
    virtual void on_ledger_growth(std::function<void()> grown) = 0;

    [[nodiscard]] virtual Engine engine() const = 0;
    [[nodiscard]] virtual const Clock& clock() const = 0;
    [[nodiscard]] virtual Random& random() = 0;
    /// Size, queue length, commits, batch sizes, ledger head: for /metrics and the console.
    [[nodiscard]] virtual boost::json::object statistics() = 0;
    /// A consistent copy of the database while it runs (SQLite: backup API; PostgreSQL: pg_dump is the tool, this says
    /// so).
    [[nodiscard]] virtual Result<void> backup_to(const std::filesystem::path& file) = 0;

  protected:
    virtual Result<void> write_blocking(const std::function<Result<void>(Transaction&)>& fn) = 0;
    virtual Result<void> read_blocking(const std::function<void(Reader&)>& fn) = 0;
};

}  // namespace hl::store
