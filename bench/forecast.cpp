// How well the forecast of the operations centre tells what happens: a made-up ledger with known truth is gone through
// from its beginning, on every third morning something is said of every open dossier from what was known by then, and
// each is scored when the dossier ends; beside it the truth itself, and two simple ways of saying it. Then arrivals by
// week, against the same week of the year before. `hienluong ioc forecast --backtest` does the same with a real ledger.
//   bench_forecast [DOSSIERS] [FOLDER]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "../tests/ioc/forecast/made_up.h"
#include "access/accounts.h"
#include "ioc/forecast/follower.h"
#include "ioc/forecast/intake.h"
#include "ioc/forecast/risks.h"
#include "ioc/forecast/schema.h"
#include "store/schema.h"

namespace {

using namespace hl;
using Wall = std::chrono::steady_clock;

double seconds_since(Wall::time_point start) {
    return std::chrono::duration<double>(Wall::now() - start).count();
}
template <class T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "bench_forecast: %s\n", result.error().en.c_str());
        std::exit(1);
    }
    return std::move(result).value();
}
void must(Result<void> result) {
    if (result.ok()) return;
    std::fprintf(stderr, "bench_forecast: %s\n", result.error().en.c_str());
    std::exit(1);
}

void print(const char* name, const forecast::Score& s, const forecast::Score& base) {
    std::printf("%-34s Brier %.4f (%.2f of base rate)  log loss %.4f (%.2f)  AUC %.3f  off by %.3f\n", name, s.brier,
                s.brier / base.brier, s.log_loss, s.log_loss / base.log_loss, s.auc, s.reliability);
}

/// Arrivals of a made-up office: a level that grows, Mondays busier, days off empty, a summer that is quieter, a rush
/// before Tết; counts scatter by a negative binomial of the kind that offices have.
forecast::Arrivals arrivals(const directory::Calendar& calendar, Date first, int days, double level, uint64_t seed) {
    SeededRandom random(seed);
    const auto draw = [&] { return (static_cast<double>(random.below(1'000'000)) + 0.5) / 1e6; };
    forecast::Arrivals out;
    out.first = first;
    double week = 1;
    for (int i = 0; i < days; ++i) {
        const Date day = add_days(first, i);
        const auto number = day_number(day);
        const int w = static_cast<int>((number + 3) % 7);
        if (w == 0) week = std::exp(0.08 * forecast::made_up::probit(draw()));
        double mean = level * week * (1 + 0.15 * i / 365.0);
        mean *= 1 + 0.2 * std::cos(2 * 3.14159265 * (static_cast<double>(number % 365) - 60) / 365);
        mean *= calendar.is_workday(day) ? (w == 0 ? 1.3 : w == 4 ? 0.85 : 1.0) : 0.02;
        int64_t n = 0;  // Poisson, by waiting times
        for (double t = -std::log(draw()); t < mean; t -= std::log(draw())) ++n;
        out.counts.push_back(n);
    }
    return out;
}

