#include <atomic>
#include <condition_variable>
#include <deque>
#include <thread>

#include "base/log.h"
#include "store/migrate.h"
#include "store/postgres_pool.h"
#include "store/postgres_sequencer.h"
#include "store/store_errors.h"
#include "store/store_support.h"

namespace hl::store {

namespace {

// REPEATABLE READ makes the second of two transactions that change one row fail and run again on what the first left:
// no update is lost, as with SQLite's one writer. What it does not see is two transactions that read the same rows and
// change different ones; a room whose rule spans rows locks them with FOR UPDATE (docs/adr/0001-database-drivers.md).
constexpr std::string_view begin_write = "BEGIN ISOLATION LEVEL REPEATABLE READ";
constexpr std::string_view begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr std::string_view begin_migration = "BEGIN ISOLATION LEVEL READ COMMITTED";
constexpr std::string_view lock_migrations = "SELECT pg_advisory_xact_lock(18509, hashtext(current_schema()))";
constexpr std::string_view insert_pending =
    "INSERT INTO ledger_pending (id, type, version, stream, actor, at, data, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view take_number =
    "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 "
    "RETURNING value";
constexpr std::string_view last_pending = "SELECT COALESCE(MAX(seq), 0) FROM ledger_pending";
constexpr std::string_view still_pending = "SELECT COUNT(*) FROM ledger_pending WHERE seq <= ?";
constexpr std::string_view sizes = "SELECT pg_database_size(current_database()), (SELECT COUNT(*) FROM ledger_pending)";

constexpr int most_attempts = 10;
constexpr size_t most_together = 64;  // functions in one transaction
constexpr auto settle_limit = std::chrono::seconds{10};
constexpr auto settle_poll = std::chrono::milliseconds{3};

/// Numbers come from a connection of their own that commits at once: a hot counter would otherwise make every
/// concurrent transaction run again. Its commits need not wait for the disk: whoever uses a number commits later, and
/// the log is written in order, so that a number in a durable row is never given twice.
class NumberSource {
  public:
    NumberSource(std::string url, std::string application)
        : url_(std::move(url)), application_(std::move(application)) {}
    int64_t next(std::string_view counter) {
        std::scoped_lock lock(mutex_);
        for (int attempt = 0;; ++attempt) {
            try {
                if (!connection_) {
                    connection_ = std::make_unique<PgConnection>(url_, application_);
                    connection_->script("SET synchronous_commit = off");
                }
                int64_t out = 0;
                connection_->query(take_number, {counter}, [&](const Row& row) { out = row.integer(0); });
                return out;
            } catch (const PgError& error) {
                if (connection_ && !connection_->alive()) connection_.reset();
                // A connection that died while it was idle is replaced at once; a number taken in vain is a gap.
                if (attempt > 0 || error.kind != DbError::Kind::unavailable) throw;
            }
        }
    }

  private:
    const std::string url_, application_;
    std::mutex mutex_;
    std::unique_ptr<PgConnection> connection_;
};

class PostgresStore final : public Store {
  public:
    PostgresStore(const StoreOptions& options, const Clock& clock, Random& random)
        : clock_(clock),
          random_(random),
          numbers_(options.url, options.node),
          services_{clock_, random_, [this](std::string_view counter) { return numbers_.next(counter); }},
          writers_(options.url, options.node, std::max(options.write_pool, 1)),
          readers_(options.url, options.node, std::max(options.readers, 1)),
          write_threads_(std::clamp(options.group_writers, 1, std::max(options.write_pool, 1))),
          sequencer_(options.url, options.node, services_, growth_) {}

    ~PostgresStore() override {
        {
            std::scoped_lock lock(mutex_);
            closing_ = true;
        }
        woken_.notify_all();
        for (auto& thread : threads_) thread.join();
    }

