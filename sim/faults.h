// What a partner is told to do wrong, one fault a module at a time. In memory: a restarted simulator is well again.
// Any thread.
#pragma once
#include <atomic>
#include <chrono>
#include <mutex>

#include "module.h"

namespace sim {

enum class Act {
    none,
    slow,       // answers, but late
    down,       // closes the connection without an answer
    error,      // HTTP 500, nothing done
    half,       // does it and breaks off in the middle of the answer
    lie,        // says something untrue, nothing done
    refuse,     // will not have it
    lose,       // does it and closes the connection without an answer
    duplicate,  // does it twice
};

struct Decision {
    Act act = Act::none;
    std::chrono::milliseconds wait{0};
};

class Faults {
  public:
    /// {"fault": …, "milliseconds", "of", "times"}. Empty text: set; else what is wrong with it.
    std::string set(const json::value& body);
    /// For the request that comes now.
    [[nodiscard]] Decision next();
    [[nodiscard]] json::object describe() const;

  private:
    mutable std::mutex mutex_;
    std::string word_ = "none";
    Act act_ = Act::none;
    int64_t milliseconds_ = 0;
    int64_t of_ = 1;      // every n-th
    int64_t times_ = -1;  // how often still; -1: for ever
    int64_t seen_ = 0, done_ = 0;
};

}  // namespace sim
