// How many exchanges a gateway has under way. Who makes a signature that takes long for many messages at once waits a
// moment for company when there are many, and for nobody when there are few. Any thread.
#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>

namespace hl::exchange {

class Load {
  public:
    class Guard {
      public:
        explicit Guard(Load* load) : load_(load) {
            if (load_ != nullptr) load_->under_way_.fetch_add(1, std::memory_order_relaxed);
        }
        ~Guard() {
            if (load_ != nullptr) load_->under_way_.fetch_sub(1, std::memory_order_relaxed);
        }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

      private:
        Load* load_;
    };

    /// How many a group should have before it goes; 1: go at once. Nobody waits longer than patience() for it.
    [[nodiscard]] size_t company() const {
        const int n = under_way_.load(std::memory_order_relaxed);
        return n < some ? 1 : static_cast<size_t>(n / 3);
    }
    [[nodiscard]] std::chrono::microseconds patience() const {
        return std::chrono::microseconds{under_way_.load(std::memory_order_relaxed) < many ? 500 : 1500};
    }

  private:
    static constexpr int some = 16, many = 32;
    std::atomic<int> under_way_{0};
};

}  // namespace hl::exchange