    Result<void> begin(const Migrations& migrations) {
        {
            PgPool::Lease connection(writers_);
            PgTransaction tx(*connection, services_);
            connection->begin(begin_migration);
            connection->query(lock_migrations, {}, [](const Row&) {});
            TRY_VOID(migrate(
                tx, [&](const std::string& script) { connection->script(script); }, migrations, clock_.now()));
            connection->commit();
        }
        sequencer_.start();
        for (int i = 0; i < write_threads_; ++i) threads_.emplace_back([this] { work(); });
        return Nothing{};
    }

    void write_async(std::function<Result<boost::json::value>(Transaction&)> fn, WriteDone done,
                     Foresight ahead) override {
        {
            std::scoped_lock lock(mutex_);
            if (!closing_) {
                queue_.push_back({std::move(fn), std::move(done), std::move(ahead)});
                woken_.notify_one();
                return;
            }
        }
        done(closing_error());
    }

    [[nodiscard]] Engine engine() const override { return Engine::postgres; }
    [[nodiscard]] const Clock& clock() const override { return clock_; }
    [[nodiscard]] Random& random() override { return random_; }
    void on_ledger_growth(std::function<void()> grown) override { growth_.set(std::move(grown)); }
    [[nodiscard]] Result<void> settle() override;
    [[nodiscard]] boost::json::object statistics() override;
    [[nodiscard]] Result<void> backup_to(const std::filesystem::path&) override {
        return Error{ErrorKind::unsupported, "store.use_pg_dump",
                     "Hãy sao lưu PostgreSQL bằng pg_dump hoặc bằng sao lưu liên tục (WAL) của PostgreSQL.",
                     "Back PostgreSQL up with pg_dump, or with its own continuous archiving."};
    }

  protected:
    Result<void> write_blocking(const std::function<Result<void>(Transaction&)>& fn) override {
        InsideWrite::forbid();
        return attempt(fn);
    }
    Result<void> read_blocking(const std::function<void(Reader&)>& fn) override;

  private:
    struct Work {
        std::function<Result<boost::json::value>(Transaction&)> fn;
        WriteDone done;
        Foresight ahead;
    };
    void work();
    void alone(Work& work);
    bool together(std::vector<Work>& batch);
    void send_events(PgConnection& connection, const PgTransaction& tx);
    Result<void> attempt(const std::function<Result<void>(Transaction&)>& fn);
    Result<void> once(const std::function<Result<void>(Transaction&)>& fn);
    void pause(std::chrono::milliseconds longest);

    const Clock& clock_;
    LockedRandom random_;
    GrowthListener growth_;
    NumberSource numbers_;
    const PgServices services_;
    PgPool writers_, readers_;
    const int write_threads_;

    std::mutex mutex_;  // queue_, closing_
    std::condition_variable woken_;
    std::deque<Work> queue_;
    bool closing_ = false;
    std::vector<std::thread> threads_;

