// Goes through the ledger event by event: keeps the open dossiers, learns from each step that ends, and holds what was
// said of a dossier against how it ended. The follower and the back-test are the same machine over different memories.
// One thread at a time; state depends on the order of events alone.
#pragma once
#include <set>

#include "ioc/forecast/outlook.h"

namespace hl::forecast {

class Machine {
  public:
    /// What is remembered of a dossier from before; nothing when it is not open.
    using FetchOpen = std::function<Result<std::optional<Open>>(const std::string& dossier)>;
    Machine(Learned& learned, FetchOpen fetch = {}) : learned_(learned), fetch_(std::move(fetch)) {}

    /// Errors: event.damaged, forecast.damaged.
    [[nodiscard]] Result<void> take(const store::StoredEvent& event, const Lore& lore);

    /// By dossier; nothing: no longer open (kept for who writes, that is, with a fetch).
    [[nodiscard]] const std::map<std::string, std::optional<Open>>& dossiers() const { return open_; }
    [[nodiscard]] const std::set<std::string>& busy() const { return busy_; }  // agencies whose business changed
    /// Called when a dossier ends that had a promise: did it miss it (back-test).
    std::function<void(const std::string& dossier, const Open& open, bool late)> on_end;

  private:
    Result<std::optional<Open>*> find(const std::string& dossier);
    Result<void> watch(const std::string& dossier, Open& open, const Lore& lore, Instant until);
    Result<void> end_tasks(Open& open, const dossiers::events::Change& change, const Lore& lore, Instant at);
    void start_tasks(Open& open, const dossiers::events::Change& change, Instant at);
    void settle(const std::string& dossier, const Open& open, const dossiers::events::Closing& closing);
    void business(const AgencyId& agency, int64_t by);
    void forget(const std::string& dossier);

    Learned& learned_;
    FetchOpen fetch_;
    std::map<std::string, std::optional<Open>> open_;
    std::set<std::string> busy_;
};

}  // namespace hl::forecast