int run(int count, const std::filesystem::path& folder) {
    ManualClock clock(at_local(std::chrono::year{2026} / 11 / 28, 9));
    SystemRandom random;
    auto migrations = store::migrations();
    for (const auto* room :
         {&directory::migrations(), &access::migrations(), &procedures::migrations(), &forecast::migrations()})
        migrations.insert(migrations.end(), room->begin(), room->end());
    store::StoreOptions options;
    options.url = "sqlite:" + (folder / "bench.db").string();
    const auto store = must(store::Store::open(options, migrations, clock, random));
    forecast::made_up::Province province(*store, "packs/quang-tri", 2026);
    must(province.found());
    auto begun = Wall::now();
    province.live(count, Date{std::chrono::year{2025} / 11 / 28}, Date{std::chrono::year{2026} / 11 / 27}, clock.now());
    const auto events = must(province.flush());
    std::printf("ledger            %ld events of %d dossiers, written in %.1f s\n", static_cast<long>(events), count,
                seconds_since(begun));

    begun = Wall::now();
    forecast::BacktestOptions how;
    how.oracle = [&](const forecast::Open& open, Instant t) { return province.true_chance(open, t); };
    const auto tested = must(forecast::backtest(*store, how));
    std::printf("back-test         %ld dossiers, %ld things said on %ld mornings, in %.1f s\n",
                static_cast<long>(tested.dossiers), static_cast<long>(tested.ours.size()),
                static_cast<long>(tested.mornings), seconds_since(begun));
    const auto base = forecast::score(tested.base_rate);
    const auto ours = forecast::score(tested.ours);
    print("forecast", ours, base);
    print("forecast, not calibrated", forecast::score(tested.uncalibrated), base);
    print("by the part of the time left", forecast::score(tested.time_left), base);
    print("base rate of the procedure", base, base);
    print("the truth itself", forecast::score(tested.oracle), base);
    std::printf("calibration       said → happened (times):");
    for (const auto& b : ours.table)
        if (b.n > 0)
            std::printf("  %.2f → %.2f (%ld)", b.said, static_cast<double>(b.late) / static_cast<double>(b.n),
                        static_cast<long>(b.n));
    std::printf("\n");

    store::Followers followers(*store);
    followers.add(std::make_shared<forecast::ForecastFollower>());
    begun = Wall::now();
    must(followers.catch_up());
    std::printf("rebuild           %.0f events/s\n", static_cast<double>(events) / seconds_since(begun));
    std::vector<double> took;
    size_t open = 0;
    for (int i = 0; i < 15; ++i) {
        begun = Wall::now();
        const auto board =
            must(store->read([&](store::Reader& r) { return forecast::board(r, province.lore, {}, clock.now()); }));
        took.push_back(seconds_since(begun) * 1000);
        open = board.items.size();
    }
    std::sort(took.begin(), took.end());
    std::printf("whole board       %zu open dossiers in %.1f ms (median), %.1f µs each\n", open, took[7],
                took[7] * 1000 / static_cast<double>(std::max<size_t>(open, 1)));

    const auto& calendar = province.calendar();
    const Date today{std::chrono::year{2026} / 11 / 28};
    for (const int days : {300, 800, 1100})
        for (const double level : {2.0, 40.0}) {
            double ours_off = 0, naive_off = 0, pin = 0, naive_pin = 0;
            int64_t n = 0, inside = 0;
            for (uint64_t seed = 1; seed <= 6; ++seed) {
                const auto history = arrivals(calendar, add_days(today, -days), days, level, seed);
                for (const auto& p : forecast::past_forecasts(history, calendar, today, 20)) {
                    if (p.horizon == 0) continue;
                    const auto y = static_cast<double>(p.happened);
                    const auto pinball = [&](double q, double at) {
                        return y >= at ? q * (y - at) : (1 - q) * (at - y);
                    };
                    ours_off += std::abs(y - p.expected);
                    naive_off += std::abs(y - p.naive);
                    pin += pinball(0.1, p.low) + pinball(0.5, p.expected) + pinball(0.9, p.high);
                    naive_pin += pinball(0.1, p.naive) + pinball(0.5, p.naive) + pinball(0.9, p.naive);
                    inside += y >= p.low && y <= p.high;
                    ++n;
                }
            }
            std::printf(
                "arrivals          %4d days of history, %2.0f a day: error %.2f of seasonal naive (MASE), pinball "
                "%.2f, 80 %% interval covers %.0f %% (%ld weeks)\n",
                days, level, ours_off / naive_off, pin / naive_pin,
                100 * static_cast<double>(inside) / static_cast<double>(n), static_cast<long>(n));
        }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 20'000;
    const std::filesystem::path folder = argc > 2 ? argv[2] : "build/bench/forecast";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const int result = run(count, folder);
    std::filesystem::remove_all(folder);
    return result;
}
