// The portal connector on loopback: how many dossier updates a second go through it from the ledger to the simulated
// portal's answer recorded, beside a raw loop of the very same requests to the same simulator, which is that one's own
// limit. Memory before and after. `bench_links --messages 1000000 --workers 4`.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <thread>

#include "base/files.h"
#include "base/log.h"
#include "dossiers/schema.h"
#include "links/connector/commands.h"
#include "links/connector/hub.h"
#include "links/connector/journal.h"
#include "links/connector/schema.h"
#include "links/portal/portal.h"
#include "links/portal/schema.h"
#include "procedures/publish.h"
#include "store/schema.h"

namespace hl::bench {
namespace {

struct Options {
    int64_t dossiers = 5'000, messages = 20'000;
    int workers = 2, batch = 64;
};

std::vector<pid_t> started;  // simulators: none outlives this program

[[noreturn]] void fail(const std::string& what) {
    std::cerr << "bench_links: " << what << "\n";
    for (const auto pid : started) ::kill(pid, SIGTERM);
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
        started.push_back(pid_);
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

/// Processor time of this program, in seconds.
double processor() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
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
    double seconds = 0, processor = 0;
    [[nodiscard]] double rate() const { return seconds > 0 ? static_cast<double>(requests) / seconds : 0; }
};

/// An installation with the province's pack and dossiers that were filed, received and handed on.
class Installation {
  public:
    Installation(const std::filesystem::path& folder, int64_t dossiers) {
        store::Migrations all = store::migrations();
        for (const auto* room : {&directory::migrations(), &access::migrations(), &procedures::migrations(),
                                 &dossiers::migrations(), &connector::migrations(), &links::portal::migrations()})
            all.insert(all.end(), room->begin(), room->end());
        store::StoreOptions options;
        options.url = "sqlite:" + (folder / "bench.db").string();
        auto opened = store::Store::open(options, all, clock, random);
        if (!opened.ok()) fail(opened.error().en);
        store = std::move(*opened);
        auto key = store::Vault::open(folder / "master.key", random, true);
        if (!key.ok()) fail(key.error().en);
        vault = std::move(*key);
        apply("packs/quang-tri");
        fill(dossiers);
    }
    [[nodiscard]] dossiers::Context context() { return {directory, calendars, catalogue, vault.get(), &random}; }

    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<store::Vault> vault;
    std::shared_ptr<const directory::Directory> directory;
    std::shared_ptr<const directory::Calendars> calendars;
    std::shared_ptr<const procedures::Catalogue> catalogue;