    std::atomic<int64_t> commits_{0}, retries_{0}, failed_{0}, foreseen_{0};
    PgSequencer sequencer_;
};

void PostgresStore::work() {
    const InsideWrite inside;  // as on SQLite's writer: an answer must not wait for another write
    for (;;) {
        std::vector<Work> taken;
        {
            std::unique_lock lock(mutex_);
            woken_.wait(lock, [&] { return closing_ || !queue_.empty(); });
            if (queue_.empty()) return;
            // What waits is shared out over the writers: each takes its part in one transaction.
            const size_t part = queue_.size() / static_cast<size_t>(write_threads_);
            for (size_t n = std::clamp<size_t>(part, 1, most_together); n > 0; --n) {
                taken.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
        }
        if (together(taken)) continue;
        for (auto& one : taken) alone(one);
    }
}

void PostgresStore::alone(Work& work) {
    boost::json::value value;
    Result<void> result;
    try {
        result = attempt([&](Transaction& tx) -> Result<void> {
            TRY(value, work.fn(tx));
            return Nothing{};
        });
    } catch (const std::exception& error) {
        result = bug_error(error.what());
    }
    after_the_commit([&] {
        if (result.ok())
            work.done(std::move(value));
        else
            work.done(std::move(result).error());
    });
}

/// Group commit without savepoints, each of which would cost two exchanges: when one of them fails after it has changed
/// something, or another node was in the way, nothing of it stands, and each runs again alone. False says so.
bool PostgresStore::together(std::vector<Work>& batch) {
    std::vector<Result<boost::json::value>> results(batch.size(), boost::json::value{});
    std::vector<std::function<void()>> after;
    std::vector<const Foresight*> foresights;
    for (const auto& work : batch) foresights.push_back(&work.ahead);
    bool events = false;
    try {
        PgPool::Lease connection(writers_);
        PgTransaction tx(*connection, services_);
        connection->begin(begin_write);
        AheadRounds ahead(foresights);
        ahead.run(*connection);
        foreseen_ += ahead.asked();
        const auto run = [&](size_t i) {
            const auto changes = tx.changes();
            const auto actions = tx.after.size();
            tx.foresee(ahead.answers(i));
            auto result = batch[i].fn(tx);
            tx.foresee(nullptr);
            if (!result.ok()) {
                if (tx.changes() != changes) return false;
                tx.after.resize(actions);
            }
            results[i] = std::move(result);
            return true;
        };
        // What was asked beforehand would be stale after the change of one that did not say what it changes: those come
        // last.
        for (size_t i = 0; i < batch.size(); ++i)
            if (ahead.answers(i) && !run(i)) return false;
        for (size_t i = 0; i < batch.size(); ++i)
            if (!ahead.answers(i) && !run(i)) return false;
        send_events(*connection, tx);
        connection->commit();
        events = !tx.events.empty();
        after = std::move(tx.after);
    } catch (const PgError& error) {
        if (!error.outcome_unknown) return false;
        log::error("store", "connection lost while committing", {{"what", error.what()}});
        writers_.forget_idle();
        for (auto& result : results)
            if (result.ok()) result = unknown_outcome_error();
    } catch (const std::exception&) {
        return false;  // alone, it will be found out whose mistake it was
    }
    for (const auto& result : results) ++(result.ok() ? commits_ : failed_);
    if (events) sequencer_.wake();
    for (const auto& action : after) after_the_commit(action);
    for (size_t i = 0; i < batch.size(); ++i) after_the_commit([&] { batch[i].done(std::move(results[i])); });
    return true;
}

void PostgresStore::send_events(PgConnection& connection, const PgTransaction& tx) {
    constexpr size_t at_a_time = 100;
    size_t queued = 0;
    for (const auto& e : tx.events) {
        connection.queue(insert_pending,
                         {e.id, e.type, e.version, e.stream, e.actor, e.at_ms, e.data, Blob{crypto::view(e.leaf)}});
        if (++queued % at_a_time == 0) connection.flush();
    }
}

void PostgresStore::pause(std::chrono::milliseconds longest) {
    const auto most = static_cast<uint64_t>(longest.count());
    std::this_thread::sleep_for(std::chrono::milliseconds{random_.below(most) + 1});
}

Result<void> PostgresStore::attempt(const std::function<Result<void>(Transaction&)>& fn) {
    bool doubled_once = false;
    for (int n = 1;; ++n) {
        try {
            auto result = once(fn);
            if (!result.ok()) ++failed_;
            return result;
        } catch (const PgError& error) {
            if (error.outcome_unknown) {
                log::error("store", "connection lost while committing", {{"what", error.what()}});
                writers_.forget_idle();
                ++failed_;
                return unknown_outcome_error();
            }
            // Two that insert the same key at once: run again, the second sees the first one's row and can say so.
            const bool doubled = error.state == "23505" && !doubled_once;
            const bool again = error.kind == DbError::Kind::serialisation || doubled ||
                               error.kind == DbError::Kind::unavailable;  // COMMIT was not sent: nothing happened
            if (!again || n == most_attempts) {
                ++failed_;
                return error_of(error);
            }
            ++retries_;
            doubled_once = doubled_once || doubled;
            if (error.kind == DbError::Kind::unavailable) {
                writers_.forget_idle();
                std::this_thread::sleep_for(std::chrono::milliseconds{std::min(20 << n, 1000)});
            } else {
                pause(std::chrono::milliseconds{std::min(2 << n, 100)});
            }
        } catch (const DbError& error) {
            if (error.kind == DbError::Kind::serialisation && n < most_attempts) {  // the function asked for it
                ++retries_;
                continue;
            }
            ++failed_;
            return error_of(error);
        }
    }
}

Result<void> PostgresStore::once(const std::function<Result<void>(Transaction&)>& fn) {
    std::vector<std::function<void()>> after;
    bool events = false;
    {
        PgPool::Lease connection(writers_);
        PgTransaction tx(*connection, services_);
        connection->begin(begin_write);
        {
            const InsideWrite inside;
            if (auto result = fn(tx); !result.ok()) return result;  // the lease rolls back
        }
        send_events(*connection, tx);
        connection->commit();
        events = !tx.events.empty();
        after = std::move(tx.after);
    }
    ++commits_;
    if (events) sequencer_.wake();
    for (const auto& action : after) after_the_commit(action);
    return Nothing{};
}

Result<void> PostgresStore::read_blocking(const std::function<void(Reader&)>& fn) {
    for (int n = 1;; ++n) {
        try {
            PgPool::Lease connection(readers_);
            PgReader reader(*connection);
            connection->begin(begin_read);
            fn(reader);
            connection->commit();
            return Nothing{};
        } catch (const PgError& error) {
            if (error.state == "25006") return bug_error(error.what());  // a statement that changes something
            // A reader changed nothing: it may always run again.
            const bool lost = error.kind == DbError::Kind::unavailable;
            if ((!lost && error.kind != DbError::Kind::serialisation) || n == most_attempts) return error_of(error);
            readers_.forget_idle();
            std::this_thread::sleep_for(std::chrono::milliseconds{std::min(20 << n, 1000)});
        } catch (const DbError& error) {
            return error_of(error);
        }
    }
}

Result<void> PostgresStore::settle() {
    sequencer_.wake();
    const auto one = [](const Row& row) { return row.integer(0); };
    TRY(const int64_t last,
        read([&](Reader& r) -> Result<int64_t> { return r.first(last_pending, {}, one).value_or(0); }));
    const auto limit = std::chrono::steady_clock::now() + settle_limit;  // waiting only
    while (std::chrono::steady_clock::now() < limit) {
        TRY(const int64_t left,
            read([&](Reader& r) -> Result<int64_t> { return r.first(still_pending, {last}, one).value_or(0); }));
        if (left == 0) return Nothing{};
        sequencer_.wake();
        std::this_thread::sleep_for(settle_poll);
    }
    return unavailable_error();
}

boost::json::object PostgresStore::statistics() {
    boost::json::object out{{"engine", "postgresql"},
                            {"commits", commits_.load()},
                            {"retries", retries_.load()},
                            {"refused", failed_.load()},
                            {"asked_ahead", foreseen_.load()},
                            {"writers_busy", writers_.in_use()},
                            {"readers_busy", readers_.in_use()},
                            {"leads", sequencer_.leads()},
                            {"ledger_size", sequencer_.ledger_size()}};
    {
        std::scoped_lock lock(mutex_);
        out["queue"] = queue_.size();
    }
    // What cannot be asked is left out: unknown is not zero.
    (void)read([&](Reader& reader) -> Result<void> {
        reader.query(sizes, {}, [&](const Row& row) {
            out["size_bytes"] = row.integer(0);
            out["pending"] = row.integer(1);
        });
        return Nothing{};
    });
    return out;
}

}  // namespace

Result<std::unique_ptr<Store>> open_postgres(StoreOptions options, const Migrations& migrations, const Clock& clock,
                                             Random& random) {
    auto store = std::make_unique<PostgresStore>(options, clock, random);
    TRY_VOID(store->begin(migrations));
    return std::unique_ptr<Store>{std::move(store)};
}

}  // namespace hl::store
