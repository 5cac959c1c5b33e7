#include "app/snapshots.h"

#include "base/log.h"
#include "store/ledger.h"

namespace hl::app {

namespace {
constexpr std::chrono::milliseconds poll{250};
constexpr std::string_view changed_since =
    "SELECT position FROM ledger_event WHERE position >= ? AND (type LIKE 'directory.%' OR type LIKE 'procedures.%' "
    "OR type LIKE 'ioc.indicators%') "
    "LIMIT 1";
}  // namespace

Result<std::unique_ptr<Snapshots>> Snapshots::open(store::Store& store) {
    std::unique_ptr<Snapshots> snapshots(new Snapshots(store));
    TRY_VOID(snapshots->reload());
    return snapshots;
}

Snapshots::~Snapshots() {
    stop();
}

std::shared_ptr<const directory::Directory> Snapshots::organisation() const {
    std::scoped_lock lock(mutex_);
    return organisation_;
}
std::shared_ptr<const directory::Calendars> Snapshots::calendars() const {
    std::scoped_lock lock(mutex_);
    return calendars_;
}
std::shared_ptr<const procedures::Catalogue> Snapshots::catalogue() const {
    std::scoped_lock lock(mutex_);
    return catalogue_;
}

std::shared_ptr<const ioc::Book> Snapshots::book() const {
    std::scoped_lock lock(mutex_);
    return book_;
}

Result<void> Snapshots::reload() {
    return store_.read([&](store::Reader& reader) -> Result<void> {
        const int64_t size = store::ledger_size(reader);
        auto organisation = directory::Directory::load(reader);
        TRY(auto calendars, directory::Calendars::load(reader));
        TRY(auto catalogue, procedures::Catalogue::load(reader));
        TRY(auto book, ioc::load_book(reader));
        std::scoped_lock lock(mutex_);
        organisation_ = std::move(organisation);
        calendars_ = std::move(calendars);
        catalogue_ = std::move(catalogue);
        book_ = std::move(book);
        seen_ = size;
        return Nothing{};
    });
}

void Snapshots::watch() {
    thread_ = std::thread([this] { loop(); });
}

void Snapshots::stop() {
    {
        std::scoped_lock lock(stop_mutex_);
        stopping_ = true;
    }
    stop_signal_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Snapshots::wake() {
    {
        std::scoped_lock lock(stop_mutex_);
        woken_ = true;
    }
    stop_signal_.notify_all();
}

void Snapshots::loop() {
    std::unique_lock lock(stop_mutex_);
    for (;;) {
        stop_signal_.wait_for(lock, poll, [&] { return stopping_ || woken_; });
        if (stopping_) return;
        // Its event may have no position yet: whoever woke us is believed.
        const bool told = std::exchange(woken_, false);
        lock.unlock();
        struct Seen {
            int64_t size = 0;
            bool changed = false;
        };
        auto seen = store_.read([&](store::Reader& reader) -> Result<Seen> {
            int64_t from = 0;
            {
                std::scoped_lock guard(mutex_);
                from = seen_;
            }
            Seen s{store::ledger_size(reader), told};
            if (!told && s.size > from)
                s.changed = reader.first(changed_since, {from}, [](const store::Row&) { return true; }).has_value();
            return s;
        });
        if (!seen.ok()) {
            log::warning("app", "cannot look for changes of the organisation", {{"code", seen.error().code}});
        } else if (seen->changed) {
            if (auto done = reload(); !done.ok())
                log::error("app", "cannot reload", {{"code", done.error().code}, {"detail", done.error().en}});
        } else {
            std::scoped_lock guard(mutex_);
            seen_ = seen->size;
        }
        lock.lock();
    }
}

}  // namespace hl::app