  private:
    void apply(const std::filesystem::path& pack) {
        std::vector<Error> errors;
        const auto organisation = directory::read_organisation(pack, errors);
        const auto procedures = procedures::read_procedures(pack, errors);
        const auto mappings = connector::read_mappings(pack, errors);
        if (!errors.empty()) fail(errors.front().at + ": " + errors.front().en);
        must(store->write([&](store::Transaction& tx) -> Result<void> {
            TRY_VOID(directory::apply_organisation(tx, organisation, "bench", clock.now()));
            TRY(const auto applied, procedures::apply_procedures(tx, procedures, {"bench", "", false}, clock.now()));
            (void)applied;
            return connector::apply_mappings(tx, mappings, "bench", clock.now());
        }));
        must(store->read([&](store::Reader& r) -> Result<void> {
            directory = directory::Directory::load(r);
            TRY(calendars, directory::Calendars::load(r));
            TRY(catalogue, procedures::Catalogue::load(r));
            return Nothing{};
        }));
    }
    void fill(int64_t dossiers) {
        const auto system = access::Actor::system("bench", directory);
        const auto releases = catalogue->all_valid(clock.now());
        const auto communes = directory->units_at(local_date(clock.now()), directory::UnitLevel::commune);
        for (int64_t n = 0; n < dossiers;) {
            must(store->write([&](store::Transaction& tx) -> Result<void> {
                for (int i = 0; i < 200 && n < dossiers; ++i, ++n) {
                    const auto& release = *releases[static_cast<size_t>(n) % releases.size()];
                    dossiers::Filing f;
                    f.procedure = release.procedure;
                    f.place = communes[static_cast<size_t>(n) % communes.size()]->id;
                    f.channel = release.card.channels.front().channel;
                    f.subject_kind = release.card.subjects.empty() ? "citizen" : release.card.subjects.front();
                    f.applicant.kind = f.subject_kind;
                    f.applicant.name = fmt::format("Người mẫu số {} (dữ liệu mẫu)", n);
                    f.applicant.id_kind = f.subject_kind == "business" ? "tax_code" : "personal_id";
                    f.applicant.id_number =
                        f.subject_kind == "business" ? fmt::format("{:010}", n) : fmt::format("999{:09}", n);
                    f.applicant.phone = fmt::format("09{:08}", n % 100'000'000);
                    f.summary = release.card.name;
                    for (const auto& field : release.form.fields) {
                        if (!field.required) continue;
                        if (field.type == "date")
                            f.answers[field.id] = "2020-01-01";
                        else if (field.type == "integer" || field.type == "number" || field.type == "money")
                            f.answers[field.id] = 1;
                        else if (field.type == "boolean")
                            f.answers[field.id] = true;
                        else if (field.type == "enum" && !field.values.empty())
                            f.answers[field.id] = field.values.front().id;
                        else
                            f.answers[field.id] = "mẫu";
                    }
                    for (const auto& c : release.card.components)
                        f.components.push_back({c.id, 1, 0, true, false, false});
                    // A procedure whose form wants more than this is left out: the others are enough.
                    const auto filed = dossiers::file(tx, context(), system, f, clock.now());
                    if (!filed.ok()) continue;
                    const auto taken = dossiers::receive(tx, context(), system, {filed->code}, {}, clock.now());
                    if (!taken.ok()) continue;
                    (void)dossiers::transfer(tx, context(), system, {filed->code}, clock.now());
                }
                return Nothing{};
            }));
        }
    }
};

/// What was sent, from the journal, in its order: dossiers come before what is said of them later. The session's place
/// is left for another.
class Sent {
  public:
    explicit Sent(Installation& here) : here_(here) {}
    /// The next of them, at most that many; none when all were given.
    std::vector<std::string> next(size_t most) {
        std::vector<std::string> out;
        must(here_.store->read([&](store::Reader& reader) -> Result<void> {
            constexpr int page = 500;
            const int64_t newest = connector::find_exchanges(reader, {"portal", "", 0, 1}).front().number;
            for (; from_ < newest && out.size() + page <= most; from_ += page) {
                auto rows = connector::find_exchanges(reader, {"portal", "", from_ + page + 1, page});
                std::reverse(rows.begin(), rows.end());
                for (const auto& row : rows) {
                    if (row.number <= from_) continue;
                    if (row.operation != "DongBoHoSoMC" && row.operation != "CapNhatTienDoHoSoMC") continue;
                    TRY(auto opened, connector::open_exchange(reader, *here_.vault, "portal", row.number));
                    out.push_back(std::move(opened.request));
                }
            }
            return Nothing{};
        }));
        return out;
    }

