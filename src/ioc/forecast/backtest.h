// The forecast held against what happened: the ledger is gone through from its beginning, on mornings something is said
// of every open dossier from what was known by then, and each is scored when the dossier ends. Beside it, two simple
// ways of saying it. Nothing is stored. Any thread with a store of its own.
#pragma once
#include "ioc/forecast/machine.h"
#include "store/store.h"

namespace hl::forecast {

struct Scored {
    double said = 0;
    bool late = false;
};
/// Means over all that was said.
struct Score {
    int64_t n = 0, late = 0;
    double brier = 0, log_loss = 0;
    double auc = 0;          // probability that a late one was said to be likelier than one in time
    double reliability = 0;  // mean distance of said and happened by tenths, weighed
    struct Bin {
        int64_t n = 0, late = 0;
        double said = 0;  // mean
    };
    std::vector<Bin> table;  // by tenths of what was said
};
[[nodiscard]] Score score(const std::vector<Scored>& all);

struct Backtest {
    int64_t events = 0, dossiers = 0, mornings = 0;
    std::vector<Scored> ours, uncalibrated;
    std::vector<Scored> base_rate;  // the share of the procedure's dossiers that were late, as known by then
    std::vector<Scored> time_left;  // the share late among those with as large a part of their time left
    std::vector<Scored> oracle;     // by the truth, where it is known
    int64_t unknown = 0;            // of whom nothing was said
};
struct BacktestOptions {
    int every = 3;  // working days between two sweeps
    std::function<double(const Open&, Instant)> oracle{};
    double warm_up = 0.25;  // part of the ledger's time in which nothing is scored
};
[[nodiscard]] Result<Backtest> backtest(store::Store& store, const BacktestOptions& options,
                                        const std::function<void(int64_t done, int64_t total)>& progress = {});

}  // namespace hl::forecast
