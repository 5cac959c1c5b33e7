#include "exchange/topics/pull.h"

#include <condition_variable>

#include "base/crypto.h"
#include "base/text.h"
#include "exchange/topics/queries.h"

namespace hl::exchange::topics {

namespace {

constexpr std::chrono::milliseconds look_again{1000};  // leases that ended, other nodes' messages

/// Set by whoever publishes, awaited by the one thread.
struct Bell {
    std::mutex mutex;
    std::condition_variable rung;
    bool ringing = false;
};

}  // namespace

Result<std::vector<Delivery>> pull(store::Store& store, Signals& signals, const PullRequest& request,
                                   const std::function<bool()>& stopping) {
    const auto topic = store.read([&](store::Reader& reader) -> Result<std::string> {
        const auto found = find_subscription(reader, request.subscription);
        return found ? found->topic : std::string{};
    });
    if (!topic.ok()) return topic.error();
    bool acknowledged = !request.after;
    for (auto left = request.wait;;) {
        const auto bell = std::make_shared<Bell>();
        // Before looking: what is published between the look and the wait rings too.
        const auto handle = signals.once(*topic, [bell] {
            std::scoped_lock lock(bell->mutex);
            bell->ringing = true;
            bell->rung.notify_all();
        });
        auto got = store.write([&](store::Transaction& tx) -> Result<std::vector<Delivery>> {
            if (!acknowledged) TRY_VOID(acknowledge_to(tx, request.subscription, request.who, *request.after));
            return take(tx, request.subscription, request.who, request.settings, store.clock().now());
        });
        if (!got.ok() || !got->empty() || left.count() <= 0 || (stopping && stopping())) return got;
        acknowledged = true;
        const auto turn = std::min(left, look_again);
        left -= turn;
        std::unique_lock lock(bell->mutex);
        bell->rung.wait_for(lock, turn, [&] { return bell->ringing; });
    }
}

boost::json::object to_json(const std::vector<Delivery>& deliveries) {
    boost::json::array list;
    for (const auto& d : deliveries) {
        const auto& m = d.message;
        boost::json::object one{
            {"position", m.position},
            {"key", m.key},
            {"id", m.message_id},
            {"at", to_rfc3339(m.at)},
            {"content_type", m.content_type},
            {"signature", m.signature.empty() ? boost::json::value() : boost::json::value(m.signature)},
            {"log_record", m.log_record.empty() ? boost::json::value() : boost::json::value(m.log_record)},
            {"attempt", d.attempt},
            {"lease", d.lease},
            {"lease_until", to_rfc3339(d.lease_until)}};
        if (text::is_valid_utf8(m.body))
            one["body"] = m.body;
        else
            one["body_base64"] = crypto::to_base64(m.body);
        list.push_back(std::move(one));
    }
    return {{"messages", std::move(list)}};
}

}  // namespace hl::exchange::topics
