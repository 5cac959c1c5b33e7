// Fetches indicators' values from other systems on a schedule (setting `ioc_pull`). One thread; each source by itself:
// one that does not answer holds up no other for longer than its timeout.
#pragma once
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "app/pull_config.h"

namespace hl::app {

class Program;

class PullService {
  public:
    explicit PullService(Program& program) : program_(program) {}
    ~PullService() { stop(); }
    void start();
    void stop();
    /// One source now, in the caller's thread. Errors: pull.unknown, the store's.
    [[nodiscard]] Result<ioc::Pulled> pull_now(const std::string& name);

  private:
    void loop();
    Program& program_;
    std::mutex mutex_;
    std::condition_variable signal_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace hl::app
