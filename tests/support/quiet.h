// Sends standard error to nowhere while it lives: for tests that make hundreds of things fail on purpose.
#pragma once
#include <fcntl.h>
#include <unistd.h>

namespace hl::test {

class Quiet {
  public:
    Quiet() : before_(::dup(STDERR_FILENO)) {
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nowhere, STDERR_FILENO);
        ::close(nowhere);
    }
    ~Quiet() {
        ::dup2(before_, STDERR_FILENO);
        ::close(before_);
    }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

  private:
    int before_;
};

}  // namespace hl::test
