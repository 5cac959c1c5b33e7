// The index 766: how fast its follower reads a year's events, and what its questions cost beside the plain SQL that
// would count the dossiers' own table. Made-up dossiers by real commands, SQLite in a folder of its own.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include "app/demo.h"
#include "app/pack.h"
#include "dossiers/statistics.h"
#include "ioc/index766/follower.h"
#include "ioc/index766/index.h"

namespace hl::app {
namespace {

/// A filled installation, made once.
struct Filled {
    Filled() {
        std::string name = (std::filesystem::temp_directory_path() / "hienluong-bench-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        Config config;
        config.data_dir = folder = name;
        complete(config);
        auto opened = Program::open(config, clock, true);
        if (!opened.ok()) throw std::runtime_error(opened.error().en);
        program = std::move(opened.value());
        DemoOptions options;
        options.dossiers = 5'000;
        options.end = clock.now();
        const auto done = [&]() -> Result<void> {
            TRY(auto report, apply_pack(program->store(), program->config().pack, {"bench"}, clock.now()));
            TRY_VOID(program->snapshots().reload());
            TRY(auto summary, fill_demo(*program, options, [](int64_t, int64_t) {}));
            events = summary.events;
            return program->followers().catch_up();
        }();
        if (!done.ok()) throw std::runtime_error(done.error().en);
    }
    ~Filled() {
        program.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    SystemClock clock;
    std::filesystem::path folder;
    std::unique_ptr<Program> program;
    int64_t events = 0;
};
Filled& filled() {
    static Filled one;
    return one;
}

void Rebuild(benchmark::State& state) {
    auto& f = filled();
    for (auto _ : state) {
        index766::Index766 follower;
        (void)f.program->store().write([&](store::Transaction& tx) -> Result<void> {
            follower.reset(tx);
            return Nothing{};
        });
        for (int64_t at = 0;;) {
            int64_t read = 0;
            (void)f.program->store().write([&](store::Transaction& tx) -> Result<void> {
                const auto events = store::read_events(tx, at, 1000);
                read = std::ssize(events);
                return follower.apply(tx, events);
            });
            if (read == 0) break;
            at += read;
        }
    }
    state.counters["events/s"] = benchmark::Counter(
        static_cast<double>(f.events) * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(Rebuild)->Unit(benchmark::kMillisecond)->UseRealTime();  // another thread writes

void ProvinceOfAMonth(benchmark::State& state) {
    auto& f = filled();
    const auto period = index766::month_period(dossiers::month_of(f.clock.now()) - 1);
    for (auto _ : state) {
        auto score = f.program->store().read([&](store::Reader& r) -> Result<index766::Points> {
            TRY(const auto book, f.program->index_rules().get(r));
            TRY(const auto* rules, book->at(period.to));
            return index766::score(*rules, index766::counts_of(r, AgencyId{}, period, f.clock.now())).sum.points;
        });
        benchmark::DoNotOptimize(score);
    }
}
BENCHMARK(ProvinceOfAMonth)->Unit(benchmark::kMicrosecond);

void EveryAgencyOfAYear(benchmark::State& state) {
    auto& f = filled();
    const int64_t last = dossiers::month_of(f.clock.now()) - 1;
    const index766::Period period{last - 11, last, "year"};
    for (auto _ : state) {
        auto counts = f.program->store().read([&](store::Reader& r) -> Result<size_t> {
            return index766::counts_by_agency(r, period, f.clock.now()).size();
        });
        benchmark::DoNotOptimize(counts);
    }
}
BENCHMARK(EveryAgencyOfAYear)->Unit(benchmark::kMicrosecond);

/// What a tile would ask without the index: how many ended in the month after their promise, agency by agency. One of
/// the index's fifteen criteria, and without the waiting taken off.
void PlainSqlOfAMonth(benchmark::State& state) {
    auto& f = filled();
    const int64_t month = dossiers::month_of(f.clock.now()) - 1;
    const Instant from = index766::end_of_month(month - 1), to = index766::end_of_month(month);
    for (auto _ : state) {
        int64_t late = 0;
        (void)f.program->store().read([&](store::Reader& r) -> Result<void> {
            r.query(
                "SELECT lead, COUNT(*), SUM(CASE WHEN finished_at > due THEN 1 ELSE 0 END) FROM dossier WHERE "
                "finished_at >= ? AND finished_at < ? GROUP BY lead",
                {from, to}, [&](const store::Row& row) { late += row.integer(2); });
            return Nothing{};
        });
        benchmark::DoNotOptimize(late);
    }
}
BENCHMARK(PlainSqlOfAMonth)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace hl::app

BENCHMARK_MAIN();
