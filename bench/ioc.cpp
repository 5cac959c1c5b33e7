// How fast the indicators' cells are made anew from the ledger, and how long a question to them takes against the same
// question asked of one row a dossier. Writes a ledger of made-up dossiers, eight events each, over two years.
//   bench_ioc [DOSSIERS] [FOLDER]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "dossiers/events.h"
#include "ioc/indicators/figures.h"
#include "ioc/indicators/rollup.h"
#include "ioc/indicators/schema.h"
#include "store/followers.h"
#include "store/schema.h"

namespace {

using namespace hl;
namespace on = dossiers::events;
using dossiers::State;
using Wall = std::chrono::steady_clock;

constexpr int agencies = 120, procedures = 400;

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
template <class T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "bench_ioc: %s\n", result.error().en.c_str());
        std::exit(1);
    }
    return std::move(result).value();
}

constexpr std::string_view rows = R"sql(
CREATE TABLE bench_dossier (
    id BIGINT PRIMARY KEY,
    agency TEXT NOT NULL,
    procedure TEXT NOT NULL,
    channel BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    finished_at BIGINT,
    late BIGINT
);
CREATE INDEX bench_dossier_received ON bench_dossier (received_at);
CREATE INDEX bench_dossier_finished ON bench_dossier (finished_at, agency, late);
)sql";

struct Life {
    std::string id, agency, procedure;
    dossiers::Channel channel;
    int64_t version = 0;
    State state = State::filed;
    std::optional<Instant> due;
};
template <class E>
store::Event told(Life& d, E e, State to, Instant at) {
    e.code = DossierCode{"H50.12-" + d.id};
    e.from = d.state;
    e.to = to;
    e.agency = AgencyId{d.agency};
    e.due = d.due;
    e.calendar = "vn@2026";
    e.officer = OfficerId{"can-bo-" + d.agency};
    e.version = ++d.version;
    d.state = to;
    return {std::string{E::type}, E::shape, d.id, "account:bench", at, on::to_json(e)};
}

/// Step `s` of a dossier; its start and agency follow from its number.
store::Event step(Life& d, int n, int s, Instant at) {
    switch (s) {
        case 0: {
            d.id = fmt::format("01890000-0000-7000-8000-{:012}", n);
            d.agency = fmt::format("ubnd-{:05}", n * 31 % agencies);
            d.procedure = fmt::format("1.{:06}", n * 17 % procedures);
            d.channel = static_cast<dossiers::Channel>(n % 3);
            on::Filed e;
            e.dossier.procedure = ProcedureCode{d.procedure};
            e.dossier.sector = fmt::format("linh-vuc-{}", n * 17 % procedures % 40);
            e.dossier.channel = d.channel;
            e.dossier.lead = AgencyId{d.agency};
            e.dossier.area = UnitId{"vn-19333"};
            return told(d, e, State::filed, at);
        }
        case 1: {
            on::Received e;
            e.clock = {{at, dossiers::ClockAct::start, {}, {}}};
            e.components = {{"to-khai", n % 4 != 0, false, false}, {"giay-to", true, n % 2 == 0, false}};
            d.due = at + std::chrono::hours{24 * (3 + n % 9)};
            return told(d, e, State::received, at);
        }
        case 2:
            return told(d, on::Transferred{}, State::processing, at);
        case 6: {
            on::ResultRecorded e;
            const auto verdict = n % 13 == 0 ? dossiers::Verdict::late : dossiers::Verdict::on_time;
            e.closing = on::Closing{verdict, verdict, d.due, 300 + n * 7 % 4000};
            return told(d, e, State::finished, at);
        }
        case 7:
            return told(d, on::Delivered{}, State::returned, at);
        default: {
            on::StepCompleted e;
            e.task = s;
            e.step = "tham-dinh";
            return told(d, e, State::processing, at);
        }
    }
}

