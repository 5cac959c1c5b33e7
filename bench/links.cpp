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
#include "procedures/publish.h"
#include "store/schema.h"

namespace hl::bench {
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
                                 &dossiers::migrations(), &connector::migrations()})
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

/// What was sent, from the journal, newest last; the session's place is left for another.
std::vector<std::string> requests_sent(Installation& here, size_t most) {
    std::vector<std::string> out;
    must(here.store->read([&](store::Reader& reader) -> Result<void> {
        int64_t before = 0;
        while (out.size() < most) {
            const auto rows = connector::find_exchanges(reader, {"portal", "", 0, before, 500});
            if (rows.empty()) break;
            for (const auto& row : rows) {
                if (row.operation != "DongBoHoSoMC" && row.operation != "CapNhatTienDoHoSoMC") continue;
                TRY(auto opened, connector::open_exchange(reader, *here.vault, "portal", row.number));
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
    const double used = processor();
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
    return {static_cast<int64_t>(bodies.size()), seconds_since(begin), processor() - used};
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
    must(followers.catch_up());
    auto* entry = *hub.find("portal");
    const auto waiting = [&] {
        return here.store
            ->read([](store::Reader& r) -> Result<bool> {
                return r
                    .first("SELECT 1 FROM link_message WHERE connector = 'portal' AND state = 1 LIMIT 1", {},
                           [](const store::Row&) { return true; })
                    .has_value();
            })
            .value();
    };
    const auto actor = access::Actor::system("bench", here.directory);
    Measured through;
    const int64_t memory_before = resident_kib();
    int64_t memory_middle = 0;
    entry->runner->start();
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
    auto bodies = requests_sent(here, static_cast<size_t>(std::min<int64_t>(o.messages, 40'000)));
    const auto limit = raw_loop(o, raw.url, std::move(bodies));
    std::cout << fmt::format(
        "links dossiers={} messages={} workers={} through={:.0f}/s raw={:.0f}/s ratio={:.2f} cpu_us={:.0f} "
        "raw_cpu_us={:.0f} rss_kib_before={} "
        "rss_kib_first_round={} rss_kib_after={}\n",
        o.dossiers, through.requests, o.workers, through.rate(), limit.rate(), through.rate() / limit.rate(),
        1e6 * through.processor / static_cast<double>(through.requests),
        1e6 * limit.processor / static_cast<double>(limit.requests), memory_before, memory_middle, memory_after);
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
