// Fetches indicators' values from other systems on a schedule (setting `ioc_pull`). One thread; each source by itself:
// one that does not answer holds up no other for longer than its timeout.
#pragma once
#include <filesystem>

#include "app/pull_config.h"
#include "base/ticker.h"

namespace hl::app {

class Program;

class PullService {
  public:
    explicit PullService(Program& program) : program_(program) {}
    void start();
    void stop() { ticker_.stop(); }
    /// One source now, in the caller's thread. Errors: pull.unknown, the store's.
    [[nodiscard]] Result<ioc::Pulled> pull_now(const std::string& name);

  private:
    std::chrono::milliseconds turn();
    Program& program_;
    Ticker ticker_{[this] { return turn(); }};
};

}  // namespace hl::app
