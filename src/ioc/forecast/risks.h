// Questions to the forecast: which open dossiers are likely to miss their promise, at which step and why; by agency;
// one dossier; how well what was said came true. Reads a snapshot; any thread with a reader of its own.
#pragma once
#include "ioc/forecast/outlook.h"
#include "store/db.h"

namespace hl::forecast {

/// Whose dossiers; an empty member is no limit.
struct Scope {
    std::optional<std::vector<AgencyId>> agencies;  // nothing: all
    std::string procedure;
    [[nodiscard]] bool covers(const Open& open) const;
};
struct Risk {
    std::string dossier;
    Open open;
    Outlook outlook;
};
/// All open dossiers of a scope at one moment, the likeliest to be late first: those that are late already, then by
/// probability, then by the time left, then by code; those of which nothing can be said come last.
struct Board {
    std::optional<int64_t> position;  // of the ledger; nothing while the forecast is being made anew
    Instant as_of;
    bool calibrated = false;
    std::vector<Risk> items;
};
/// Errors: forecast.damaged.
[[nodiscard]] Result<Board> board(store::Reader& reader, const Lore& lore, const Scope& scope, Instant now);
/// One dossier by its code; nothing when it is not open (or not known yet). Errors: forecast.damaged.
[[nodiscard]] Result<std::optional<Risk>> risk_of(store::Reader& reader, const Lore& lore, const DossierCode& code,
                                                  Instant now);

struct AgencySummary {
    AgencyId agency;
    int64_t open = 0, late = 0, unknown = 0, waiting = 0;
    int64_t likely = 0, possible = 0;  // at least one half; at least one fifth
    double expected = 0;               // sum of the probabilities: how many will come late
};
[[nodiscard]] std::vector<AgencySummary> by_agency(const Board& board);

struct CalibrationView {
    Calibration calibration;
    std::optional<int64_t> position;
    int64_t steps = 0;  // durations learned from, this year and the last
};
[[nodiscard]] Result<CalibrationView> calibration_of(store::Reader& reader, Instant now);

/// Why, in a sentence of numbers: which step, how long it usually takes, how long it has taken, what is left.
struct Sentence {
    std::string vi, en;
};
[[nodiscard]] Sentence reason(const Outlook& outlook);

}  // namespace hl::forecast
