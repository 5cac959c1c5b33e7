// How fast the indicators' cells are made anew from the ledger, how long every question a wall can ask of them takes,
// and how some of them compare with the same question asked of one row a dossier, in SQLite and in PostgreSQL.
//   bench_ioc [DOSSIERS] [FOLDER]
// HL_BENCH_PG=postgresql://… adds PostgreSQL's rows (tools/test-postgres start). HL_BENCH_KEEP=1 keeps the folder, and
// goes on with what is in it; with HL_BENCH_LEDGER=1 it only writes the ledger, to be measured another time.
#include <sys/resource.h>

#include <filesystem>

#include "ioc/indicators/figures.h"
#include "ioc/indicators/rollup.h"
#include "ioc/indicators/schema.h"
#include "ioc_ledger.h"
#include "ioc_rows.h"
#include "store/followers.h"
#include "store/schema.h"

namespace {

using namespace bench;

/// Of the whole program, all threads: what a busy machine does not change.
double cpu_seconds() {
    rusage u{};
    ::getrusage(RUSAGE_SELF, &u);
    return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}
std::unique_ptr<store::Store> open(const std::string& url, const store::Migrations& migrations, const Clock& clock,
                                   Random& random) {
    store::StoreOptions options;
    options.url = url;
    return must(store::Store::open(options, migrations, clock, random));
}
int64_t number(store::Store& store, const char* sql) {
    return must(store.read([&](store::Reader& r) -> Result<int64_t> {
        return r.first(sql, {}, [](const auto& x) { return x.integer(0); }).value_or(0);
    }));
}

void rebuild(store::Store& store, int64_t events, const std::function<std::shared_ptr<const ioc::Book>()>& book) {
    store::Followers followers(store);
    followers.add(std::make_shared<ioc::Rollup>(book));
    auto begun = Wall::now();
    double cpu = cpu_seconds();
    must(followers.catch_up().ok() ? Result<Nothing>(Nothing{}) : Result<Nothing>(Error{}));
    const double took = seconds_since(begun);
    std::printf("rebuild        %.0f events/s (%.1f s), %.0f events per CPU second\n",
                static_cast<double>(events) / took, took, static_cast<double>(events) / (cpu_seconds() - cpu));
    begun = Wall::now();
    cpu = cpu_seconds();
    int64_t read = 0;
    for (int64_t at = 0; at < events; at += 8000)
        read += static_cast<int64_t>(must(store.read([&](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
                                         return store::read_events(r, at, 8000);
                                     })).size());
    std::printf("reading alone  %.0f events/s, %.0f events per CPU second\n",
                static_cast<double>(read) / seconds_since(begun), static_cast<double>(read) / (cpu_seconds() - cpu));
    std::printf("rows           %ld cells, %ld facts\n",
                static_cast<long>(number(store, "SELECT COUNT(*) FROM ioc_cell")),
                static_cast<long>(number(store, "SELECT COUNT(*) FROM ioc_fact")));
}

/// Every indicator made of events, at every grain it has: of the province and of one agency, as one figure, as a line
/// of twelve, and by each of its dimensions. Periods are spread over the two years.
void every_question(store::Store& store, const ioc::Book& book, Instant now) {
    struct Took {
        double ms;
        std::string what;
    };
    std::vector<Took> all;
    int refused = 0;
    for (const auto& indicator : book.all()) {
        if (!indicator.fold) continue;
        for (const auto grain : indicator.grains)
            for (const auto day : {Date{std::chrono::year{2025} / 3 / 14}, Date{std::chrono::year{2026} / 12 / 31}})
                for (const bool one_agency : {false, true})
                    for (int by = -2; by < static_cast<int>(ioc::dimensions); ++by) {
                        ioc::Question q;
                        q.indicator = &indicator;
                        q.now = now;
                        q.last = ioc::period_of(grain, day);
                        q.first = by == -2 ? q.last.next(-11) : q.last;
                        if (by >= 0) q.by = static_cast<ioc::Dimension>(by);
                        if (q.by && !(indicator.by & ioc::bit(*q.by))) continue;
                        if (one_agency) q.where.agencies = std::vector{AgencyId{"ubnd-00031"}};
                        const auto begun = Wall::now();
                        const auto answer = store.read([&](store::Reader& r) { return ioc::figures(r, book, q); });
                        const double ms = seconds_since(begun) * 1000;
                        if (!answer.ok()) {
                            ++refused;
                            continue;
                        }
                        all.push_back({ms, indicator.code + " " + q.last.text() + (by == -2 ? " line of 12" : "") +
                                               (one_agency ? ", one agency" : "") +
                                               (q.by ? " by " + std::string{ioc::to_string(*q.by)} : std::string{})});
                    }
    }
    std::sort(all.begin(), all.end(), [](const Took& a, const Took& b) { return a.ms < b.ms; });
    std::vector<double> ms;
    for (const auto& took : all) ms.push_back(took.ms);
    std::printf(
        "every question %zu asked (%d refused as not kept so finely), p50 %.2f ms, p99 %.2f ms, longest %.2f ms\n",
        ms.size(), refused, share(ms, 0.5), share(ms, 0.99), ms.back());
    for (size_t i = all.size() - std::min<size_t>(3, all.size()); i < all.size(); ++i)
        std::printf("               %8.2f ms  %s\n", all[i].ms, all[i].what.c_str());
}

int run(int count, const std::filesystem::path& folder) {
    ManualClock clock(at_local(std::chrono::year{2026} / 12 / 31, 9));
    SystemRandom random;
    std::vector<Error> errors;
    auto pack = ioc::read_indicators("packs/quang-tri", nullptr, errors);
    if (!errors.empty() || pack.indicators.empty()) {
        std::fprintf(stderr, "bench_ioc: run it where packs/quang-tri is\n");
        return 1;
    }
    const auto book = std::make_shared<const ioc::Book>(std::move(pack.indicators));
    auto migrations = store::migrations();
    migrations.insert(migrations.end(), ioc::migrations().begin(), ioc::migrations().end());
    migrations.push_back({"bench", 1, "one row a dossier", std::string{rows}});
    const auto store = open("sqlite:" + (folder / "bench.db").string(), migrations, clock, random);
    int64_t events = number(*store, "SELECT COUNT(*) FROM ledger_event");
    if (events == 0) {
        const auto begun = Wall::now();
        events = write_ledger(*store, count);
        std::printf("ledger         %ld events of %d dossiers written in %.1f s\n", static_cast<long>(events), count,
                    seconds_since(begun));
    }
    if (std::getenv("HL_BENCH_LEDGER")) return 0;
    if (number(*store, "SELECT COUNT(*) FROM (SELECT 1 FROM ioc_cell LIMIT 1) AS one") == 0)
        rebuild(*store, events, [&] { return book; });
    every_question(*store, *book, clock.now());
    std::unique_ptr<store::Store> postgres;
    if (const char* url = std::getenv("HL_BENCH_PG")) {
        postgres = open(url, migrations, clock, random);
        must(postgres->write([](store::Transaction& tx) -> Result<Nothing> {
            tx.execute("TRUNCATE bench_dossier", {});
            return Nothing{};
        }));
        copy_rows(*store, *postgres);
    }
    return compare(*store, postgres.get(), *book, clock.now()) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const int count = argc > 1 ? std::atoi(argv[1]) : 100'000;
    const std::filesystem::path folder = argc > 2 ? argv[2] : "build/bench/ioc";
    const bool keep = std::getenv("HL_BENCH_KEEP") != nullptr;
    if (!keep) std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const int result = run(count, folder);
    if (!keep) std::filesystem::remove_all(folder);
    return result;
}
