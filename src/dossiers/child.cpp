#include "dossiers/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

namespace hl::dossiers {

std::string find_program(std::string_view name) {
    for (const std::string_view folder : {"/usr/bin/", "/usr/local/bin/", "/bin/"}) {
        auto path = std::string{folder} + std::string{name};
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return {};
}

namespace {

/// Between fork and exec in a program of many threads only async-signal-safe calls are allowed: everything is prepared.
[[noreturn]] void become(char* const* arguments, char* const* environment, const char* folder, const rlimit& cpu,
                         const rlimit& memory, const rlimit& written) {
    static constexpr rlimit none{0, 0};
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const int nowhere = ::open("/dev/null", O_RDWR);
    if (nowhere < 0 || ::chdir(folder) != 0) ::_exit(126);
    for (int fd = 0; fd <= 2; ++fd) ::dup2(nowhere, fd);
    // What the server has open (database, sockets, keys) is none of the child's business.
    if (::syscall(SYS_close_range, 3U, ~0U, 0U) != 0) ::_exit(126);
    sigset_t all;
    ::sigemptyset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    ::setrlimit(RLIMIT_CPU, &cpu);
    ::setrlimit(RLIMIT_AS, &memory);
    ::setrlimit(RLIMIT_FSIZE, &written);
    ::setrlimit(RLIMIT_CORE, &none);
    ::execve(arguments[0], arguments, environment);
    ::_exit(127);
}

}  // namespace

bool run_child(const std::vector<std::string>& command, const std::filesystem::path& folder,
               const ChildLimits& limits) {
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (auto& w : words) arguments.push_back(w.data());
    arguments.push_back(nullptr);
    // One thread a page: two cores serve people, too.
    std::vector<std::string> variables{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1",
                                       "TMPDIR=" + folder.string()};
    std::vector<char*> environment;
    for (auto& v : variables) environment.push_back(v.data());
    environment.push_back(nullptr);
    const auto seconds = static_cast<rlim_t>(std::chrono::ceil<std::chrono::seconds>(limits.time).count());
    const rlimit cpu{seconds, seconds + 1},
        memory{static_cast<rlim_t>(limits.memory), static_cast<rlim_t>(limits.memory)},
        written{static_cast<rlim_t>(limits.written), static_cast<rlim_t>(limits.written)};
    const std::string where = folder.string();

    const pid_t pid = ::fork();
    if (pid < 0) return false;
    if (pid == 0) become(arguments.data(), environment.data(), where.c_str(), cpu, memory, written);
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    bool ended = false;
    if (handle >= 0) {
        pollfd p{handle, POLLIN, 0};
        const auto until = std::chrono::steady_clock::now() + limits.time;
        for (;;) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
            const int n = ::poll(&p, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
            if (n > 0) ended = true;
            if (n >= 0 || errno != EINTR) break;
        }
        ::close(handle);
    }
    if (!ended) {
        ::kill(-pid, SIGKILL);
        ::kill(pid, SIGKILL);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    const bool good = ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!good)
        log::warning("child", "a helper program did not succeed", {{"program", command.front()}, {"late", !ended}});
    return good;
}

}  // namespace hl::dossiers
