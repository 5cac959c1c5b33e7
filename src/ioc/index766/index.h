// Questions to the index: counts of a period for the province, an agency or all agencies; the dossiers behind a
// criterion, with the reason of each; one dossier explained. Runs on any thread with its own Reader.
#pragma once
#include "ioc/index766/facts.h"
#include "ioc/index766/score.h"

namespace hl::index766 {

/// Whole months, both included. Unfinished dossiers are judged at its end, or now when that is still to come.
struct Period {
    int64_t from = 0, to = 0;
    std::string text;  // "2026-11", "2026-Q4", "2026"
    bool operator==(const Period&) const = default;
};
/// Errors: query.period.
[[nodiscard]] Result<Period> period_from(std::string_view text);
[[nodiscard]] Period month_period(int64_t month);
struct PeriodEnd {
    Instant at;
    bool provisional = false;  // the period has not ended
};
[[nodiscard]] PeriodEnd end_of(const Period& period, Instant now);

/// Of the province when `agency` is empty.
[[nodiscard]] Counts counts_of(store::Reader& reader, const AgencyId& agency, const Period& period, Instant now);
[[nodiscard]] std::map<std::string, Counts> counts_by_agency(store::Reader& reader, const Period& period, Instant now);

struct Reason {
    std::string vi, en;
    std::optional<int64_t> minutes;  // working minutes overdue
};
[[nodiscard]] Reason reason_of(const Facts& facts, const Lore& lore, Fact fact, char letter, Instant period_end);

struct DossierQuery {
    AgencyId agency;  // empty: the province
    Period period;
    std::string criterion;
    Verdict verdict = Verdict::lost;
    bool mendable = false;  // only what can still be mended
    std::string cursor;
    int limit = 50;
};
struct DossierLine {
    std::string dossier;
    Facts facts;
    Fact fact = Fact::timing;  // of which `letter` is
    char letter = no_outcome;
    bool mendable = false;
    Reason reason;
};
struct DossierLines {
    std::vector<DossierLine> items;
    std::string next;  // cursor of the next page; empty at the end
};
/// Errors: index766.criterion, index766.no_source.
[[nodiscard]] Result<DossierLines> dossiers_of(store::Reader& reader, const RuleSet& rules, const Lore& lore,
                                               const DossierQuery& query, Instant now);

/// What one dossier counts for in a period, criterion by criterion.
struct Explained {
    const Criterion* criterion = nullptr;
    std::optional<Verdict> verdict;  // nothing: it does not count here in this period
    char letter = no_outcome;
    Reason reason;
    bool mendable = false;
};
struct Explanation {
    Facts facts;
    std::vector<Explained> criteria;  // those with a source of data
};
/// Errors: dossier.not_found.
[[nodiscard]] Result<Facts> facts_of(store::Reader& reader, std::string_view code);
[[nodiscard]] Explanation explain(const Facts& facts, const RuleSet& rules, const Lore& lore, const Period& period,
                                  Instant now);

}  // namespace hl::index766
