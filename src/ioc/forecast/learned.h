// What the ledger taught about the time steps take: durations by procedure, step, agency, how fast the dossier's
// earlier steps were, and how busy the agency was; from coarse to fine, each finer level weighed by its number of
// cases. Two calendar years count, this one and the last. Held in memory and fetched by procedure. One thread at a
// time.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/ids.h"
#include "base/result.h"
#include "ioc/forecast/durations.h"

namespace hl::forecast {

/// How the ended steps of a dossier went against what such steps usually take.
enum class Pace : int { unknown = 0, very_fast = 1, fast = 2, usual = 3, slow = 4, very_slow = 5 };
inline constexpr int any_pace = -1;
/// How busy an agency is against its own average.
enum class Load : int { low = 0, usual = 1, high = 2 };
inline constexpr int any_load = -1;
[[nodiscard]] std::string_view to_string(Pace pace);
[[nodiscard]] std::string_view to_string(Load load);
[[nodiscard]] Pace pace_of(int64_t minutes, int64_t usual);

/// From coarse to fine. Numbers are stored.
enum class Level : int { all = 0, function = 1, step = 2, step_load = 3, agency = 4, agency_load = 5 };
[[nodiscard]] std::string_view to_string(Level level);

/// One step as it is asked about.
struct StepKind {
    std::string procedure, step, function, agency;
    Pace pace = Pace::unknown;
    Load load = Load::usual;
};
struct CellKey {
    std::string procedure, step, agency;
    int pace = any_pace, load = any_load, level = 0;
    bool operator==(const CellKey&) const = default;
    auto operator<=>(const CellKey&) const = default;
};
struct CellKeyHash {
    size_t operator()(const CellKey& k) const noexcept;
};
/// The cells a step counts in, from coarse to fine; the first three whatever the dossier's pace.
[[nodiscard]] std::vector<CellKey> cells_of(const StepKind& kind);
inline constexpr size_t cells_of_any_pace = 3;

/// What is known of a step's duration.
struct Known {
    Shares shares{};
    Level level = Level::all;  // the finest with enough cases
    int64_t cases = 0;         // of that level
    int64_t all = 0;           // of the whole ledger
};

/// How many steps an agency has open, and the average at the moments when steps began.
struct Business {
    int64_t open = 0, sum = 0, times = 0;
    [[nodiscard]] Load load() const;
    bool operator==(const Business&) const = default;
};

/// What was said before, against what happened: counts by twentieths of the probability said.
class Calibration {
  public:
    static constexpr int parts = 20;
    struct Bin {
        int64_t weight = 0, late = 0;  // in days watched
        int64_t said = 0;              // sum of probabilities, in millionths, by weight
        bool operator==(const Bin&) const = default;
    };
    std::array<Bin, parts> bins_{};
    int64_t dossiers = 0, late_dossiers = 0;

    /// With so many, all counts are halved: what was said long ago, from less knowledge, fades.
    static constexpr int64_t most_dossiers = 1200;
    void fade();
    [[nodiscard]] static int bin_of(double probability);
    /// Enough is known to correct by it.
    [[nodiscard]] bool ready() const { return late_dossiers >= 20 && dossiers - late_dossiers >= 50; }
    /// What share of those said to be at `raw` came late: isotonic regression over the bins, lines between them.
    [[nodiscard]] double corrected(double raw) const;
    bool operator==(const Calibration&) const = default;
};

class Learned {
  public:
    static constexpr int64_t enough = 12;      // cases at which a finer level weighs as much as all coarser ones
    static constexpr int64_t fewest_all = 30;  // with fewer steps in all, nothing is said

    struct Cell {
        std::map<int, Durations> years;
        std::vector<int> dirty;  // years that changed
    };
    /// Puts a procedure's cells in (`put`); '' is what is common to all.
    using Fetch = std::function<Result<void>(const std::string& procedure, Learned& into)>;
    explicit Learned(Fetch fetch = {}) : fetch_(std::move(fetch)) {}

    /// Errors: forecast.damaged.
    [[nodiscard]] Result<void> add(const StepKind& kind, int64_t minutes, int64_t scale, int year);
    [[nodiscard]] Result<Known> known(const StepKind& kind, int year);
    /// The median of such steps whatever the pace, in minutes: what a dossier's pace is held against. Nothing while too
    /// few are known.
    [[nodiscard]] Result<std::optional<int64_t>> typical(const StepKind& kind, int64_t scale, int year);
    void put(const CellKey& key, int year, Durations durations) { cells_[key].years[year] = std::move(durations); }

    std::map<std::string, Business> business;  // by agency
    Calibration calibration;

    /// Cells changed since they were last taken away, in order.
    [[nodiscard]] std::vector<std::pair<CellKey, int>> take_dirty();
    [[nodiscard]] const Durations& at(const CellKey& key, int year) { return cells_[key].years[year]; }
    [[nodiscard]] size_t size() const { return cells_.size(); }
    void forget();

  private:
    Result<void> fetch(const std::string& procedure);
    Result<Known> blend(const std::vector<CellKey>& keys, size_t count, const std::string& procedure, int year);
    Fetch fetch_;
    std::unordered_set<std::string> fetched_;
    std::unordered_map<CellKey, Cell, CellKeyHash> cells_;
    std::vector<std::pair<const CellKey*, Cell*>> dirty_;  // each cell once; their places in the map do not move
};

}  // namespace hl::forecast
