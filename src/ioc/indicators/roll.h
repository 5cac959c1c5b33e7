// Events → cells: one pass over the ledger in order, held in memory between batches as long as the next batch begins
// where the last one ended. What it writes depends on the events alone, so that it may be stopped and resumed anywhere,
// run beside the live tables for a check, or thrown away. Private to the room; one thread at a time.
#pragma once
#include "ioc/indicators/cells.h"
#include "store/ledger.h"

namespace hl::ioc {

class Roll {
  public:
    Roll(std::shared_ptr<const Book> book, Side side);
    /// Errors: ioc.cells_damaged, event.damaged.
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events);
    [[nodiscard]] const std::shared_ptr<const Book>& book() const { return book_; }
    /// Agencies whose figures the last batch changed.
    [[nodiscard]] std::vector<std::string> changed_agencies() const;
    static void empty(store::Transaction& tx, Side side);
    /// After `empty`, before the first event.
    void begin_empty();

  private:
    struct Known {
        Dims dims{};
        int state = 0;
        std::optional<int64_t> due, received_at;
        int64_t supplements = 0;
        int digitised = -1;  // unknown; 0 or 1
        bool stored = false, changed = false;
    };
    /// An event and what is remembered of its dossier, as filters see them.
    struct Seen {
        const store::StoredEvent& event;
        Known& known;
        bool received_now = false;
        int64_t received = 0, ended = 0;  // instants
    };
    /// A filter ready to be asked.
    struct Ask {
        int remembered = -1;            // index into a fixed list, or
        std::vector<std::string> path;  // of the event's data
        const Filter* filter = nullptr;
    };
    struct Ready {
        int part = 0;
        std::vector<Ask> asks;
        Ask field;
    };

    Result<void> take(store::Transaction& tx, const store::StoredEvent& event);
    Result<void> take_directive(store::Transaction& tx, const store::StoredEvent& event);
    Result<void> count(store::Transaction& tx, Seen& seen);
    Result<void> move_stocks(store::Transaction& tx, const Known& before, const Known& after, int64_t at,
                             int64_t position);
    Result<void> add(store::Transaction& tx, int part, const Dims& dims, int64_t at, int64_t value,
                     std::string_view text, int64_t position);
    Result<void> restate(store::Transaction& tx, const Level& level, int64_t period, const Dims& dims,
                         const Cell& before, int part, int64_t position);
    [[nodiscard]] bool holds(const Ask& ask, const Seen& seen) const;
    [[nodiscard]] std::optional<std::string> text_of(const Ask& ask, const Seen& seen) const;
    [[nodiscard]] std::optional<int64_t> number_of(const Ask& ask, const Seen& seen) const;
    [[nodiscard]] Ask ready(const std::string& field, const Filter* filter) const;
    const std::vector<Ready>& parts_for(const std::string& type);
    using Remembered = std::unordered_map<std::string, std::optional<Known>>;
    Remembered::value_type* find(store::Reader& reader, const std::string& dossier);
    void write(store::Transaction& tx);
    void forget();
    struct Place {
        int64_t day, month, hour;
    };
    Place place_of(int64_t at);

    std::shared_ptr<const Book> book_;
    Side side_;
    std::unique_ptr<Names> names_;
    std::unique_ptr<Cells> cells_;
    std::unordered_map<std::string, std::vector<Ready>> by_type_;
    std::vector<int> stocks_;
    Remembered known_;
    std::vector<Remembered::value_type*> touched_;  // nodes stay where they are until they are erased
    bool known_all_ = false;                        // what is not in known_ is not in the table either
    struct Fact {
        int64_t day, position;
        Dims dims;
        std::string stream;
        int64_t parts;
    };
    std::vector<Fact> facts_;
    struct Restated {
        int64_t first = 0, last = 0, facts = 0, parts = 0;
        std::string before;
        bool dirty = false;
    };
    std::map<std::tuple<int, int64_t, Dims, int64_t>, Restated> restated_;
    std::set<uint32_t> agencies_;
    int64_t high_ = 0;       // the latest moment any event told of
    int64_t position_ = -1;  // the next event that what is held fits to; -1: nothing is held
    struct Day {
        int64_t begin = 1, end = 0, day = 0, month = 0;
    };
    /// The cells of the last place and time: an event's parts mostly land in the same ones.
    struct Landed {
        Dims dims{};
        DimensionSet by = 0;
        int64_t day = 0, hour = 0;
        bool good = false;
        std::array<Cell*, std::size(levels)> cells{};
        std::array<Dims, std::size(levels)> keys{};
    };
    Landed landed_;
    std::array<Day, 64> days_{};  // those asked for lately: the zone's rules are slow to ask
};

}  // namespace hl::ioc
