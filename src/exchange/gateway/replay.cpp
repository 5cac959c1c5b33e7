#include "exchange/gateway/replay.h"

#include <cstring>

#include "base/crypto.h"

namespace hl::exchange::gateway {

ReplayMemory::ReplayMemory(std::chrono::seconds window, size_t capacity, Instant started)
    : window_(window),
      ahead_(std::min<std::chrono::milliseconds>(window, std::chrono::seconds{60})),
      per_generation_(std::max<size_t>(capacity / shard_count / 2, 16)) {
    for (auto& s : shards_) {
        s.current_since = started;
        // Signatures tell whole seconds.
        s.floor = std::chrono::floor<std::chrono::seconds>(started);
    }
}

ReplayMemory::Verdict ReplayMemory::take(std::string_view request_id, std::string_view signer, Instant signed_at,
                                         Instant now) {
    const auto digest = crypto::sha256(request_id, "\n", signer);
    Key key;
    std::memcpy(&key.a, digest.data(), sizeof key.a);
    std::memcpy(&key.b, digest.data() + sizeof key.a, sizeof key.b);
    auto& shard = shards_[digest[31] % shard_count];
    if (signed_at > now + ahead_) return Verdict::from_future;
    if (signed_at < now - window_) return Verdict::too_old;
    std::scoped_lock lock(shard.mutex);
    const bool old = now - shard.current_since > window_ + ahead_;
    const bool full = shard.current.size() >= per_generation_;
    if (old || full) {
        // What is dropped now was seen before `current_since`, so it was signed before that and the clocks' difference.
        if (!old && !shard.before.empty()) shard.floor = std::max(shard.floor, shard.current_since + ahead_);
        shard.before = std::move(shard.current);
        shard.current = {};
        shard.current_since = now;
    }
    if (signed_at < shard.floor) return Verdict::too_old;
    if (shard.before.contains(key) || !shard.current.insert(key).second) return Verdict::seen;
    return Verdict::fresh;
}

size_t ReplayMemory::size() const {
    size_t n = 0;
    for (const auto& s : shards_) {
        std::scoped_lock lock(s.mutex);
        n += s.current.size() + s.before.size();
    }
    return n;
}

}  // namespace hl::exchange::gateway
