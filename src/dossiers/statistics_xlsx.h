// Figures of a period as a workbook for officials: named groups, Vietnamese headings, numbers that can be counted with.
// What is not known is an empty cell, never 0, and only what may be added up has a sum. Pure but for the names, which
// come from the snapshots handed in; any thread. Errors: xlsx.write.
#pragma once
#include "dossiers/context.h"
#include "dossiers/statistics.h"

namespace hl::dossiers {

struct StatisticsBook {
    StatisticsQuery query;
    std::string agency;  // name; empty: all
    Instant as_of;
    std::optional<int64_t> position;  // events of the ledger in the figures; nothing: not computed yet
    struct Row {
        std::string name;
        StatisticsRow figures;
    };
    std::vector<Row> rows;
};
/// Gives the groups the names they have at `as_of`.
[[nodiscard]] StatisticsBook statistics_book(const Context& ctx, const StatisticsQuery& query,
                                             std::vector<StatisticsRow> rows, Instant as_of,
                                             std::optional<int64_t> position);
/// The same book gives the same bytes.
[[nodiscard]] Result<std::string> to_xlsx(const StatisticsBook& book);

}  // namespace hl::dossiers
