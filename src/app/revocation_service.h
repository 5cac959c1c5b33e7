// Lists of revoked certificates, kept fresh while the server runs: a thread of its own, for fetching may take long.
#pragma once
#include "base/ticker.h"

namespace hl::app {

class Program;

class RevocationService {
  public:
    explicit RevocationService(Program& program) : program_(program) {}
    void start();
    void stop() { ticker_.stop(); }

  private:
    std::chrono::milliseconds turn();
    Program& program_;
    Ticker ticker_{[this] { return turn(); }};
};

}  // namespace hl::app
