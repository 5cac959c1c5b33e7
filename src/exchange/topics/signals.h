// Wakes who waits for a topic's next message: long polls and the pusher. Within this process; messages published on
// another node are found by asking again after a while. Any thread.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "store/db.h"

namespace hl::exchange::topics {

class Signals {
  public:
    using Wake = std::function<void()>;
    /// `wake` is called once, from the publisher's thread: quick work only. Dropping the handle takes it back; it is
    /// not called any more then.
    using Handle = std::shared_ptr<void>;
    [[nodiscard]] Handle once(std::string_view topic, Wake wake);
    void tell(std::string_view topic);
    /// Tells when the transaction is on disk, and not if it fails.
    void tell_after(store::Transaction& tx, std::string_view topic);

  private:
    struct Waiting {
        std::mutex mutex;
        std::map<std::string, std::map<int64_t, Wake>, std::less<>> topics;
        int64_t next = 0;
    };
    std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();
};

}  // namespace hl::exchange::topics
