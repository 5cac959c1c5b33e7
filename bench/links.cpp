// The portal connector on loopback: how many dossier updates a second go through it from the ledger to the simulated
// portal's answer recorded, beside a raw loop of the very same requests to the same simulator, which is that one's own
// limit. Memory before and after. `bench_links --messages 1000000 --workers 4`.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <thread>

#include "app/demo.h"
#include "app/pack.h"
#include "base/files.h"
#include "base/log.h"
#include "links/connector/commands.h"
#include "links/connector/hub.h"
#include "links/connector/journal.h"
#include "links/portal/portal.h"

namespace hl::app {
namespace {

struct Options {
    int64_t dossiers = 5'000, messages = 20'000;
    int workers = 2, batch = 64;
};

[[noreturn]] void fail(const std::string& what) {
    std::cerr << "bench_links: " << what << "\n";
    std::exit(1);
}
void must(const Result<void>& done) {
    if (!done.ok()) fail(done.error().en);
}

/// hienluong-sim beside this program, on a port of its own, with a memory of its own.
class Simulator {
  public:
    Simulator(const std::filesystem::path& folder, const std::string& name) {
        const auto out = folder / (name + ".out");
        std::error_code ec;
        const auto program = std::filesystem::read_symlink("/proc/self/exe", ec).parent_path() / "hienluong-sim";
        pid_ = ::fork();
        if (pid_ == 0) {
            if (!std::freopen(out.c_str(), "w", stdout)) ::_exit(2);
            ::execl(program.c_str(), "hienluong-sim", "--port", "0", "--file", (folder / (name + ".db")).c_str(),
                    "--only", "portal", nullptr);
            ::_exit(2);
        }
        for (int i = 0; i < 500 && url.empty(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            std::ifstream in(out);
            std::string line;
            if (std::getline(in, line) && in.good()) url = line + "/portal";
        }
        if (url.empty()) fail("the simulator does not start: " + program.string());
    }
    ~Simulator() {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
    }
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;
    std::string url;

  private:
    pid_t pid_ = 0;
};

int64_t resident_kib() {
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
    return 0;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

connector::PartnerSettings settings_of(const Options& o, const std::string& url, const std::filesystem::path& secret) {
    connector::PartnerSettings s;
    s.url = url;
    s.user = "quangtri";
    s.secret_file = secret;
    s.more = {{"unit", "H50"}};
    s.pace.workers = o.workers;
    s.pace.batch = o.batch;
    return s;
}

struct Measured {
    int64_t requests = 0;
    double seconds = 0;
    [[nodiscard]] double rate() const { return seconds > 0 ? static_cast<double>(requests) / seconds : 0; }
};

/// What was sent, from the journal, newest last; the session's place is left for another.
std::vector<std::string> requests_sent(Program& program, size_t most) {
    std::vector<std::string> out;
    must(program.store().read([&](store::Reader& reader) -> Result<void> {
        int64_t before = 0;
        while (out.size() < most) {
            const auto rows = connector::find_exchanges(reader, {"portal", "", 0, before, 500});
            if (rows.empty()) break;
            for (const auto& row : rows) {
                if (row.operation != "DongBoHoSoMC" && row.operation != "CapNhatTienDoHoSoMC") continue;
                TRY(auto opened, connector::open_exchange(reader, program.vault(), "portal", row.number));
                out.push_back(std::move(opened.request));
            }
            before = rows.back().number;
        }
        return Nothing{};
    }));
    std::reverse(out.begin(), out.end());
    return out;
}

Measured raw_loop(const Options& o, const std::string& url, std::vector<std::string> bodies) {
    http::KeptConnection first;
    http::ClientRequest sign_in{"POST", url + "/auth", {}, R"({"username":"quangtri","password":"mat-khau-thu"})"};
    const auto answer = first.send(sign_in);
    if (!answer.ok()) fail(answer.error().en);
    const std::string session{parse_json(answer->body)->at("session").get_string()};
    for (auto& body : bodies)
        if (const auto at = body.find("•••"); at != std::string::npos)
            body.replace(at, std::string{"•••"}.size(), session);
    std::atomic<size_t> next{0};
    std::atomic<int64_t> wrong{0};
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < o.workers; ++i)
        threads.emplace_back([&] {
            http::KeptConnection line;
            for (size_t n = next++; n < bodies.size(); n = next++) {
                const auto got = line.send({"POST", url + "/integrate", {{"dstcode", ""}}, bodies[n]});
                if (!got.ok() || got->status != 200) ++wrong;
            }
        });
    for (auto& t : threads) t.join();
    if (wrong > 0) fail(fmt::format("{} raw requests failed", wrong.load()));
    return {static_cast<int64_t>(bodies.size()), seconds_since(begin)};
}

int run(const Options& o) {
    log::set_level(log::Level::error);
    auto scratch = ScratchFolder::make("hienluong-bench");
    if (!scratch.ok()) fail(scratch.error().en);
    const auto& folder = scratch->path();
    SystemClock clock;
    Config config;
    config.data_dir = folder / "data";
    complete(config);
    const Simulator simulator(folder, "through"), raw(folder, "raw");
    const auto secret = folder / "password";
    must(write_file_durably(secret, "mat-khau-thu\n", 0600));
    config.links["portal"] = settings_of(o, simulator.url, secret);
    auto opened = Program::open(config, clock, true);
    if (!opened.ok()) fail(opened.error().en);
    auto& program = **opened;
    DemoOptions demo;
    demo.dossiers = o.dossiers;
    demo.end = clock.now();
    must([&]() -> Result<void> {
        TRY(auto report, apply_pack(program.store(), program.config().pack, {"bench"}, clock.now()));
        (void)report;
        TRY_VOID(program.snapshots().reload());
        TRY(auto summary, fill_demo(program, demo, [](int64_t, int64_t) {}));
        (void)summary;
        return program.followers().catch_up();
    }());
    auto* entry = *program.links().find("portal");
    const auto waiting = [&] {
        return program.store()
            .read([](store::Reader& r) -> Result<int64_t> { return connector::count_open(r, "portal").queued; })
            .value();
    };
    const auto actor = access::Actor::system("bench", program.snapshots().organisation());
    Measured through;
    const int64_t memory_before = resident_kib();
    int64_t memory_middle = 0;
    entry->runner->start();
    for (int round = 0; through.requests < o.messages; ++round) {
        if (round > 0)
            must(program.store().write([&](store::Transaction& tx) -> Result<void> {
                TRY(const auto n, connector::replay(tx, actor, "portal", {}, clock.now()));
                (void)n;
                return Nothing{};
            }));
        const int64_t sent_before = entry->runner->rates().accepted;
        const auto begin = std::chrono::steady_clock::now();
        entry->runner->wake();
        while (waiting() > 0) std::this_thread::sleep_for(std::chrono::milliseconds{20});
        through.seconds += seconds_since(begin);
        through.requests += entry->runner->rates().accepted - sent_before;
        if (round == 0) memory_middle = resident_kib();
        if (entry->runner->rates().accepted == sent_before) fail("nothing was accepted");
    }
    entry->runner->stop();
    const int64_t memory_after = resident_kib();
    auto bodies = requests_sent(program, static_cast<size_t>(std::min<int64_t>(o.messages, 40'000)));
    const auto limit = raw_loop(o, raw.url, std::move(bodies));
    std::cout << fmt::format(
        "links dossiers={} messages={} workers={} through={:.0f}/s raw={:.0f}/s ratio={:.2f} rss_kib_before={} "
        "rss_kib_first_round={} rss_kib_after={}\n",
        o.dossiers, through.requests, o.workers, through.rate(), limit.rate(), through.rate() / limit.rate(),
        memory_before, memory_middle, memory_after);
    return 0;
}

}  // namespace
}  // namespace hl::app

int main(int argc, char** argv) {
    hl::app::Options o;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string word = argv[i];
        const auto value = std::stoll(argv[i + 1]);
        if (word == "--dossiers")
            o.dossiers = value;
        else if (word == "--messages")
            o.messages = value;
        else if (word == "--workers")
            o.workers = static_cast<int>(value);
        else if (word == "--batch")
            o.batch = static_cast<int>(value);
        else
            hl::app::fail("--dossiers, --messages, --workers or --batch");
    }
    hl::crypto::init();
    return hl::app::run(o);
}
