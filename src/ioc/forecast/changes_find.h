// Asks the indicators for unusual changes of a period and where each comes from. Reads a snapshot; any thread with a
// reader of its own.
#pragma once
#include "ioc/forecast/changes.h"
#include "ioc/forecast/intake.h"
#include "ioc/indicators/figures.h"

namespace hl::forecast {

/// What somebody may see: agencies (nothing = the whole province), and small numbers.
struct Sight {
    std::optional<std::vector<AgencyId>> agencies;
    bool small = false;
};
struct ChangeQuestion {
    ioc::Period period;  // closed
    Sight sight;
    std::string indicator;  // empty: all of dossiers that are counts or shares
    int periods = 12;       // before it
    double false_share = 0.1;
    size_t most = 20;
    Instant now;
};
struct Change {
    const ioc::Indicator* indicator = nullptr;
    AgencyId agency;  // empty: all that may be seen together
    Test test;        // in the indicator's unit
    Amount now;
    std::vector<std::pair<ioc::Dimension, Explanation>> why;  // the dimension that tells most first
};
struct Changes {
    std::optional<int64_t> position;
    int tested = 0, untested = 0;  // series looked at; those with too little to say anything
    std::vector<Change> items;     // the farthest beyond chance first
};
/// Errors: forecast.period (it is not over), and those of ioc::figures.
[[nodiscard]] Result<Changes> find_changes(store::Reader& reader, const ioc::Book& book,
                                           const directory::Calendar& calendar, const ChangeQuestion& question);

/// Arrivals of up to three years, day by day, as the indicator of receptions has them; position of the ledger.
struct ArrivalsAsked {
    Arrivals arrivals;
    std::optional<int64_t> position;
    int64_t suppress_below = 0;
};
[[nodiscard]] Result<ArrivalsAsked> arrivals_of(store::Reader& reader, const ioc::Book& book, const ioc::Where& where,
                                                Instant now);
/// By procedure or agency; busiest first, those with less than one a month left out.
[[nodiscard]] Result<std::vector<std::pair<std::string, Arrivals>>> arrivals_by(
    store::Reader& reader, const ioc::Book& book, const ioc::Where& where, ioc::Dimension by, size_t most, Instant now);

}  // namespace hl::forecast
