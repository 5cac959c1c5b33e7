#include "store/sqlite_checkpoint.h"

#include <sqlite3.h>

#include "base/log.h"

namespace hl::store {

namespace {

constexpr int begin_pages = 1000;   // 4 MiB of log: the background copy begins
constexpr int help_pages = 4000;    // from here on the writer helps the log to start over…
constexpr int short_rest = 500;     // …when little is left to copy,
constexpr int most_pages = 50'000;  // …and from here on whatever is left

}  // namespace

SqliteCheckpointer::SqliteCheckpointer(std::filesystem::path file) : file_(std::move(file)) {
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
    const int rest = pages - copied_;
    const bool worth_it = pages >= help_pages && rest > 0 && rest <= short_rest;
    if (!worth_it && (pages < most_pages || rest < most_pages / 2)) return;
    (void)copy(connection);
}

bool SqliteCheckpointer::copy(SqliteConnection& connection) {
    int pages = 0, copied = 0;
    // PASSIVE waits for nobody: what a reader still needs stays in the log until the next time.
    const int code = sqlite3_wal_checkpoint_v2(connection.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
    if (code == SQLITE_OK) {
        copied_ = copied;
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
            if (!copy(*connection)) connection.reset();
        } catch (const DbError& error) {
            log::warning("store", "checkpoint failed", {{"what", error.what()}});
            connection.reset();
        }
        lock.lock();
    }
}

}  // namespace hl::store
