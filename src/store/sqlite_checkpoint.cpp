#include "store/sqlite_checkpoint.h"

#include <sqlite3.h>

#include "base/log.h"

namespace hl::store {

namespace {

constexpr int begin_pages = 1000;  // 4 MiB of log: the background copy begins
constexpr int help_pages = 4000;   // from here on the writer helps the log to start over…
constexpr int short_rest = 500;    // …when little is left to copy
constexpr int patience_ms = 250;   // how long the writer waits for readers of old snapshots, at most

}  // namespace

SqliteCheckpointer::SqliteCheckpointer(std::filesystem::path file, int most_pages)
    : file_(std::move(file)), most_pages_(most_pages) {
    thread_ = std::thread([this] { run(); });
}

SqliteCheckpointer::~SqliteCheckpointer() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    woken_.notify_all();
    thread_.join();
}

void SqliteCheckpointer::watch(SqliteConnection& connection) {
    sqlite3_wal_hook(
        connection.handle(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<SqliteCheckpointer*>(self)->committed(pages);
            return SQLITE_OK;
        },
        this);
}

void SqliteCheckpointer::committed(int pages) {
    if (pages < pages_) copied_ = 0;  // the log has started over
    pages_ = pages;
    if (pages - copied_ < begin_pages) return;
    {
        std::scoped_lock lock(mutex_);
        wanted_ = true;
    }
    woken_.notify_one();
}

void SqliteCheckpointer::help(SqliteConnection& connection) {
    const int pages = pages_;
    if (pages < asked_) asked_ = 0;  // the log has started over
    const int rest = pages - copied_;
    if (pages >= most_pages_ && pages - asked_ >= most_pages_ / 2) {
        // Where reads follow one another without a gap, one of them always holds a place in the log, and it would
        // never start over. While the writer waits here, whoever begins to read finds the log copied and holds nothing.
        asked_ = pages;
        (void)copy(connection, SQLITE_CHECKPOINT_RESTART);
    } else if (pages >= help_pages && rest > 0 && rest <= short_rest) {
        (void)copy(connection, SQLITE_CHECKPOINT_PASSIVE);
    }
}

bool SqliteCheckpointer::copy(SqliteConnection& connection, int mode) {
    // Two copies at a time refuse each other: the writer waits for the one beside it when it means to start over.
    std::unique_lock lock(copying_, std::defer_lock);
    if (mode == SQLITE_CHECKPOINT_PASSIVE) {
        if (!lock.try_lock()) return true;
    } else {
        lock.lock();
        sqlite3_busy_timeout(connection.handle(), patience_ms);
    }
    int pages = 0, copied = 0;
    // PASSIVE waits for nobody: what a reader still needs stays in the log until the next time.
    const int code = sqlite3_wal_checkpoint_v2(connection.handle(), "main", mode, &pages, &copied);
    if (mode != SQLITE_CHECKPOINT_PASSIVE) sqlite3_busy_timeout(connection.handle(), SqliteConnection::busy_timeout_ms);
    if (copied > 0) copied_ = copied;
    if (code == SQLITE_OK) {
        ++checkpoints_;
        return true;
    }
    if ((code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED)
        log::warning("store", "checkpoint failed, the log keeps what it has",
                     {{"what", sqlite3_errmsg(connection.handle())}});
    return false;
}

void SqliteCheckpointer::run() {
    std::unique_ptr<SqliteConnection> connection;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        woken_.wait(lock, [&] { return stopping_ || wanted_; });
        if (stopping_) return;
        wanted_ = false;
        lock.unlock();
        try {
            if (!connection) connection = std::make_unique<SqliteConnection>(file_, SqliteSettings{1024, false});
            if (!copy(*connection, SQLITE_CHECKPOINT_PASSIVE)) connection.reset();
        } catch (const DbError& error) {
            log::warning("store", "checkpoint failed", {{"what", error.what()}});
            connection.reset();
        }
        lock.lock();
    }
}

}  // namespace hl::store
