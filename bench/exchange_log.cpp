// How fast the message log takes records, and whether it grows slower: writes two logs of messages, the second ten
// times as large, each message appended by one of several threads that have a bounded number under way, then verifies
// the chain. Signatures are shared as a batch signer shares them.
//   bench_exchange_log [MESSAGES] [FOLDER]
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/crypto.h"
#include "exchange/log/message_log.h"

namespace {

using namespace hl;
using namespace hl::exchange;
using Wall = std::chrono::steady_clock;

constexpr int threads = 2;
constexpr int under_way = 1024;
constexpr int batch = 64;

double seconds_since(Wall::time_point start) {
    return std::chrono::duration<double>(Wall::now() - start).count();
}

/// Of the whole program, all threads: what a busy machine does not change.
double cpu_seconds() {
    rusage u{};
    ::getrusage(RUSAGE_SELF, &u);
    return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/// About 3 kB with a body of 2 kB.
LogEntry message(int64_t n, const MessageSignature& signature, std::string body) {
    LogEntry e;
    e.at = from_ms(1'795'399'200'000 + n);
    e.message_id = "QUANGTRI-" + std::to_string(n) + "-5f0c1ce0-8a58-4b0b-9c0c-6a6f2f9d8a11";
    e.request_id = "5f0c1ce0-8a58-4b0b-9c0c-" + std::to_string(n / 2);
    e.client = {"QUANGTRI", "GOV", "H50.12", "MOTCUA"};
    e.service = {{"QUANGTRI", "GOV", "H50.01", "DANCU"}, "tra-cuu", ""};
    e.direction = n % 2 == 0 ? Direction::request : Direction::response;
    e.user_id = "VN045188000123";
    e.message = "POST\r\n/cong-dan\r\nX-Road-Client:QUANGTRI/GOV/H50.12/MOTCUA\r\ncontent-type:application/json\r\n" +
                std::string(200, 'h');
    e.bodies.push_back({Digest512{}, static_cast<int64_t>(body.size()), std::move(body)});
    e.signature = signature;
    e.signature.chain = std::string(500, 'c');
    e.signer_sha256 = std::string(64, 'a');
    return e;
}

int run(int64_t count, const std::filesystem::path& folder) {
    SystemClock clock;
    SystemRandom random;
    std::filesystem::remove_all(folder);
    MessageLogOptions options;
    options.folder = folder;
    options.master_key = crypto::random_bytes(random, crypto::key_size);
    auto log = MessageLog::open(options, clock, random);
    if (!log.ok()) {
        std::fprintf(stderr, "%s\n", log.error().en.c_str());
        return 1;
    }
    std::mutex mutex;
    std::condition_variable room;
    int64_t open = 0, failed = 0;
    std::atomic<int64_t> append_ns{0};
    const auto start = Wall::now();
    const double cpu_start = cpu_seconds();
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t)
        workers.emplace_back([&, t] {
            MessageSignature signature;
            for (int64_t i = 0; i < count / threads; ++i) {
                if (i % batch == 0) {
                    signature.xml = std::make_shared<const std::string>(std::to_string(t) + "/" + std::to_string(i) +
                                                                        std::string(6400, 'x'));
                    signature.chain_result = std::make_shared<const std::string>(std::string(500, 'r'));
                }
                {
                    std::unique_lock lock(mutex);
                    room.wait(lock, [&] { return open < under_way; });
                    ++open;
                }
                auto e = message(t + i * threads, signature, (*log)->whole_body(std::string(2000, 'b')));
                const auto before = Wall::now();
                (*log)->append(std::move(e), [&](const Result<RecordNumber>& n) {
                    std::scoped_lock lock(mutex);
                    if (!n.ok()) ++failed;
                    if (--open == under_way - 1 || open == 0) room.notify_all();
                });
                append_ns += std::chrono::duration_cast<std::chrono::nanoseconds>(Wall::now() - before).count();
            }
        });
    for (auto& w : workers) w.join();
    {
        std::unique_lock lock(mutex);
        room.wait(lock, [&] { return open == 0; });
    }
    const double written = seconds_since(start), cpu = cpu_seconds() - cpu_start;
    const auto health = (*log)->health();
    log->reset();
    const auto verify_start = Wall::now();
    const auto verified = verify_log(folder, {});
    const double checked = seconds_since(verify_start);
    if (!verified.ok() || !verified->problems.empty() || failed > 0) {
        std::fprintf(stderr, "failed: %lld\n", static_cast<long long>(failed));
        return 1;
    }
    const auto messages = static_cast<double>(verified->messages);
    std::printf(
        "%8lld messages: %7.0f messages/s written, %6.2f us CPU and %6.2f us in append each, %5.0f bytes each, %7.0f "
        "messages/s verified\n",
        static_cast<long long>(verified->messages), messages / written, cpu / messages * 1e6,
        static_cast<double>(append_ns) / messages / 1000, static_cast<double>(health.bytes) / messages,
        messages / checked);
    const auto again = Wall::now();
    auto opened = MessageLog::open(options, clock, random);
    std::printf("         opened again in %.2f s, %zu wait for a time-stamp\n", seconds_since(again),
                opened.ok() ? (*opened)->unstamped(1'000'000)->records.size() : 0);
    opened = Error{};
    std::filesystem::remove_all(folder);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    crypto::init();
    const int64_t count = argc > 1 ? std::atoll(argv[1]) : 20'000;
    const std::filesystem::path folder = argc > 2 ? argv[2] : "build/bench/exchange-log";
    const int first = run(count, folder);
    return first != 0 ? first : run(count * 10, folder);
}
