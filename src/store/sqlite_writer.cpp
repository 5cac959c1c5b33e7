#include "store/sqlite_writer.h"

#include <sqlite3.h>

#include <stdexcept>

#include "base/log.h"
#include "store/migrate.h"
#include "store/store_errors.h"

namespace hl::store {

namespace {

constexpr std::string_view begin_immediate = "BEGIN IMMEDIATE";
constexpr std::string_view begin_exclusive = "BEGIN EXCLUSIVE";
constexpr std::string_view commit_sql = "COMMIT";
constexpr std::string_view savepoint = "SAVEPOINT one";
constexpr std::string_view release = "RELEASE one";
constexpr std::string_view rollback_to = "ROLLBACK TO one";
constexpr std::string_view data_version = "PRAGMA data_version";
constexpr std::string_view insert_event =
    "INSERT INTO ledger_event (position, id, type, version, stream, actor, at, data, leaf) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view take_number =
    "INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 "
    "RETURNING value";

constexpr auto room_interval = std::chrono::seconds{1};
constexpr int most_attempts = 10;  // of a function that asks to be run again

}  // namespace

class SqliteWriter::Tx final : public Transaction {
  public:
    explicit Tx(SqliteWriter& writer) : writer_(writer) {}
    [[nodiscard]] Engine engine() const override { return Engine::sqlite; }
    using Reader::query;
    using Transaction::execute;
    void query(std::string_view sql, std::span<const Param> params, const RowFunction& each) override {
        writer_.connection_->query(sql, params, each);
    }
    int64_t execute(std::string_view sql, std::span<const Param> params) override {
        return writer_.connection_->execute(sql, params);
    }
    std::string append(Event event) override {
        events.push_back(make_ledger_row(std::move(event), writer_.clock_.now(), writer_.random_));
        return events.back().id;
    }
    void after_commit(std::function<void()> action) override { after.push_back(std::move(action)); }
    [[nodiscard]] int64_t changes() const override {
        return sqlite3_total_changes64(writer_.connection_->handle()) + static_cast<int64_t>(events.size());
    }
    int64_t next_number(std::string_view counter) override {
        return first(take_number, {counter}, [](const Row& row) { return row.integer(0); }).value();
    }

    std::vector<LedgerRow> events;
    std::vector<std::function<void()>> after;

