// What one dossier's events say that the national portal is told: folded from the ledger up to a position, so that the
// same position gives the same message whenever it is built. Nothing personal; the person is read when the message is
// built. Pure; any thread.
#pragma once
#include "dossiers/events.h"
#include "links/portal/papers.h"

namespace hl::links::portal {

struct Supplement {
    int number = 0, note = 0;
    Instant at;
    OfficerId officer;
    std::optional<Instant> due_before, due_after, answered_at;
};
struct ResultFact {
    std::string kind, signature, file;
    dossiers::Outcome outcome = dossiers::Outcome::granted;
    Instant at;
};
/// One line of progress: an act that ended or began work.
struct Progress {
    Instant at;
    std::string event;  // "transferred", "step_completed"…
    std::string step;
    AgencyId agency;
    OfficerId officer;
    PositionId position;
    dossiers::State state = dossiers::State::filed;
    std::optional<Instant> started, due;  // of the task that ended
};

struct Story {
    DossierCode code;
    dossiers::events::Description dossier;
    dossiers::State state = dossiers::State::filed;
    AgencyId agency, reception, lead;
    ReleaseId release;
    Instant filed_at, changed_at;
    std::optional<Instant> received_at, due, ended_at, refused_at, returned_at;
    bool imported = false;
    bool due_known = true;  // false: it came from another system without a promise
    std::string delivery;   // desk | post | electronic
    std::vector<Supplement> supplements;
    std::vector<dossiers::events::ComponentFlags> components;
    TakenPapers papers;                                   // of the national store, by the component they stand for
    std::vector<dossiers::events::ChargeAmount> charges;  // with the method once paid
    std::vector<ResultFact> results;
    std::vector<Progress> progress;
    int events = 0;
    int64_t version = 0;
};
/// Events of one stream in their order, those after `position` left out. Errors: event.damaged, portal.no_story.
[[nodiscard]] Result<Story> story_of(std::span<const store::StoredEvent> events, int64_t position);

}  // namespace hl::links::portal
