// Figures of the one-stop: received, carried over, in progress, on time and late by the printed promise and by the 766
// index, unknown kept apart, per agency, sector, procedure, month and channel. The tables follow the ledger and can be
// rebuilt from it; overdue open dossiers are counted when asked, as of the instant handed in.
#pragma once
#include "access/access.h"
#include "dossiers/events.h"
#include "store/followers.h"

namespace hl::dossiers {

class DossierStatistics final : public store::Follower {
  public:
    [[nodiscard]] std::string name() const override { return "dossiers.statistics"; }
    [[nodiscard]] int version() const override { return 2; }  // 2: sums over agencies and over procedures
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;
};

/// Months since year 0: year × 12 + month − 1, in the province's zone.
[[nodiscard]] int64_t month_of(Instant t);
[[nodiscard]] int64_t month_of(std::chrono::year_month ym);
[[nodiscard]] std::string month_text(int64_t month);  // "2026-11"

enum class GroupBy { total, agency, sector, procedure, month, channel };
struct StatisticsQuery {
    int64_t from = 0, to = 0;  // months, both included
    AgencyId agency{};         // empty: all
    GroupBy by = GroupBy::total;
};
/// What stands open is known for now and for no month of the past: by month it is unknown, which is not zero.
[[nodiscard]] constexpr bool open_is_known(GroupBy by) {
    return by != GroupBy::month;
}
struct VerdictCounts {
    int64_t on_time = 0, late = 0, unknown = 0;
};
struct StatisticsRow {
    std::string key;  // of the group
    int64_t carried_over = 0, received = 0, moved_in = 0, moved_out = 0;
    int64_t finished = 0;  // by the promise: on_time + late + unknown
    VerdictCounts promise, index;
    int64_t refused = 0, withdrawn = 0, stopped = 0, returned = 0;  // withdrawn: of those received
    int64_t supplements = 0, extensions = 0;
    int64_t minutes = 0;      // working minutes of the finished, waiting subtracted
    int64_t in_progress = 0;  // now, not of the period
    int64_t overdue = 0;      // of these, past the promise as of `as_of`
    int64_t due_unknown = 0;  // of these, without a promise
};
[[nodiscard]] std::vector<StatisticsRow> statistics(store::Reader& reader, const StatisticsQuery& query, Instant as_of);

}  // namespace hl::dossiers
