// The follower that keeps the indicators' cells, and the check that rebuilds them beside the live ones. The follower is
// run by store::Followers; changing the definitions of the pack so that cells differ makes it start again.
#pragma once
#include <functional>
#include <mutex>

#include "ioc/indicators/pack.h"
#include "store/followers.h"

namespace hl::ioc {

using BookSource = std::function<std::shared_ptr<const Book>()>;

class Rollup final : public store::Follower {
  public:
    explicit Rollup(BookSource book);
    ~Rollup() override;
    [[nodiscard]] std::string name() const override { return "ioc.indicators"; }
    [[nodiscard]] int version() const override { return book_()->version(); }
    /// Large batches: neighbouring events meet in the same cells, which are written once.
    [[nodiscard]] int64_t batch_events() const override { return 16'000; }
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;
    void committed(std::span<const store::StoredEvent> events) override;
    /// Told after a commit that changed figures, from the follower's thread.
    struct Change {
        std::vector<AgencyId> agencies;       // empty: values were handed in, which are seen by all
        std::vector<std::string> indicators;  // whose figures may be others now
        int64_t position = 0;                 // of the ledger
    };
    using Changed = std::function<void(const Change&)>;
    void on_change(Changed changed);

  private:
    struct State;
    BookSource book_;
    std::unique_ptr<State> state_;
};

struct CheckReport {
    int64_t position = 0;  // both sides stand here
    int64_t events = 0, cells = 0, facts = 0, dossiers = 0, restated = 0;
    std::vector<std::string> differences;  // in words, at most a hundred
    int64_t different = 0;                 // all of them
};
/// Rebuilds everything from the events in tables of its own, as far as the live ones are, and compares row by row.
/// Errors: ioc.not_followed (the live tables are made for other definitions), the store's.
[[nodiscard]] Result<CheckReport> recompute_check(
    store::Store& store, std::shared_ptr<const Book> book,
    const std::function<void(int64_t done, int64_t total)>& progress = {});

}  // namespace hl::ioc
