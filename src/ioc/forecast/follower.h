// Keeps the forecast's tables beside the ledger: open dossiers, learned durations, how busy agencies are, calibration.
// Memory of what was learned goes on between batches when the next batch begins where the last one ended, and is never
// trusted across an error. One thread at a time.
#pragma once
#include "ioc/forecast/machine.h"
#include "store/followers.h"

namespace hl::forecast {

class ForecastFollower final : public store::Follower {
  public:
    [[nodiscard]] std::string name() const override { return "ioc.forecast"; }
    [[nodiscard]] int version() const override { return 1; }
    [[nodiscard]] int64_t batch_events() const override { return 4000; }
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;
    void committed(std::span<const store::StoredEvent> events) override;

  private:
    Result<void> follow(store::Transaction& tx, std::span<const store::StoredEvent> events);
    std::optional<Lore> lore_;
    std::unique_ptr<Learned> learned_;
    store::Reader* reader_ = nullptr;  // of the running batch
    std::optional<int64_t> next_;      // where the memory goes on; nothing: it is not to be trusted
};

/// Reads what was learned as a reader sees it; the reader outlives it.
[[nodiscard]] Learned::Fetch fetch_from(store::Reader*& reader);
[[nodiscard]] Result<void> load_common(store::Reader& reader, Learned& into);

}  // namespace hl::forecast
