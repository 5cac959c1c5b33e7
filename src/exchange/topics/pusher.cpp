#include "exchange/topics/pusher.h"

#include "base/log.h"
#include "exchange/topics/queries.h"

namespace hl::exchange::topics {

namespace {

constexpr auto look_again = std::chrono::seconds{1};  // retries that became due, other nodes' messages

std::chrono::milliseconds wait_after(int64_t attempt, const PushSettings& settings) {
    auto wait = settings.first_wait;
    for (int64_t i = 1; i < attempt && wait < settings.longest_wait; ++i) wait *= 2;
    return std::min(wait, settings.longest_wait);
}

}  // namespace

Result<PushRound> push_once(store::Store& store, const Subscription& subscription, const Deliver& deliver,
                            const PushSettings& settings, const std::function<bool()>& stopping) {
    const auto& clock = store.clock();
    const TakeSettings wanted{settings.batch, settings.lease, false};
    TRY(const auto batch, store.write([&](store::Transaction& tx) {
        return take(tx, subscription.id, subscription.subscriber, wanted, clock.now());
    }));
    PushRound out;
    for (const auto& d : batch) {
        if (clock.now() >= d.lease_until || (stopping && stopping())) break;
        Result<void> done;
        try {
            done = deliver(subscription, d.message);
        } catch (const std::exception& e) {
            done = Error{ErrorKind::internal, "delivery.failed", fmt::format("Lỗi khi gửi: {}", e.what()),
                         fmt::format("Delivering failed: {}", e.what())};
        }
        if (done.ok()) {
            TRY_VOID(store.write([&](store::Transaction& tx) {
                return acknowledge(tx, subscription.id, subscription.subscriber, d.message.position, d.lease);
            }));
            ++out.delivered;
            continue;
        }
        TRY(const auto failed, store.write([&](store::Transaction& tx) {
            const auto now = clock.now();
            return fail(tx, subscription.id, subscription.subscriber, d.message.position, d.lease,
                        fmt::format("{}: {}", done.error().code, done.error().en),
                        now + wait_after(d.attempt, settings), now);
        }));
        ++(failed == Failed::dead ? out.dead : out.failed);
    }
    return out;
}

void Pusher::start() {
    for (int i = 0; i < count_; ++i) threads_.emplace_back([this] { run(); });
}

void Pusher::stop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& t : threads_) t.join();
    threads_.clear();
}

void Pusher::wake() {
    {
        std::scoped_lock lock(mutex_);
        ++wakes_;
    }
    changed_.notify_all();
}

/// The next subscription nobody is busy with. Reads the list anew once a wake came or a while has passed.
std::optional<Subscription> Pusher::next() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto free = std::find_if(round_.begin(), round_.end(), [&](const Subscription& s) {
            return std::find(busy_.begin(), busy_.end(), s.id) == busy_.end();
        });
        if (free != round_.end()) {
            auto out = std::move(*free);
            round_.erase(free);
            busy_.push_back(out.id);
            return out;
        }
        const auto seen = wakes_;
        if (round_of_ == seen) changed_.wait_for(lock, look_again, [&] { return stopping_ || wakes_ != seen; });
        if (stopping_) break;
        round_of_ = wakes_;
        lock.unlock();
        auto read =
            store_.read([](store::Reader& r) -> Result<std::vector<Subscription>> { return subscriptions(r, ""); });
        lock.lock();
        if (!read.ok()) continue;
        std::erase_if(*read, [](const Subscription& s) { return !s.push_to || s.paused; });
        round_ = std::move(*read);
    }
    return std::nullopt;
}

void Pusher::run() {
    while (const auto subscription = next()) {
        for (;;) {
            const auto done = push_once(store_, *subscription, deliver_, settings_, [this] {
                std::scoped_lock lock(mutex_);
                return stopping_;
            });
            if (!done.ok() && done.error().code != "subscription.unknown")
                log::warning("exchange", "a round of deliveries failed",
                             {{"subscription", subscription->id}, {"what", done.error().en}});
            if (!done.ok() || done->delivered == 0) break;
            std::scoped_lock lock(mutex_);
            if (stopping_) break;
        }
        {
            std::scoped_lock lock(mutex_);
            std::erase(busy_, subscription->id);
        }
        changed_.notify_all();
    }
}

}  // namespace hl::exchange::topics
