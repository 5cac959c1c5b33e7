// Request ids that were seen, so that a recorded message cannot be sent again: two generations, each at least as long
// as messages are taken after their signature, in bounded memory. Where memory would not do, older signatures are
// refused instead of forgotten ids being taken twice. Any thread.
#pragma once
#include <array>
#include <mutex>
#include <string_view>
#include <unordered_set>

#include "base/time.h"

namespace hl::exchange::gateway {

class ReplayMemory {
  public:
    /// Signatures from before `started` are refused: what came before a restart is not remembered.
    ReplayMemory(std::chrono::seconds window, size_t capacity, Instant started);
    enum class Verdict { fresh, seen, too_old, from_future };
    [[nodiscard]] Verdict take(std::string_view request_id, std::string_view signer, Instant signed_at, Instant now);
    [[nodiscard]] size_t size() const;

  private:
    static constexpr size_t shard_count = 16;
    struct Key {
        uint64_t a = 0, b = 0;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        size_t operator()(const Key& k) const noexcept { return k.a; }
    };
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_set<Key, Hash> current, before;
        Instant current_since{};
        Instant floor{};  // signatures before it are refused
    };
    std::chrono::milliseconds window_, ahead_;
    size_t per_generation_;
    std::array<Shard, shard_count> shards_;
};

}  // namespace hl::exchange::gateway
