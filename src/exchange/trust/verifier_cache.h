// A bounded memory of things that were verified, by digest of what they were verified from. Those that ask for the same
// thing at once wait for the first, so that it is verified once. Any thread.
#pragma once
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/result.h"
#include "exchange/trust/digest.h"

namespace hl::exchange {

template <class Value>
class VerifierCache {
  public:
    explicit VerifierCache(size_t most) : most_(most > 0 ? most : 1) {}

    [[nodiscard]] std::shared_ptr<const Value> find(const Digest512& key) {
        const auto place = entry(key);
        const std::scoped_lock lock(place->mutex);
        return place->value;
    }

    void put(const Digest512& key, Value value) {
        const auto place = entry(key);
        const std::scoped_lock lock(place->mutex);
        place->value = std::make_shared<const Value>(std::move(value));
    }

    /// The remembered value if it is `usable`, or what `make` gives, which is then remembered. Errors are not.
    template <class Usable, class Make>
    [[nodiscard]] Result<std::shared_ptr<const Value>> find_or_make(const Digest512& key, Usable usable, Make make) {
        const auto place = entry(key);
        const std::scoped_lock lock(place->mutex);
        if (place->value && usable(*place->value)) return place->value;
        TRY(auto made, make());
        place->value = std::make_shared<const Value>(std::move(made));
        return place->value;
    }

  private:
    struct Entry {
        std::mutex mutex;
        std::shared_ptr<const Value> value;
    };
    struct Hash {
        size_t operator()(const Digest512& d) const {
            size_t out = 0;
            std::memcpy(&out, d.data(), sizeof out);
            return out;
        }
    };
    using Order = std::list<Digest512>;  // the one used last comes first
    struct Slot {
        std::shared_ptr<Entry> entry;
        typename Order::iterator place;
    };

    std::shared_ptr<Entry> entry(const Digest512& key) {
        const std::scoped_lock lock(mutex_);
        if (const auto found = slots_.find(key); found != slots_.end()) {
            order_.splice(order_.begin(), order_, found->second.place);
            return found->second.entry;
        }
        if (slots_.size() >= most_) {
            slots_.erase(order_.back());
            order_.pop_back();
        }
        order_.push_front(key);
        auto made = std::make_shared<Entry>();
        slots_.emplace(key, Slot{made, order_.begin()});
        return made;
    }

    size_t most_;
    std::mutex mutex_;
    Order order_;
    std::unordered_map<Digest512, Slot, Hash> slots_;
};

}  // namespace hl::exchange
