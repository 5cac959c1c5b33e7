// The cells that figures are summed from: for each level (a grain and the dimensions it keeps) and period, a row per
// combination of dimension values with the mergeable states of every part that counted there. Cells are held in memory
// while a follower goes on, and written once a batch. A cell's bytes depend on the events alone, not on batches.
// Private to the room; one thread at a time.
#pragma once
#include <array>
#include <memory>
#include <unordered_map>

#include "ioc/indicators/pack.h"
#include "ioc/sketches/hyperloglog.h"
#include "ioc/sketches/tdigest.h"

namespace hl::ioc {

/// Live tables, and those that a check rebuilds beside them.
enum class Side { live, check };

struct Level {
    int id;
    Grain grain;
    DimensionSet keeps;
    bool restates;  // what changes in a closed period is written down
    bool stocks;    // keeps stocks, too
};
/// Row counts decide: flows by day and everything by month, sums where a question would otherwise read too much, hours
/// only of what asks for them and only by agency. A stock moves on many days of a dossier's life, so that by day it is
/// kept by agency and as a whole.
inline constexpr DimensionSet by_place = bit(Dimension::agency) | bit(Dimension::unit);
inline constexpr Level levels[] = {
    {1, Grain::day, all_dimensions, false, false},
    {2, Grain::month, all_dimensions, false, true},
    {3, Grain::day, by_place, false, true},
    {4, Grain::month, by_place, true, true},
    {5, Grain::day, 0, true, true},
    {6, Grain::month, 0, true, true},
    {7, Grain::month, all_dimensions & ~by_place, false, true},
    {8, Grain::hour, by_place, false, false},
};

/// Texts as small numbers, for the life of a cache.
class Names {
  public:
    uint32_t id(std::string_view text) {
        const auto it = ids_.find(text);
        if (it != ids_.end()) return it->second;
        texts_.push_back(std::make_unique<std::string>(text));
        return ids_.emplace(*texts_.back(), static_cast<uint32_t>(texts_.size() - 1)).first->second;
    }
    [[nodiscard]] const std::string& text(uint32_t id) const { return *texts_[id]; }
    Names() { (void)id(""); }  // 0 is the empty text

  private:
    std::vector<std::unique_ptr<std::string>> texts_;
    std::unordered_map<std::string_view, uint32_t> ids_;
};

using Dims = std::array<uint32_t, dimensions>;
[[nodiscard]] inline Dims keep(const Dims& dims, DimensionSet set) {
    Dims out{};
    for (size_t i = 0; i < dimensions; ++i)
        if (set & (1u << i)) out[i] = dims[i];
    return out;
}
struct DimsHash {
    size_t operator()(const Dims& d) const noexcept {
        uint64_t h = 0;
        for (const auto v : d) h = (h ^ v) * 0x9e3779b97f4a7c15ULL + (h >> 29);
        return h ^ (h >> 32);
    }
};

/// The state of one part.
struct PartState {
    int part = 0;
    int64_t number = 0;
    std::unique_ptr<TDigest> digest;
    std::unique_ptr<HyperLogLog> distinct;
    PartState() = default;
    PartState(const PartState& o)
        : part(o.part),
          number(o.number),
          digest(o.digest ? std::make_unique<TDigest>(*o.digest) : nullptr),
          distinct(o.distinct ? std::make_unique<HyperLogLog>(*o.distinct) : nullptr) {}
    PartState(PartState&&) = default;
    PartState& operator=(PartState&&) = default;
    PartState& operator=(const PartState& o) { return *this = PartState(o); }
    void merge(const PartState& other, PartKind kind);
};

struct Cell {
    std::vector<PartState> states;  // by part
    bool dirty = false;
    [[nodiscard]] PartState* find(int part);
    PartState& state(int part, PartKind kind, bool& fresh);
    void add(int part, PartKind kind, int64_t value, std::string_view text);
};
[[nodiscard]] std::string encode(const Cell& cell);
/// Nothing when the bytes are damaged. `parts`: those that are wanted, as bits; the others are passed over.
[[nodiscard]] std::optional<Cell> decode(std::string_view bytes, const Book& book, uint64_t parts = ~uint64_t{0});

class Cells {
  public:
    Cells(const Book& book, Names& names, Side side) : book_(book), names_(names), side_(side) {}
    /// The tables are known to be empty: nothing is looked up.
    void begin_empty() { empty_ = true; }
    /// Errors: ioc.cells_damaged.
    [[nodiscard]] Result<Cell*> at(store::Reader& reader, int level, int64_t period, const Dims& dims);
    void touched(Cell& cell, int level, int64_t period, const Dims& dims);
    void write(store::Transaction& tx);

  private:
    using Slice = std::unordered_map<Dims, Cell, DimsHash>;
    struct Held {
        Slice cells;
        uint64_t used = 0;
    };
    /// The slice each level was last asked for: events come in the order of time.
    struct Last {
        int64_t period = 0;
        Held* held = nullptr;
    };
    struct Dirty {
        int level;
        int64_t period;
        Dims dims;
        Cell* cell;
    };
    void forget_old();
    const Book& book_;
    Names& names_;
    Side side_;
    bool empty_ = false;
    std::map<std::pair<int, int64_t>, Held> slices_;
    std::set<std::pair<int, int64_t>> dropped_;
    std::vector<Dirty> dirty_;
    std::array<Last, std::size(levels) + 1> last_{};
    size_t held_ = 0;
    uint64_t turn_ = 0;
};

}  // namespace hl::ioc