/// Events in the order of time: every dossier takes a step every nine hours, and one in fifty is never finished.
int64_t write_ledger(store::Store& store, int count) {
    const Instant start = at_local(std::chrono::year{2025} / 1 / 2, 8);
    const int64_t apart = int64_t{700} * 24 * 3'600'000 / count;
    const int64_t pace = int64_t{9} * 3'600'000;
    std::vector<std::pair<int64_t, std::pair<int, int>>> order;
    order.reserve(static_cast<size_t>(count) * 8);
    for (int n = 0; n < count; ++n)
        for (int s = 0; s < (n % 50 == 0 ? 6 : 8); ++s) order.push_back({n * apart + s * pace, {n, s}});
    std::sort(order.begin(), order.end());
    std::vector<Life> lives(static_cast<size_t>(count));
    for (size_t at = 0; at < order.size();) {
        const size_t end = std::min(order.size(), at + 20'000);
        must(store.write([&](store::Transaction& tx) -> Result<Nothing> {
            for (size_t i = at; i < end; ++i) {
                const auto& [ms, who] = order[i];
                const auto [n, s] = who;
                auto& d = lives[static_cast<size_t>(n)];
                const Instant t = start + std::chrono::milliseconds{ms};
                tx.append(step(d, n, s, t));
                if (s == 1)
                    tx.execute(
                        "INSERT INTO bench_dossier (id, agency, procedure, channel, received_at) VALUES (?, ?, ?, "
                        "?, ?)",
                        {n, d.agency, d.procedure, static_cast<int>(d.channel), t});
                if (s == 6)
                    tx.execute("UPDATE bench_dossier SET finished_at = ?, late = ? WHERE id = ?",
                               {t, n % 13 == 0 ? 1 : 0, n});
                if (s == 7) d = {};
            }
            return Nothing{};
        }));
        at = end;
    }
    return static_cast<int64_t>(order.size());
}

double median_ms(const std::function<void()>& ask) {
    std::vector<double> took;
    for (int i = 0; i < 15; ++i) {
        const auto begun = Wall::now();
        ask();
        took.push_back(seconds_since(begun) * 1000);
    }
    std::sort(took.begin(), took.end());
    return took[took.size() / 2];
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
    store::StoreOptions options;
    options.url = "sqlite:" + (folder / "bench.db").string();
    const auto store = must(store::Store::open(options, migrations, clock, random));
    auto begun = Wall::now();
    const int64_t events = write_ledger(*store, count);
    std::printf("ledger         %ld events of %d dossiers written in %.1f s\n", static_cast<long>(events), count,
                seconds_since(begun));
    store::Followers followers(*store);
    followers.add(std::make_shared<ioc::Rollup>([&] { return book; }));
    begun = Wall::now();
    double cpu = cpu_seconds();
    must(followers.catch_up().ok() ? Result<Nothing>(Nothing{}) : Result<Nothing>(Error{}));
    const double rebuild = seconds_since(begun);
    std::printf("rebuild        %.0f events/s (%.1f s), %.0f events per CPU second\n",
                static_cast<double>(events) / rebuild, rebuild, static_cast<double>(events) / (cpu_seconds() - cpu));
    begun = Wall::now();
    cpu = cpu_seconds();
    int64_t read = 0;
    for (int64_t at = 0; at < events; at += 8000)
        read += static_cast<int64_t>(must(store->read([&](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
                                         return store::read_events(r, at, 8000);
                                     })).size());
    std::printf("reading alone  %.0f events/s, %.0f events per CPU second\n",
                static_cast<double>(read) / seconds_since(begun), static_cast<double>(read) / (cpu_seconds() - cpu));
    const auto table = [&](const char* sql) {
        return must(store->read([&](store::Reader& r) -> Result<int64_t> {
            return r.first(sql, {}, [](const auto& x) { return x.integer(0); }).value_or(0);
        }));
    };
    std::printf("rows           %ld cells, %ld facts\n", static_cast<long>(table("SELECT COUNT(*) FROM ioc_cell")),
                static_cast<long>(table("SELECT COUNT(*) FROM ioc_fact")));

    struct Asked {
        const char *name, *code, *from, *to;
        std::optional<ioc::Dimension> by;
        const char* sql;
    };
    const Asked all[] = {
        {"share on time, 12 months",
         "HCC.TY_LE_DUNG_HAN",
         "2026-01",
         "2026-12",
         {},
         "SELECT SUM(1 - late), COUNT(*), strftime('%Y-%m', finished_at / 1000 + 25200, 'unixepoch') AS m FROM "
         "bench_dossier WHERE finished_at >= 1767200400000 AND finished_at < 1798736400000 GROUP BY m"},
        {"share on time by agency, a year", "HCC.TY_LE_DUNG_HAN", "2026", "2026", ioc::Dimension::agency,
         "SELECT SUM(1 - late), COUNT(*), agency FROM bench_dossier WHERE finished_at >= 1767200400000 AND finished_at "
         "< "
         "1798736400000 GROUP BY agency"},
        {"received by procedure, a year", "HCC.TIEP_NHAN", "2026", "2026", ioc::Dimension::procedure,
         "SELECT COUNT(*), procedure FROM bench_dossier WHERE received_at >= 1767200400000 AND received_at < "
         "1798736400000 GROUP BY procedure"},
        {"open now by procedure", "HCC.DANG_MO", "2026-12-31", "2026-12-31", ioc::Dimension::procedure,
         "SELECT COUNT(*), procedure FROM bench_dossier WHERE finished_at IS NULL GROUP BY procedure"},
        {"open at the end of a month by procedure", "HCC.DANG_MO", "2026-10", "2026-10", ioc::Dimension::procedure,
         "SELECT COUNT(*), procedure FROM bench_dossier WHERE received_at < 1793466000000 AND (finished_at IS NULL OR "
         "finished_at >= 1793466000000) GROUP BY procedure"},
        {"open at the end of a day, 30 days",
         "HCC.DANG_MO",
         "2026-11-01",
         "2026-11-30",
         {},
         "WITH RECURSIVE d(t) AS (SELECT 1793552400000 UNION ALL SELECT t + 86400000 FROM d WHERE t < 1796058000000) "
         "SELECT (SELECT COUNT(*) FROM bench_dossier WHERE received_at < t AND (finished_at IS NULL OR finished_at "
         ">= "
         "t)) FROM d"}};
    for (const auto& a : all) {
        ioc::Question q;
        q.first = must(ioc::parse_period(a.from));
        q.last = must(ioc::parse_period(a.to));
        q.indicator = book->find(a.code, q.last.first_day());
        q.by = a.by;
        q.now = clock.now();
        // Both must say the same, or their times say nothing: numerators and denominators, in any order.
        using Answers = std::multiset<std::pair<int64_t, int64_t>>;
        const bool ratio = q.indicator->fold->measure == ioc::Measure::ratio;
        Answers of_cells, of_rows;
        for (const auto& f : must(store->read([&](store::Reader& r) { return ioc::figures(r, *book, q); })).items)
            if (f.numerator && (*f.numerator != 0 || ratio)) of_cells.insert({*f.numerator, f.denominator.value_or(0)});
        must(store->read([&](store::Reader& r) -> Result<Nothing> {
            r.query(a.sql, {}, [&](const store::Row& x) { of_rows.insert({x.integer(0), ratio ? x.integer(1) : 0}); });
            return Nothing{};
        }));
        if (of_cells != of_rows) {
            std::fprintf(stderr, "bench_ioc: %s: %zu answers of cells, %zu of rows, and not the same\n", a.name,
                         of_cells.size(), of_rows.size());
            return 1;
        }
        const double cells =
            median_ms([&] { (void)must(store->read([&](store::Reader& r) { return ioc::figures(r, *book, q); })); });
        const double raw = median_ms([&] {
            must(store->read([&](store::Reader& r) -> Result<Nothing> {
                r.query(a.sql, {}, [](const store::Row&) {});
                return Nothing{};
            }));
        });
        std::printf("%-36s cells %8.2f ms   rows %8.2f ms   ratio %.3f\n", a.name, cells, raw, cells / raw);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 100'000;
    const std::filesystem::path folder = argc > 2 ? argv[2] : "build/bench/ioc";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const int result = run(count, folder);
    std::filesystem::remove_all(folder);
    return result;
}
