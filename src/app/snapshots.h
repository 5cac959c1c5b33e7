// The present organisation, calendars, catalogue and indicators, shared by all requests and replaced whole when the
// ledger says that one of them changed (on any node). Safe on any thread.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "directory/commands.h"
#include "ioc/indicators/pack.h"
#include "procedures/catalogue.h"
#include "store/store.h"

namespace hl::app {

class Snapshots {
  public:
    /// Loads all of them. Errors as of their load().
    [[nodiscard]] static Result<std::unique_ptr<Snapshots>> open(store::Store& store);
    ~Snapshots();
    [[nodiscard]] std::shared_ptr<const directory::Directory> organisation() const;
    [[nodiscard]] std::shared_ptr<const directory::Calendars> calendars() const;
    [[nodiscard]] std::shared_ptr<const procedures::Catalogue> catalogue() const;
    [[nodiscard]] std::shared_ptr<const ioc::Book> book() const;  // the indicators
    [[nodiscard]] Result<void> reload();
    /// Watches the ledger in a thread of its own and reloads after directory.*, procedures.* and ioc.indicators_*
    /// events.
    void watch();
    /// Something was committed just now: the watcher reloads at once. Does not wait.
    void wake();
    void stop();

  private:
    explicit Snapshots(store::Store& store) : store_(store) {}
    void loop();

    store::Store& store_;
    mutable std::mutex mutex_;
    std::shared_ptr<const directory::Directory> organisation_;
    std::shared_ptr<const directory::Calendars> calendars_;
    std::shared_ptr<const procedures::Catalogue> catalogue_;
    std::shared_ptr<const ioc::Book> book_;
    int64_t seen_ = 0;
    std::mutex stop_mutex_;
    std::condition_variable stop_signal_;
    bool stopping_ = false, woken_ = false;
    std::thread thread_;
};

}  // namespace hl::app