  private:
    SqliteWriter& writer_;
};

SqliteWriter::SqliteWriter(SqliteWriterOptions options, const Clock& clock, Random& random, GrowthListener& growth)
    : options_(std::move(options)),
      clock_(clock),
      random_(random),
      growth_(growth),
      checkpointer_(options_.file, options_.log_pages) {
    connect();
}

/// The new connection is open before the old one goes: when the last one closes, the log is read anew by the next, and
/// a commit that was answered as failed could come back to life.
void SqliteWriter::reconnect() {
    auto old = std::move(connection_);
    try {
        connect();
        distrusted_ = false;
    } catch (...) {
        connection_ = std::move(old);
        throw;
    }
}

void SqliteWriter::connect() {
    connection_ = std::make_unique<SqliteConnection>(options_.file, SqliteSettings{options_.cache_kib, false});
    checkpointer_.watch(*connection_);
    data_version_ = -1;
}

SqliteWriter::~SqliteWriter() {
    {
        std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    woken_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<int> SqliteWriter::migrate(const Migrations& migrations) {
    Tx tx(*this);
    try {
        connection_->execute(begin_exclusive);
        auto count = store::migrate(
            tx, [&](const std::string& script) { connection_->script(script); }, migrations, clock_.now());
        if (count.ok())
            connection_->execute(commit_sql);
        else
            connection_->rollback();
        return count;
    } catch (...) {
        connection_->rollback();
        throw;
    }
}

void SqliteWriter::start() {
    connection_->execute("BEGIN");
    follow_other_programs();
    connection_->execute(commit_sql);
    thread_ = std::thread([this] { run(); });
}

bool SqliteWriter::submit(WriteJob job) {
    {
        std::scoped_lock lock(mutex_);
        if (closing_) return false;
        queue_.push_back(std::move(job));
        if (queue_.size() > 1) return true;  // whoever put the first one in has woken the writer
    }
    woken_.notify_one();
    return true;
}

void SqliteWriter::run() {
    const InsideWrite inside;  // answers are given on this thread: a waiting write from one would wait for ever
    std::vector<WriteJob> taken;
    for (;;) {
        taken.clear();
        {
            std::unique_lock lock(mutex_);
            woken_.wait(lock, [&] { return closing_ || !queue_.empty(); });
            if (queue_.empty()) return;
            taken.swap(queue_);
        }
        for (std::span<WriteJob> left{taken}; !left.empty();) {
            const size_t n = std::min(left.size(), options_.max_batch);
            process(left.first(n));
            left = left.subspan(n);
        }
    }
}

bool SqliteWriter::has_room() {
    // Waiting only: no stored time comes from this clock.
    const auto now = std::chrono::steady_clock::now();
    if (now - room_checked_ >= room_interval) {
        room_checked_ = now;
        std::error_code error;
        const auto space = std::filesystem::space(options_.file.parent_path(), error);
        const bool room = error || static_cast<int64_t>(space.available) >= options_.min_free_bytes;
        if (room != room_)
            log::write(room ? log::Level::info : log::Level::error, "store",
                       room ? "there is room on the disk again" : "too little room on the disk: writes are refused",
                       {{"available", static_cast<int64_t>(space.available)}});
        room_ = room;
    }
    return room_;
}

/// Another program (the command line beside a running server) may have written since: the ledger's right edge is then
/// read again. Inside a write transaction nobody else can write.
void SqliteWriter::follow_other_programs() {
    const int64_t version = connection_->integer(data_version);
    if (version == data_version_) return;
    Tx tx(*this);
    ledger_ = MerkleAppender::load(tx);
    ledger_size_ = ledger_.size();
    data_version_ = version;
}

std::optional<Error> SqliteWriter::begin() {
    if (!has_room()) return full_error();
    try {
        if (distrusted_) reconnect();
        checkpointer_.help(*connection_);
        connection_->execute(begin_immediate);
        follow_other_programs();
        return std::nullopt;
    } catch (const DbError& error) {
        connection_->rollback();
        data_version_ = -1;
        distrusted_ = distrusted_ || error.kind == DbError::Kind::unavailable;
        return error_of(error);
    }
}

void SqliteWriter::process(std::span<WriteJob> batch) {
    std::vector<Outcome> outcomes(batch.size());
    if (const auto failed = begin()) return answer(batch, outcomes, failed);
    const auto before = ledger_.state();
    std::optional<Error> failed;
    for (size_t i = 0; i < batch.size() && !failed; ++i) {
        try {
            run_one(batch[i], outcomes[i]);
        } catch (const DbError& error) {
            // Disk full, I/O error: the transaction of the whole batch is lost.
            failed = error_of(error);
        }
    }
    if (!failed) {
        failed = commit(batch.size());
        if (failed && failed->code == "store.constraint" && batch.size() > 1) {
            // A deferred constraint shows only at COMMIT and names nobody: each is run again on its own.
            ledger_.rollback_to(before);
            for (size_t i = 0; i < batch.size(); ++i) process(batch.subspan(i, 1));
            return;
        }
    }
    if (failed) {
        connection_->rollback();
        ledger_.rollback_to(before);
        data_version_ = -1;
        // A connection that met an I/O error is not trusted again.
        distrusted_ = failed->kind == ErrorKind::unavailable;
    }
    answer(batch, outcomes, failed);
}

void SqliteWriter::run_one(WriteJob& job, Outcome& outcome) {
    for (int left = most_attempts; left > 0; --left)
        if (attempt(job, outcome)) return;
    outcome.result = contention_error();
}

/// False: the function asked to be run again, and nothing of it stands.
bool SqliteWriter::attempt(WriteJob& job, Outcome& outcome) {
    Tx tx(*this);
    bool again = false;
    connection_->execute(savepoint);
    const auto undo = [&] {
        if (!connection_->in_transaction()) throw DbError(DbError::Kind::full, "the transaction was rolled back");
        connection_->execute(rollback_to);
        connection_->execute(release);
    };
    const auto before = ledger_.state();
    try {
        auto result = job.run(tx);
        if (result.ok()) {
            stamp(tx);
            connection_->execute(release);
            outcome.after = std::move(tx.after);
            return true;
        }
        outcome.result = std::move(result);
    } catch (const DbError& error) {
        if (error.kind == DbError::Kind::full || error.kind == DbError::Kind::unavailable) throw;
        again = error.kind == DbError::Kind::serialisation;
        if (!again) outcome.result = error_of(error);
    } catch (const std::exception& error) {
        outcome.result = bug_error(error.what());
        outcome.thrown = std::current_exception();
    }
    ledger_.rollback_to(before);
    undo();
    return !again;
}

void SqliteWriter::stamp(Tx& tx) {
    for (const auto& event : tx.events) {
        const int64_t position = ledger_.size();
        tx.execute(insert_event, {position, event.id, event.type, event.version, event.stream, event.actor, event.at_ms,
                                  event.data, Blob{crypto::view(event.leaf)}});
        ledger_.add(tx, position, event.leaf);
    }
}

std::optional<Error> SqliteWriter::commit(size_t size) {
    try {
        connection_->execute(commit_sql);
    } catch (const DbError& error) {
        connection_->rollback();
        // Rolled back here; but when fsync failed and the power goes next, the log may yet be found complete.
        return error.kind == DbError::Kind::unavailable ? unknown_outcome_error() : error_of(error);
    }
    ++commits_;
    writes_ += static_cast<int64_t>(size);
    ++batch_sizes_[batch_bucket(size)];
    return std::nullopt;
}

void SqliteWriter::answer(std::span<WriteJob> batch, std::span<Outcome> outcomes, const std::optional<Error>& failed) {
    if (failed) {
        ++failed_batches_;
        refused_ += static_cast<int64_t>(batch.size());
    }
    const bool grown = !failed && ledger_size_.exchange(ledger_.size()) != ledger_.size();
    for (size_t i = 0; i < batch.size(); ++i) {
        auto& outcome = outcomes[i];
        if (!failed)
            for (const auto& action : outcome.after) after_the_commit(action);
        Result<void> result = outcome.result ? std::move(*outcome.result)
                              : failed       ? Result<void>{*failed}
                                             : Result<void>{Nothing{}};
        after_the_commit([&] { batch[i].done(std::move(result), outcome.thrown); });
        batch[i] = {};  // what it captured goes now, not when the whole queue has been worked off
    }
    if (grown) growth_.tell();
}

boost::json::object SqliteWriter::statistics() const {
    std::array<int64_t, batch_buckets> sizes{};
    for (size_t i = 0; i < sizes.size(); ++i) sizes[i] = batch_sizes_[i];
    size_t waiting = 0;
    {
        std::scoped_lock lock(mutex_);
        waiting = queue_.size();
    }
    return {{"queue", waiting},
            {"commits", commits_.load()},
            {"writes", writes_.load()},
            {"refused", refused_.load()},
            {"failed_batches", failed_batches_.load()},
            {"batch_sizes", batch_histogram(sizes)},
            {"ledger_size", ledger_size_.load()},
            {"wal_bytes", checkpointer_.wal_pages() * 4096},
            {"checkpoints", checkpointer_.checkpoints()}};
}

}  // namespace hl::store
