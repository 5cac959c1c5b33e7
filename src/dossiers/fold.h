// A dossier's state from its events alone: what the ledger says, to hold against what is stored. The same fold serves
// checks, followers and whoever audits a dossier. Pure; any thread.
#pragma once
#include "dossiers/events.h"

namespace hl::dossiers {

struct Folded {
    DossierCode code;
    events::Description dossier;
    State state = State::filed;
    AgencyId agency;
    std::optional<Instant> due;
    std::string calendar;
    std::optional<LegalTime> limit;
    ClockTape clock;
    struct OpenTask {
        std::string step;
        AgencyId agency;
        OfficerId officer;
        std::optional<Instant> due;
        bool operator==(const OpenTask&) const = default;
    };
    std::map<int, OpenTask> tasks;  // open ones by number
    int requests = 0, extensions = 0, results = 0;
    int64_t version = 0;
    int events = 0;
};
/// Errors: event.damaged, fold.gap (versions do not follow one another), fold.states (an event does not begin where the
/// one before ended).
[[nodiscard]] Result<Folded> fold(std::span<const store::StoredEvent> events);
/// In words, every difference between the ledger and what is stored; empty when they agree.
[[nodiscard]] std::vector<std::string> differences(const Folded& folded, const Dossier& stored,
                                                   const std::vector<Task>& open_tasks);

}  // namespace hl::dossiers
