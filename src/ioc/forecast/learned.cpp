#include "ioc/forecast/learned.h"

#include <algorithm>
#include <cmath>

namespace hl::forecast {

std::string_view to_string(Pace pace) {
    switch (pace) {
        case Pace::unknown:
            return "unknown";
        case Pace::very_fast:
            return "very_fast";
        case Pace::fast:
            return "fast";
        case Pace::usual:
            return "usual";
        case Pace::slow:
            return "slow";
        case Pace::very_slow:
            return "very_slow";
    }
    throw std::logic_error("a pace has no word");
}

std::string_view to_string(Load load) {
    switch (load) {
        case Load::low:
            return "low";
        case Load::usual:
            return "usual";
        case Load::high:
            return "high";
    }
    throw std::logic_error("a load has no word");
}

std::string_view to_string(Level level) {
    switch (level) {
        case Level::all:
            return "all";
        case Level::function:
            return "function";
        case Level::step:
            return "step";
        case Level::step_load:
            return "step_load";
        case Level::agency:
            return "agency";
        case Level::agency_load:
            return "agency_load";
    }
    throw std::logic_error("a level has no word");
}

Pace pace_of(int64_t minutes, int64_t usual) {
    if (usual <= 0) return Pace::unknown;
    const int64_t percent = minutes * 100 / usual;
    return percent < 60    ? Pace::very_fast
           : percent < 85  ? Pace::fast
           : percent < 118 ? Pace::usual
           : percent < 165 ? Pace::slow
                           : Pace::very_slow;
}

size_t CellKeyHash::operator()(const CellKey& k) const noexcept {
    const std::hash<std::string> of;
    size_t h = of(k.procedure);
    for (const size_t more : {of(k.step), of(k.agency), static_cast<size_t>(k.pace * 31 + k.load * 7 + k.level + 99)})
        h = (h ^ more) * 0x9e3779b97f4a7c15ULL + (h >> 29);
    return h;
}

std::vector<CellKey> cells_of(const StepKind& k) {
    const int pace = static_cast<int>(k.pace), load = static_cast<int>(k.load);
    const auto key = [&](std::string procedure, std::string step, std::string agency, int p, int l, Level level) {
        return CellKey{std::move(procedure), std::move(step), std::move(agency), p, l, static_cast<int>(level)};
    };
    return {key("", "", "", any_pace, any_load, Level::all),
            key("", k.function, "", any_pace, any_load, Level::function),
            key(k.procedure, k.step, "", any_pace, any_load, Level::step),
            key(k.procedure, k.step, "", pace, any_load, Level::step),
            key(k.procedure, k.step, "", pace, load, Level::step_load),
            key(k.procedure, k.step, k.agency, pace, any_load, Level::agency),
            key(k.procedure, k.step, k.agency, pace, load, Level::agency_load)};
}

Load Business::load() const {
    if (times < 20) return Load::usual;
    // Against the average, in whole numbers: below three quarters, above four thirds.
    if (open * times * 4 < sum * 3) return Load::low;
    if (open * times * 3 > sum * 4) return Load::high;
    return Load::usual;
}

int Calibration::bin_of(double probability) {
    return std::clamp(static_cast<int>(probability * parts), 0, parts - 1);
}

void Calibration::fade() {
    for (auto& b : bins_) b = {b.weight / 2, b.late / 2, b.said / 2};
    dossiers /= 2;
    late_dossiers /= 2;
}

double Calibration::corrected(double raw) const {
    struct Block {
        double said, late, weight;
    };
    std::vector<Block> blocks;
    for (const auto& b : bins_) {
        if (b.weight == 0) continue;
        const auto weight = static_cast<double>(b.weight);
        blocks.push_back(
            {static_cast<double>(b.said) / 1e6 / weight, (static_cast<double>(b.late) + 0.5) / (weight + 1), weight});
        // A later bin that was late less often than the one before is joined with it.
        while (blocks.size() > 1 && blocks[blocks.size() - 2].late > blocks.back().late) {
            const Block last = blocks.back();
            blocks.pop_back();
            auto& to = blocks.back();
            const double sum = to.weight + last.weight;
            to = {(to.said * to.weight + last.said * last.weight) / sum,
                  (to.late * to.weight + last.late * last.weight) / sum, sum};
        }
    }
    if (blocks.empty()) return raw;
    if (raw <= blocks.front().said) {
        const auto& b = blocks.front();
        return b.said > 0 ? b.late * raw / b.said : b.late;
    }
    for (size_t i = 1; i < blocks.size(); ++i) {
        if (raw > blocks[i].said) continue;
        const auto &a = blocks[i - 1], &b = blocks[i];
        return a.late + (b.late - a.late) * (raw - a.said) / std::max(b.said - a.said, 1e-12);
    }
    return blocks.back().late;
}

Result<void> Learned::fetch(const std::string& procedure) {
    if (!fetch_ || !fetched_.insert(procedure).second) return Nothing{};
    return fetch_(procedure, *this);
}

Result<void> Learned::add(const StepKind& kind, int64_t minutes, int64_t scale, int year) {
    TRY_VOID(fetch(""));
    TRY_VOID(fetch(kind.procedure));
    for (auto& key : cells_of(kind)) {
        auto& [place, cell] = *cells_.try_emplace(std::move(key)).first;
        cell.years[year].add(minutes, scale);
        if (cell.dirty.empty()) dirty_.emplace_back(&place, &cell);
        if (std::find(cell.dirty.begin(), cell.dirty.end(), year) == cell.dirty.end()) cell.dirty.push_back(year);
    }
    return Nothing{};
}

Result<Known> Learned::blend(const std::vector<CellKey>& keys, size_t count, const std::string& procedure, int year) {
    TRY_VOID(fetch(""));
    TRY_VOID(fetch(procedure));
    Known out;
    for (size_t k = 0; k < count; ++k) {
        const auto it = cells_.find(keys[k]);
        if (it == cells_.end()) continue;
        std::array<int64_t, bins> counts{};
        int64_t n = 0;
        for (const auto& [y, durations] : it->second.years) {
            if (y != year && y != year - 1) continue;
            for (const auto& [bin, times] : durations.counts()) counts[bin] += times;
            n += durations.cases();
        }
        if (n == 0) continue;
        // The coarser shares count as `enough` cases of this level.
        const auto prior = out.all == 0 ? 0.0 : static_cast<double>(enough);
        for (size_t i = 0; i < bins; ++i)
            out.shares[i] = (static_cast<double>(counts[i]) + prior * out.shares[i]) / (static_cast<double>(n) + prior);
        if (k == 0) out.all = n;
        if (n >= enough || out.cases == 0) {
            out.level = static_cast<Level>(keys[k].level);
            out.cases = n;
        }
    }
    return out;
}

Result<Known> Learned::known(const StepKind& kind, int year) {
    const auto keys = cells_of(kind);
    return blend(keys, keys.size(), kind.procedure, year);
}

Result<std::optional<int64_t>> Learned::typical(const StepKind& kind, int64_t scale, int year) {
    TRY(const auto known, blend(cells_of(kind), cells_of_any_pace, kind.procedure, year));
    if (known.all < fewest_all) return std::optional<int64_t>{};
    return std::optional{std::max<int64_t>(1, std::llround(Spread(known.shares, scale).quantile(0.5)))};
}

std::vector<std::pair<CellKey, int>> Learned::take_dirty() {
    std::vector<std::pair<CellKey, int>> out;
    out.reserve(dirty_.size());
    for (const auto& [key, cell] : dirty_) {
        for (const int year : cell->dirty) out.emplace_back(*key, year);
        cell->dirty.clear();
    }
    dirty_.clear();
    std::sort(out.begin(), out.end());
    return out;
}

void Learned::forget() {
    fetched_.clear();
    cells_.clear();
    dirty_.clear();
    business.clear();
    calibration = {};
}

}  // namespace hl::forecast
