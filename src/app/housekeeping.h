// Work that nobody asks for: signing checkpoints, closing idle accounts, dropping expired answers and sessions,
// sweeping files that nothing refers to. One thread; each job logs its failure and is tried again next time.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "app/program.h"

namespace hl::app {

class Housekeeping {
  public:
    explicit Housekeeping(Program& program);
    ~Housekeeping();
    void start();
    void stop();
    /// Each job once, in the caller's thread.
    void sign();
    void tidy();
    void urge();
    /// The indicators' alerts.
    void judge();
    /// Files of the file store that no line needs any more, once a day.
    void sweep();

  private:
    void loop();
    Program& program_;
    std::mutex mutex_;
    std::condition_variable signal_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace hl::app
