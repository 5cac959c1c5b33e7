// A progress line for long work: a bar on a terminal, a line every ten percent elsewhere. One thread.
#pragma once
#include <cstdint>
#include <string>

namespace hl::app {

class Progress {
  public:
    explicit Progress(std::string label);
    void show(int64_t done, int64_t total);
    void finish();

  private:
    std::string label_;
    bool terminal_;
    int last_ = -1;
};

}  // namespace hl::app
