// One dossier as the index sees it, folded from its events, and what it counts for in each month. A pure function of
// the events in the order of the ledger, of the releases' clock rules and of the calendars: the follower, the check and
// the explanations all use this one. Any thread.
#pragma once
#include <map>

#include "directory/commands.h"
#include "dossiers/events.h"
#include "ioc/index766/outcomes.h"
#include "procedures/catalogue.h"

namespace hl::index766 {

/// Months since year 0, as dossiers/statistics.h has them.
[[nodiscard]] Instant end_of_month(int64_t month);                // the first instant of the next one
[[nodiscard]] Result<int64_t> month_from(std::string_view text);  // "2026-11"; errors: query.month

/// Clock rules and calendars that judging needs. Cheap to copy.
struct Lore {
    std::shared_ptr<const procedures::Catalogue> catalogue;
    std::shared_ptr<const directory::Calendars> calendars;
    [[nodiscard]] static Result<Lore> load(store::Reader& reader);
    [[nodiscard]] procedures::ClockRules rules(const ReleaseId& release) const;
    [[nodiscard]] std::shared_ptr<const directory::Calendar> calendar(std::string_view label,
                                                                      const AgencyId& agency) const;
    [[nodiscard]] bool knows(const ReleaseId& release, std::string_view label) const;
};

struct Paper {
    std::string id;
    bool digitised = false, reused = false, national = false;
    bool operator==(const Paper&) const = default;
};
struct Fee {
    std::string id;
    std::optional<int64_t> amount;
    std::string method;  // empty: not paid
    bool operator==(const Fee&) const = default;
};
/// A step that took longer than planned; open ones have no end yet.
struct StepTime {
    int number = 0;
    std::string step;
    AgencyId agency;
    std::optional<Instant> due, ended;
    bool operator==(const StepTime&) const = default;
};

struct Facts {
    DossierCode code;
    AgencyId agency;  // the competent one, by the newest event: a reorganisation restates
    AgencyId reception;
    ProcedureCode procedure;
    ReleaseId release;
    procedures::Channel channel = procedures::Channel::desk;
    dossiers::State state = dossiers::State::filed;
    std::optional<Instant> received_at, ended_at;
    dossiers::ClockTape clock;
    std::string calendar;      // of the promise
    int earlier_requests = 0;  // supplement requests that another system made
    bool imported = false;     // papers and charges of the other system are not known
    std::vector<Paper> papers;
    std::vector<Fee> fees;
    bool result = false, electronic = false;
    int rating = 0;                 // 1–5
    std::map<int, StepTime> steps;  // open ones, and those that ended after their due
    int64_t seen = 0;               // the month of the newest event
    int64_t version = 0;            // of the dossier
    bool operator==(const Facts&) const = default;
};
[[nodiscard]] json::object to_json(const Facts& facts);
[[nodiscard]] Result<Facts> facts_from_json(const json::value& value);

/// Adds one event of the dossier's. Errors: event.damaged.
[[nodiscard]] Result<void> take(Facts& facts, const store::StoredEvent& event);

/// How the index's clock stands at the end of a period, or at the dossier's end when that came before.
struct Timing {
    char letter = no_outcome;
    std::optional<Instant> due;
    Instant end;                  // what is held against `due`
    directory::WorkMinutes late;  // working time from due to end
    int64_t requests = 0;
    bool waiting = false;  // unfinished, and the applicant has to answer: judged at the request
};
[[nodiscard]] Timing timing_at(const Facts& facts, const Lore& lore, Instant period_end);

/// From which instant an unfinished dossier is late as long as nothing happens; what of it a query at a later moment
/// needs. Nothing: never.
struct Outlook {
    char letter = no_outcome;  // w: in time until `late_from`; t, v: for good
    std::optional<Instant> late_from;
};
[[nodiscard]] Outlook outlook(const Facts& facts, const Lore& lore);

/// What the dossier counts for, by month. Timing of an unfinished dossier stands for the months before the one of its
/// newest event; from that month on `outlook` says.
[[nodiscard]] std::map<int64_t, Outcomes> outcomes_by_month(const Facts& facts, const Lore& lore);

}  // namespace hl::index766
