// Questions asked of the cells, and of one row a dossier in SQLite and PostgreSQL: the answers must agree.
#pragma once
#include <chrono>
#include <functional>
#include <set>

#include "ioc/indicators/figures.h"
#include "ioc_ledger.h"

namespace bench {

using Wall = std::chrono::steady_clock;

inline double seconds_since(Wall::time_point start) {
    return std::chrono::duration<double>(Wall::now() - start).count();
}
inline double share(std::vector<double>& sorted, double q) {
    return sorted[std::min(sorted.size() - 1, static_cast<size_t>(q * static_cast<double>(sorted.size())))];
}
inline double median_ms(const std::function<void()>& ask) {
    std::vector<double> took;
    // Fifteen times, or as often as fits into three seconds: some questions take ten of the rows.
    const auto first = Wall::now();
    while (took.empty() || (took.size() < 15 && seconds_since(first) < 3)) {
        const auto begun = Wall::now();
        ask();
        took.push_back(seconds_since(begun) * 1000);
    }
    std::sort(took.begin(), took.end());
    return share(took, 0.5);
}
struct Asked {
    const char *name, *code, *from, *to;
    std::optional<ioc::Dimension> by;
    const char *sql, *postgres;  // the second where its words differ
};
inline const Asked questions[] = {
    {"share on time, 12 months",
     "HCC.TY_LE_DUNG_HAN",
     "2026-01",
     "2026-12",
     {},
     "SELECT SUM(1 - late), COUNT(*), strftime('%Y-%m', finished_at / 1000 + 25200, 'unixepoch') AS m FROM "
     "bench_dossier WHERE finished_at >= 1767200400000 AND finished_at < 1798736400000 GROUP BY m",
     "SELECT SUM(1 - late), COUNT(*), date_trunc('month', to_timestamp(finished_at / 1000 + 25200) AT TIME ZONE 'UTC') "
     "AS m FROM bench_dossier WHERE finished_at >= 1767200400000 AND finished_at < 1798736400000 GROUP BY m"},
    {"share on time by agency, a year", "HCC.TY_LE_DUNG_HAN", "2026", "2026", ioc::Dimension::agency,
     "SELECT SUM(1 - late), COUNT(*), agency FROM bench_dossier WHERE finished_at >= 1767200400000 AND finished_at < "
     "1798736400000 GROUP BY agency",
     nullptr},
    {"received by procedure, a year", "HCC.TIEP_NHAN", "2026", "2026", ioc::Dimension::procedure,
     "SELECT COUNT(*), procedure FROM bench_dossier WHERE received_at >= 1767200400000 AND received_at < "
     "1798736400000 GROUP BY procedure",
     nullptr},
    {"open now by procedure", "HCC.DANG_MO", "2026-12-31", "2026-12-31", ioc::Dimension::procedure,
     "SELECT COUNT(*), procedure FROM bench_dossier WHERE finished_at IS NULL GROUP BY procedure", nullptr},
    {"open at the end of a month by procedure", "HCC.DANG_MO", "2026-10", "2026-10", ioc::Dimension::procedure,
     "SELECT COUNT(*), procedure FROM bench_dossier WHERE received_at < 1793466000000 AND (finished_at IS NULL OR "
     "finished_at >= 1793466000000) GROUP BY procedure",
     nullptr},
    {"open at the end of a day, 30 days",
     "HCC.DANG_MO",
     "2026-11-01",
     "2026-11-30",
     {},
     "WITH RECURSIVE d(t) AS (SELECT 1793552400000 UNION ALL SELECT t + 86400000 FROM d WHERE t < 1796058000000) "
     "SELECT (SELECT COUNT(*) FROM bench_dossier WHERE received_at < t AND (finished_at IS NULL OR finished_at >= "
     "t)) FROM d",
     "WITH RECURSIVE d(t) AS (SELECT 1793552400000::BIGINT UNION ALL SELECT t + 86400000 FROM d WHERE t < "
     "1796058000000) SELECT (SELECT COUNT(*) FROM bench_dossier WHERE received_at < t AND (finished_at IS NULL OR "
     "finished_at >= t)) FROM d"}};

inline double ask_rows(store::Store& store, const char* sql) {
    return median_ms([&] {
        must(store.read([&](store::Reader& r) -> Result<Nothing> {
            r.query(sql, {}, [](const store::Row&) {});
            return Nothing{};
        }));
    });
}

/// The rows of `from`, in PostgreSQL: the dossiers only, since the questions are asked of nothing else there.
inline void copy_rows(store::Store& from, store::Store& to) {
    struct Line {
        int64_t id;
        std::string agency, procedure;
        int64_t channel;
        std::optional<int64_t> received, finished, late;
    };
    std::vector<Line> block;
    const auto put = [&] {
        must(to.write([&](store::Transaction& tx) -> Result<Nothing> {
            for (const auto& d : block)
                tx.execute(
                    "INSERT INTO bench_dossier (id, agency, procedure, channel, received_at, finished_at, late) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    {d.id, d.agency, d.procedure, d.channel, d.received, d.finished, d.late});
            return Nothing{};
        }));
        block.clear();
    };
    must(from.read([&](store::Reader& r) -> Result<Nothing> {
        r.query("SELECT id, agency, procedure, channel, received_at, finished_at, late FROM bench_dossier", {},
                [&](const store::Row& x) {
                    block.push_back({x.integer(0), x.string(1), x.string(2), x.integer(3), x.optional_integer(4),
                                     x.optional_integer(5), x.optional_integer(6)});
                    if (block.size() == 20'000) put();
                });
        return Nothing{};
    }));
    put();
    must(to.write([](store::Transaction& tx) -> Result<Nothing> {
        tx.execute("ANALYZE bench_dossier", {});
        return Nothing{};
    }));
}

/// Both must say the same, or their times say nothing: numerators and denominators, in any order.
inline bool compare(store::Store& store, store::Store* postgres, const ioc::Book& book, Instant now) {
    for (const auto& a : questions) {
        ioc::Question q;
        q.first = must(ioc::parse_period(a.from));
        q.last = must(ioc::parse_period(a.to));
        q.indicator = book.find(a.code, q.last.first_day());
        q.by = a.by;
        q.now = now;
        using Answers = std::multiset<std::pair<int64_t, int64_t>>;
        const bool ratio = q.indicator->fold->measure == ioc::Measure::ratio;
        Answers of_cells;
        for (const auto& f : must(store.read([&](store::Reader& r) { return ioc::figures(r, book, q); })).items)
            if (f.numerator && (*f.numerator != 0 || ratio)) of_cells.insert({*f.numerator, f.denominator.value_or(0)});
        const auto rows_agree = [&](store::Store& asked, const char* sql) {
            Answers of_rows;
            must(asked.read([&](store::Reader& r) -> Result<Nothing> {
                r.query(sql, {}, [&](const store::Row& x) {
                    of_rows.insert({x.integer(0), ratio ? x.integer(1) : 0});
                });
                return Nothing{};
            }));
            if (of_cells != of_rows)
                std::fprintf(stderr, "bench_ioc: %s: %zu answers of cells, %zu of rows, and not the same\n", a.name,
                             of_cells.size(), of_rows.size());
            return of_cells == of_rows;
        };
        const char* in_postgres = a.postgres ? a.postgres : a.sql;
        if (!rows_agree(store, a.sql) || (postgres && !rows_agree(*postgres, in_postgres))) return false;
        const double cells =
            median_ms([&] { (void)must(store.read([&](store::Reader& r) { return ioc::figures(r, book, q); })); });
        const double raw = ask_rows(store, a.sql);
        std::printf("%-40s cells %8.2f ms   rows in SQLite %8.2f ms, ratio %.4f", a.name, cells, raw, cells / raw);
        if (postgres) {
            const double pg = ask_rows(*postgres, in_postgres);
            std::printf("   in PostgreSQL %8.2f ms, ratio %.4f", pg, cells / pg);
        }
        std::printf("\n");
    }
    return true;
}

}  // namespace bench
