// The index as JSON and CSV, the same for the command line and for HTTP. Pure; any thread.
#pragma once
#include "directory/directory.h"
#include "ioc/index766/compare.h"
#include "ioc/index766/index.h"

namespace hl::index766 {

/// What every answer says of itself.
struct Asked {
    const RuleSet& rules;
    const directory::Directory& organisation;
    Period period;
    AgencyId agency;  // empty: the province
    Instant now;
    std::optional<int64_t> position;  // events of the ledger that the tables hold
};
[[nodiscard]] json::object view(const Asked& asked, const IndexScore& score);
[[nodiscard]] json::object view_agencies(const Asked& asked, const std::map<std::string, Counts>& counts);
/// `gains`: what mending one dossier of the criterion brings its agency in the period.
[[nodiscard]] json::object view(const Asked& asked, const DossierQuery& query, const DossierLines& lines,
                                const std::map<std::string, Points>& gains);
[[nodiscard]] json::object view(const Asked& asked, const Explanation& explanation, const IndexScore& of_agency);
[[nodiscard]] json::object view(const Asked& asked, const std::vector<Difference>& differences);
[[nodiscard]] json::object view(const RuleBook& book);

[[nodiscard]] std::string csv(const Asked& asked, const IndexScore& score);
[[nodiscard]] std::string csv_agencies(const Asked& asked, const std::map<std::string, Counts>& counts);
[[nodiscard]] std::string csv(const Asked& asked, const DossierLines& lines,
                              const std::map<std::string, Points>& gains);

[[nodiscard]] std::string agency_name(const directory::Directory& organisation, const AgencyId& agency, Instant now);

}  // namespace hl::index766
