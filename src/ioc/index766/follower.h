// Keeps the index's tables beside the ledger: the facts of each dossier, its outcome in each month, and their counts by
// agency. Everything is computed again from a dossier's facts whenever an event touches it, so that a late event or a
// reorganisation restates the months it changes and nothing else. One thread at a time.
#pragma once
#include "ioc/index766/facts.h"
#include "store/followers.h"

namespace hl::index766 {

class Index766 final : public store::Follower {
  public:
    [[nodiscard]] std::string name() const override { return "ioc.index766"; }
    [[nodiscard]] int version() const override { return 1; }
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;

  private:
    std::optional<Lore> lore_;  // read again when an event names a release or a calendar that is not in it
};

/// The letters of a month's row, and back. Errors: index766.damaged.
[[nodiscard]] std::string to_text(const Outcomes& outcomes);
[[nodiscard]] Result<Outcomes> outcomes_from(std::string_view text);

}  // namespace hl::index766
