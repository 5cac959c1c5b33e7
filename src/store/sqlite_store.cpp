#include <sqlite3.h>

#include <condition_variable>

#include "base/log.h"
#include "store/sqlite_writer.h"
#include "store/store_errors.h"
#include "store/store_support.h"

namespace hl::store {

namespace fs = std::filesystem;

namespace {

constexpr auto reader_wait = std::chrono::seconds{30};

class SqliteReader final : public Reader {
  public:
    explicit SqliteReader(SqliteConnection& connection) : connection_(connection) {}
    [[nodiscard]] Engine engine() const override { return Engine::sqlite; }
    using Reader::query;
    void query(std::string_view sql, std::span<const Param> params, const RowFunction& each) override {
        connection_.query(sql, params, each);
    }

  private:
    SqliteConnection& connection_;
};

/// Reading connections, lent to one thread at a time; the one used last is lent first, its cache is warm.
class ReaderPool {
  public:
    ReaderPool(fs::path file, int size, int cache_kib) : file_(std::move(file)), cache_kib_(cache_kib), left_(size) {}

    class Lease {
      public:
        explicit Lease(ReaderPool& pool) : pool_(pool), connection_(pool.take()) {}
        ~Lease() { pool_.give_back(std::move(connection_)); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        SqliteConnection& operator*() const { return *connection_; }
        void forget() { connection_.reset(); }

      private:
        ReaderPool& pool_;
        std::unique_ptr<SqliteConnection> connection_;
    };

  private:
    std::unique_ptr<SqliteConnection> take() {
        {
            std::unique_lock lock(mutex_);
            if (!returned_.wait_for(lock, reader_wait, [&] { return left_ > 0; }))
                throw DbError(DbError::Kind::busy, "no reading connection became free");
            --left_;
            if (!idle_.empty()) {
                auto connection = std::move(idle_.back());
                idle_.pop_back();
                return connection;
            }
        }
        try {
            return std::make_unique<SqliteConnection>(file_, SqliteSettings{cache_kib_, true});
        } catch (...) {
            give_back(nullptr);
            throw;
        }
    }
    void give_back(std::unique_ptr<SqliteConnection> connection) {
        {
            std::scoped_lock lock(mutex_);
            ++left_;
            if (connection) idle_.push_back(std::move(connection));
        }
        returned_.notify_one();
    }

    const fs::path file_;
    const int cache_kib_;
    std::mutex mutex_;
    std::condition_variable returned_;
    int left_;
    std::vector<std::unique_ptr<SqliteConnection>> idle_;
};

/// Makes a finished copy appear under its name whole or not at all.
Result<void> copy_database(const fs::path& from, const fs::path& to) {
    const fs::path part = to.string() + ".part";
    std::error_code ignored;
    fs::remove(part, ignored);
    {
        // A connection of its own: one step copies one snapshot, and neither writer nor readers wait for it.
        SqliteConnection source(from, {2048, true});
        SqliteConnection target(part, {2048, false});
        target.script("PRAGMA journal_mode = DELETE;");
        sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
        int code = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
        if (const int finished = sqlite3_backup_finish(backup); code == SQLITE_DONE) code = finished;
        if (code != SQLITE_OK) {
            const bool full = (code & 0xff) == SQLITE_FULL || sqlite3_system_errno(target.handle()) == ENOSPC;
            fs::remove(part, ignored);
            throw DbError(full ? DbError::Kind::full : DbError::Kind::unavailable,
                          fmt::format("backup: {}", sqlite3_errstr(code)));
        }
    }
    std::error_code error;
    fs::rename(part, to, error);
    if (error) throw DbError(DbError::Kind::unavailable, "backup: " + error.message());
    return Nothing{};
}

class SqliteStore final : public Store {
  public:
    SqliteStore(fs::path file, const StoreOptions& options, const Clock& clock, Random& random)
        : file_(std::move(file)),
          clock_(clock),
          random_(random),
          readers_(file_, std::max(options.readers, 1), share(options)),
          writer_({file_, share(options), std::max<size_t>(options.max_batch, 1), options.min_free_bytes,
                   options.log_pages},
                  clock_, random_, growth_) {}

