// Beside a running program the command line opens the same SQLite file. Whoever closes it as the only one left throws
// the write-ahead log away; what keeps it from doing so are the running program's locks.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <latch>
#include <thread>

#include "store/schema.h"
#include "support/temp_dir.h"
#include "support/test_store.h"

namespace hl::store {
namespace {

/// What another process sees: a process is never in the way of itself.
bool held_for_others(const std::filesystem::path& file) {
    const pid_t other = ::fork();
    if (other == 0) {  // system calls only: other threads' locks were copied with the memory
        const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        lock.l_start = 0x40000000 + 2;  // SQLite's range of shared locks
        lock.l_len = 510;
        ::_exit(fd >= 0 && ::fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
    }
    int status = 0;
    return ::waitpid(other, &status, 0) == other && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(TwoProcesses, TheFileStaysHeldHoweverManyConnectionsAreOpenedLater) {
    const test::TempDir folder;
    ManualClock clock(at_local(std::chrono::year{2026} / 11 / 2, 9));
    SeededRandom random(1);
    const auto file = folder.path() / "held.db";
    auto opened = Store::open({.url = "sqlite:" + file.string(), .readers = 4}, migrations(), clock, random);
    ASSERT_TRUE(test::ok(opened));
    auto& store = **opened;
    EXPECT_TRUE(held_for_others(file));
    std::latch all(4);
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i)
        readers.emplace_back([&] {
            EXPECT_TRUE(test::ok(store.read([&](Reader& r) -> Result<Nothing> {
                r.query("SELECT 1", {}, [](const Row&) {});
                all.arrive_and_wait();  // four at once: each needs a connection of its own
                return Nothing{};
            })));
        });
    readers.clear();
    EXPECT_TRUE(held_for_others(file));
}

}  // namespace
}  // namespace hl::store
