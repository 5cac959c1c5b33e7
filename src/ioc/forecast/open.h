// An open dossier as the forecast sees it, folded from its events: its promise, its open steps, how its earlier steps
// went, and what was said of it so far. No person is in it. Values; any thread.
#pragma once
#include <map>

#include "directory/commands.h"
#include "dossiers/events.h"
#include "ioc/forecast/learned.h"
#include "procedures/catalogue.h"

namespace hl::forecast {

/// Flows, clock rules and calendars. Cheap to copy.
struct Lore {
    std::shared_ptr<const procedures::Catalogue> catalogue;
    std::shared_ptr<const directory::Calendars> calendars;
    [[nodiscard]] static Result<Lore> load(store::Reader& reader);
    /// Nothing when it was never published here.
    [[nodiscard]] procedures::ReleasePtr release(const ReleaseId& id) const;
    /// The one that the promise was printed under, so that a later one changes nothing of what was learned; without
    /// it the agency's. Null when no calendar was ever applied.
    [[nodiscard]] std::shared_ptr<const directory::Calendar> calendar(std::string_view label,
                                                                      const AgencyId& agency) const;
    [[nodiscard]] bool knows(const ReleaseId& release, std::string_view label) const;
};

struct OpenTask {
    int stage = 0;
    std::string lane, step, function;
    AgencyId agency;
    std::optional<int64_t> planned;  // working minutes
    Instant started;
    Pace pace = Pace::unknown;  // of the dossier when it started
    Load load = Load::usual;    // of the agency when it started
    bool asked = false;         // an opinion asked for beyond the flow
    [[nodiscard]] int64_t scale() const;
    bool operator==(const OpenTask&) const = default;
};
/// A step without a plan is measured in working days.
inline constexpr int64_t unplanned_scale = 480;

struct Open {
    DossierCode code;
    AgencyId agency, lead;  // who answers for it now; the competent one
    ProcedureCode procedure;
    ReleaseId release;
    dossiers::State state = dossiers::State::filed;
    dossiers::ClockTape clock;
    std::string calendar;  // of the promise
    std::optional<Instant> due;
    std::map<int, OpenTask> tasks;               // by number
    int64_t ended_minutes = 0, ended_usual = 0;  // of the ended steps, and what such steps usually took by then
    /// Days on which something was said: by twentieth of the probability, days and sum of millionths.
    std::map<int, std::pair<int64_t, int64_t>> said;
    Instant last;  // of the newest event
    bool operator==(const Open&) const = default;

    [[nodiscard]] Pace pace() const { return pace_of(ended_minutes, ended_usual); }
    /// The moment of the running pause.
    [[nodiscard]] std::optional<dossiers::ClockEvent> pause() const;
};
[[nodiscard]] json::object to_json(const Open& open);
/// Errors: forecast.damaged.
[[nodiscard]] Result<Open> open_from_json(const json::value& value);
[[nodiscard]] Error damaged();

/// Working minutes an ended or running step took by `at`, pauses of the dossier's clock left out.
[[nodiscard]] int64_t minutes_of(const OpenTask& task, const Open& open, const Lore& lore, Instant at);

}  // namespace hl::forecast
