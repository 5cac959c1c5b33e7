// From the registry's tables to the signed configuration: built whole, read back before it is given out, numbered
// upwards for ever. Functions run in the caller's transaction; the Refresher has a thread of its own.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "exchange/registry/registry.h"

namespace hl::exchange {

/// What holds on `day`, with number 0 and no times.
[[nodiscard]] Result<Configuration> content_of(store::Reader& reader, const Registry& registry, Date day);

struct Issued {
    int64_t number = 0;
    Instant issued, expires;
    std::string document;
};
/// A new number when the content is not what was issued last, or when that is older than the refresh interval; else
/// what was issued last. Every command that changes state ends with it: a change that would make the document
/// unreadable is refused with it. Errors: exchange.configuration.
[[nodiscard]] Result<Issued> issue(store::Transaction& tx, const Registry& registry, Instant now);
/// Error exchange.configuration_missing.
[[nodiscard]] Result<Issued> current_issue(store::Reader& reader);

/// Issues again every refresh interval, so that the document never expires while the registry lives, and what begins
/// or ends on a day does so.
class Refresher {
  public:
    Refresher(store::Store& store, const Registry& registry, const Clock& clock);
    ~Refresher();
    void start();
    void stop();
    /// One turn, in the caller's thread.
    [[nodiscard]] Result<void> turn();

  private:
    store::Store& store_;
    const Registry& registry_;
    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable signal_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace hl::exchange
