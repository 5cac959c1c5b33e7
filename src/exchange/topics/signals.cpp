#include "exchange/topics/signals.h"

namespace hl::exchange::topics {

Signals::Handle Signals::once(std::string_view topic, Wake wake) {
    const std::string name{topic};
    int64_t number = 0;
    {
        std::scoped_lock lock(waiting_->mutex);
        number = waiting_->next++;
        waiting_->topics[name].emplace(number, std::move(wake));
    }
    return {nullptr, [waiting = waiting_, name, number](void*) {
                std::scoped_lock lock(waiting->mutex);
                const auto found = waiting->topics.find(name);
                if (found == waiting->topics.end()) return;
                found->second.erase(number);
                if (found->second.empty()) waiting->topics.erase(found);
            }};
}

void Signals::tell(std::string_view topic) {
    // Under the lock: a handle that was dropped is not called any more. So `wake` must not drop handles itself.
    std::scoped_lock lock(waiting_->mutex);
    const auto found = waiting_->topics.find(topic);
    if (found == waiting_->topics.end()) return;
    const auto woken = std::move(found->second);
    waiting_->topics.erase(found);
    for (const auto& [number, wake] : woken) wake();
}

void Signals::tell_after(store::Transaction& tx, std::string_view topic) {
    tx.after_commit([this, name = std::string{topic}] { tell(name); });
}

}  // namespace hl::exchange::topics
