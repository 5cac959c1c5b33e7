// How often a stranger may fail: guessing a phone number for a known code must not pay. Counts failures per key within
// a window, in the memory of this process. Safe on any thread; time is handed in.
#pragma once
#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace hl::dossiers {

class Throttle {
  public:
    Throttle(size_t most, std::chrono::minutes window) : most_(most), window_(window) {}
    [[nodiscard]] bool allowed(const std::string& key, Instant now) {
        std::scoped_lock lock(mutex_);
        const auto it = failures_.find(key);
        if (it == failures_.end()) return true;
        while (!it->second.empty() && it->second.front() + window_ <= now) it->second.pop_front();
        if (!it->second.empty()) return it->second.size() < most_;
        failures_.erase(it);
        return true;
    }
    void failed(const std::string& key, Instant now) {
        std::scoped_lock lock(mutex_);
        if (failures_.size() >= most_keys)
            std::erase_if(failures_,
                          [&](const auto& f) { return f.second.empty() || f.second.back() + window_ <= now; });
        if (failures_.size() < most_keys || failures_.contains(key)) failures_[key].push_back(now);
    }

  private:
    static constexpr size_t most_keys = 100'000;
    size_t most_;
    std::chrono::minutes window_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::deque<Instant>> failures_;
};

/// Wrong phone numbers for a dossier, by its code and by the address they come from: at most five of either in a
/// quarter of an hour, whichever door is tried. Safe on any thread.
class PhoneGuesses {
  public:
    [[nodiscard]] bool allowed(const std::string& code, const std::string& remote, Instant now) {
        return throttle_.allowed("code/" + code, now) && throttle_.allowed("from/" + remote, now);
    }
    void failed(const std::string& code, const std::string& remote, Instant now) {
        throttle_.failed("code/" + code, now);
        throttle_.failed("from/" + remote, now);
    }

  private:
    Throttle throttle_{5, std::chrono::minutes{15}};
};

}  // namespace hl::dossiers