  private:
    Installation& here_;
    int64_t from_ = 0;
};

/// The very same requests to a simulator that has seen nothing yet, over as many connections; only the sending is
/// timed.
Measured raw_loop(const Options& o, const std::string& url, Sent& sent) {
    http::KeptConnection first;
    http::ClientRequest sign_in{"POST", url + "/auth", {}, R"({"username":"quangtri","password":"mat-khau-thu"})"};
    const auto answer = first.send(sign_in);
    if (!answer.ok()) fail(answer.error().en);
    const std::string session{parse_json(answer->body)->at("session").get_string()};
    std::vector<http::KeptConnection> lines(static_cast<size_t>(o.workers));
    std::atomic<int64_t> wrong{0};
    Measured out;
    for (auto bodies = sent.next(40'000); !bodies.empty(); bodies = sent.next(40'000)) {
        for (auto& body : bodies)
            if (const auto at = body.find("•••"); at != std::string::npos)
                body.replace(at, std::string{"•••"}.size(), session);
        // A dossier's requests stay in their order: one line sends them all.
        std::vector<std::vector<const std::string*>> shares(lines.size());
        for (const auto& body : bodies) {
            constexpr std::string_view member = "\"MaHoSo\":\"";
            const auto at = body.find(member);
            if (at == std::string::npos) fail("a request without a dossier");
            const auto key = std::string_view{body}.substr(at + member.size(), 32);
            shares[std::hash<std::string_view>{}(key.substr(0, key.find('"'))) % shares.size()].push_back(&body);
        }
        const double used = processor();
        const auto begin = std::chrono::steady_clock::now();
        std::vector<std::thread> threads;
        for (size_t i = 0; i < lines.size(); ++i)
            threads.emplace_back([&, i] {
                for (const auto* body : shares[i]) {
                    const auto got = lines[i].send({"POST", url + "/integrate", {{"dstcode", ""}}, *body});
                    // Taken in, or known there and sent again as an update next, as the connector did; a loop of other
                    // refusals, which cost the simulator less, would measure nothing.
                    if (!got.ok() || got->status != 200 ||
                        (got->body.find("\"error_code\":0") == std::string::npos &&
                         got->body.find("\"error_code\":3") == std::string::npos))
                        ++wrong;
                }
            });
        for (auto& t : threads) t.join();
        out.seconds += seconds_since(begin);
        out.processor += processor() - used;
        out.requests += static_cast<int64_t>(bodies.size());
    }
    if (wrong > 0) fail(fmt::format("{} raw requests failed", wrong.load()));
    return out;
}

int run(const Options& o) {
    log::set_level(log::Level::error);
    auto scratch = ScratchFolder::make("hienluong-bench");
    if (!scratch.ok()) fail(scratch.error().en);
    const auto& folder = scratch->path();
    const Simulator simulator(folder, "through"), raw(folder, "raw");
    const auto secret = folder / "password";
    must(write_file_durably(secret, "mat-khau-thu\n", 0600));
    Installation here(folder, o.dossiers);
    const auto settings = settings_of(o, simulator.url, secret);
    connector::Hub hub({*here.store, *here.vault, here.clock, here.random});
    store::Followers followers(*here.store);
    hub.add(std::make_shared<links::portal::PortalConnector>(
                links::portal::Parts{[&] { return here.context(); }, *here.store, here.clock}, settings),
            settings, followers);
    auto* entry = *hub.find("portal");
    // What the connector does at its start, reading the catalogue there, is over before anything is measured.
    entry->runner->start();
    const auto starting = [&] {
        return here.store
            ->read([](store::Reader& r) -> Result<bool> {
                for (const auto& task : connector::task_rows(r, "portal"))
                    if (task.task != connector::reconcile_task && !task.last_at) return true;
                return connector::task_rows(r, "portal").empty();
            })
            .value();
    };
    while (starting()) std::this_thread::sleep_for(std::chrono::milliseconds{50});
    must(followers.catch_up());
    const auto waiting = [&] {
        return here.store
            ->read([](store::Reader& r) -> Result<bool> {
                return r
                    .first(
                        "SELECT 1 FROM link_message WHERE connector = 'portal' AND state = 1 ORDER BY not_before LIMIT "
                        "1",
                        {}, [](const store::Row&) { return true; })
                    .has_value();
            })
            .value();
    };
    const auto actor = access::Actor::system("bench", here.directory);
    Measured through;
    const int64_t memory_before = resident_kib();
    int64_t memory_middle = 0;
    for (int round = 0; through.requests < o.messages; ++round) {
        if (round > 0)
            must(here.store->write([&](store::Transaction& tx) -> Result<void> {
                TRY(const auto n, connector::replay(tx, actor, "portal", {}, here.clock.now()));
                (void)n;
                return Nothing{};
            }));
        const int64_t sent_before = entry->runner->rates().accepted;
        const auto begin = std::chrono::steady_clock::now();
        const double used = processor();
        entry->runner->wake();
        while (waiting()) std::this_thread::sleep_for(std::chrono::milliseconds{20});
        through.seconds += seconds_since(begin);
        through.processor += processor() - used;
        through.requests += entry->runner->rates().accepted - sent_before;
        if (round == 0) memory_middle = resident_kib();
        if (entry->runner->rates().accepted == sent_before) fail("nothing was accepted");
    }
    entry->runner->stop();
    const int64_t memory_after = resident_kib();
    const auto kept = here.store
                          ->read([](store::Reader& r) -> Result<std::pair<double, double>> {
                              return *r.first(
                                  "SELECT AVG(request_bytes + response_bytes), AVG(LENGTH(request) + LENGTH(response)) "
                                  "FROM link_exchange WHERE message > 0",
                                  {}, [](const store::Row& row) {
                                      return std::pair{row.real(0), row.real(1)};
                                  });
                          })
                          .value();
    Sent sent(here);
    const auto limit = raw_loop(o, raw.url, sent);
    std::cout << fmt::format(
        "links dossiers={} messages={} workers={} through={:.0f}/s raw={:.0f}/s ratio={:.2f} cpu_us={:.0f} "
        "raw_cpu_us={:.0f} rss_kib_before={} "
        "rss_kib_first_round={} rss_kib_after={} exchange_bytes={:.0f} kept_bytes={:.0f}\n",
        o.dossiers, through.requests, o.workers, through.rate(), limit.rate(), through.rate() / limit.rate(),
        1e6 * through.processor / static_cast<double>(through.requests),
        1e6 * limit.processor / static_cast<double>(limit.requests), memory_before, memory_middle, memory_after,
        kept.first, kept.second);
    return 0;
}

}  // namespace
}  // namespace hl::bench

int main(int argc, char** argv) {
    hl::bench::Options o;
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
            hl::bench::fail("--dossiers, --messages, --workers or --batch");
    }
    hl::crypto::init();
    return hl::bench::run(o);
}