    Result<void> begin(const Migrations& migrations) {
        TRY_VOID(writer_.migrate(migrations));
        writer_.start();
        return Nothing{};
    }

    void write_async(std::function<Result<boost::json::value>(Transaction&)> fn, WriteDone done,
                     Foresight /*one process, no exchange to save*/) override {
        struct Work {
            std::function<Result<boost::json::value>(Transaction&)> fn;
            WriteDone done;
            boost::json::value value;
        };
        auto work = std::make_shared<Work>(Work{std::move(fn), std::move(done), {}});
        WriteJob job{[work](Transaction& tx) -> Result<void> {
                         TRY(work->value, work->fn(tx));
                         return Nothing{};
                     },
                     [work](Result<void> result, std::exception_ptr) {
                         if (result.ok())
                             work->done(std::move(work->value));
                         else
                             work->done(std::move(result).error());
                     }};
        if (!writer_.submit(std::move(job))) work->done(closing_error());
    }

    [[nodiscard]] Engine engine() const override { return Engine::sqlite; }
    [[nodiscard]] const Clock& clock() const override { return clock_; }
    [[nodiscard]] Random& random() override { return random_; }
    [[nodiscard]] Result<void> settle() override { return Nothing{}; }
    void on_ledger_growth(std::function<void()> grown) override { growth_.set(std::move(grown)); }

    [[nodiscard]] boost::json::object statistics() override {
        auto out = writer_.statistics();
        std::error_code error;
        out["engine"] = "sqlite";
        out["size_bytes"] = static_cast<int64_t>(fs::file_size(file_, error));
        out["free_bytes"] = static_cast<int64_t>(fs::space(file_.parent_path(), error).available);
        return out;
    }

    [[nodiscard]] Result<void> backup_to(const fs::path& file) override {
        try {
            return copy_database(file_, file);
        } catch (const DbError& error) {
            return error_of(error);
        }
    }

  protected:
    Result<void> write_blocking(const std::function<Result<void>(Transaction&)>& fn) override {
        InsideWrite::forbid();
        struct Wait {
            std::mutex mutex;
            std::condition_variable answered;
            std::optional<Result<void>> result;
            std::exception_ptr thrown;
        } wait;
        WriteJob job{[&fn](Transaction& tx) { return fn(tx); },
                     [&wait](Result<void> result, std::exception_ptr thrown) {
                         // Told under the lock: once it is released, `wait` may be gone.
                         std::scoped_lock lock(wait.mutex);
                         wait.result = std::move(result);
                         wait.thrown = std::move(thrown);
                         wait.answered.notify_one();
                     }};
        if (!writer_.submit(std::move(job))) return closing_error();
        std::unique_lock lock(wait.mutex);
        wait.answered.wait(lock, [&] { return wait.result.has_value(); });
        if (wait.thrown) std::rethrow_exception(wait.thrown);
        return std::move(*wait.result);
    }

    Result<void> read_blocking(const std::function<void(Reader&)>& fn) override {
        try {
            ReaderPool::Lease lease(readers_);
            SqliteConnection& connection = *lease;
            try {
                connection.execute("BEGIN");
                SqliteReader reader(connection);
                fn(reader);
                connection.execute("COMMIT");
                return Nothing{};
            } catch (const DbError& error) {
                connection.rollback();
                if (error.kind == DbError::Kind::unavailable) lease.forget();
                throw;
            } catch (...) {
                connection.rollback();
                throw;
            }
        } catch (const DbError& error) {
            return error_of(error);
        }
    }

  private:
    /// The writer gets as much of the page cache as each reader.
    static int share(const StoreOptions& options) {
        return std::max(options.cache_mib * 1024 / (std::max(options.readers, 1) + 1), 256);
    }

    const fs::path file_;
    const Clock& clock_;
    LockedRandom random_;
    GrowthListener growth_;
    ReaderPool readers_;
    SqliteWriter writer_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(StoreOptions options, const Migrations& migrations, const Clock& clock,
                                           Random& random) {
    const fs::path file = fs::absolute(options.url.substr(std::string_view{"sqlite:"}.size()));
    auto store = std::make_unique<SqliteStore>(file, options, clock, random);
    TRY_VOID(store->begin(migrations));
    return std::unique_ptr<Store>{std::move(store)};
}

}  // namespace hl::store
