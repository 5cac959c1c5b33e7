#include "app/progress.h"

#include <unistd.h>

#include <cstdio>

namespace hl::app {

Progress::Progress(std::string label) : label_(std::move(label)), terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::show(int64_t done, int64_t total) {
    const int percent = total <= 0 ? 100 : static_cast<int>(done * 100 / total);
    const int step = terminal_ ? percent : percent / 10 * 10;
    if (step == last_) return;
    last_ = step;
    if (terminal_) {
        const std::string bar(static_cast<size_t>(percent) * 40 / 100, '#');
        fmt::print(stderr, "\r{} [{:<40}] {:3}% {}/{}", label_, bar, percent, done, total);
    } else {
        fmt::print(stderr, "{} {}% {}/{}\n", label_, percent, done, total);
    }
    std::fflush(stderr);
}

void Progress::finish() {
    if (terminal_ && last_ >= 0) fmt::print(stderr, "\n");
    last_ = -1;
}

}  // namespace hl::app
