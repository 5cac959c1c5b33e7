// The company's lane on each dossier: from the ledger, with the company's own word of when it finished. Whether it is
// late is judged by that word, not by when this program learned of it; and the lateness is the company's, not that of
// the agencies beside it.
#pragma once
#include "dossiers/dossier.h"
#include "store/followers.h"

namespace hl::power {

struct Lane {
    DossierId dossier;
    DossierCode code;
    int task = 0;
    AgencyId agency;
    Instant started_at;
    std::optional<Instant> due;
    std::string word;  // the company's last
    std::optional<Instant> moved_at, finished_at, ended_at;
    std::string ended_as;  // done, dropped…; empty: open
};
enum class LaneJudgement { running, late_running, in_time, late, dropped, unknown };
[[nodiscard]] std::string_view to_string(LaneJudgement judgement);
/// `unknown`: it has no due date.
[[nodiscard]] LaneJudgement judge(const Lane& lane, Instant now);

class LaneFollower final : public store::Follower {
  public:
    /// `agency`: the company; asked when events come, since the mapping may change.
    explicit LaneFollower(std::function<Result<std::string>(store::Reader&)> agency) : agency_(std::move(agency)) {}
    [[nodiscard]] std::string name() const override { return "links.power.lanes"; }
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;

  private:
    std::function<Result<std::string>(store::Reader&)> agency_;
};

/// Newest first; `before`: started before it.
[[nodiscard]] std::vector<Lane> lanes(store::Reader& reader, Instant before, int limit);
[[nodiscard]] std::vector<Lane> lanes_of(store::Reader& reader, std::string_view code);

struct LaneCounts {
    int64_t running = 0, late_running = 0, in_time = 0, late = 0, dropped = 0, unknown = 0;
};
[[nodiscard]] LaneCounts count_lanes(store::Reader& reader, Instant from, Instant until, Instant now);

}  // namespace hl::power
