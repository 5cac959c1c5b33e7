// A dossier that is never made: how one release would run from an instant on, with these answers and these outcomes of
// its steps. Who has each step, when it should end, both clocks with their arithmetic. A pure computation over the
// release, the calendars and the organisation; the same clock functions as of real dossiers. Any thread.
#pragma once
#include "dossiers/clocks.h"
#include "dossiers/context.h"
#include "procedures/catalogue.h"

namespace hl::dossiers {

struct TrialOutcome {
    std::optional<WorkMinutes> took;  // worked on the step; nothing: as planned
    /// Asks for a supplement when the step ends; the applicant answers after so much working time, and the step is
    /// done once more.
    std::optional<WorkMinutes> supplement;
};
struct TrialRequest {
    procedures::ReleasePtr release;
    Instant start{};  // received at the counter
    procedures::Answers answers;
    AgencyId reception;                            // empty: as filing chooses
    std::map<std::string, TrialOutcome> outcomes;  // by step id
};
struct TrialStep {
    procedures::Step step;
    int stage = 0;
    std::string lane;
    int round = 1;  // 2: again after a supplement
    directory::Resolution who;
    Instant started{}, ended{};
    std::optional<Instant> due;  // as planned; nothing when the step is not counted or has no hours
    bool late = false;
};
struct TrialWait {
    std::string step;
    PauseReason reason = PauseReason::none;
    Instant from{}, to{};
};
struct Trial {
    procedures::Decision decision;
    std::optional<LegalTime> limit;
    AgencyId reception, agency;
    Instant counted_from{}, transfer_due{};
    std::optional<directory::Due> promised;  // as printed at the counter
    std::optional<directory::Due> supplement_until;
    std::vector<TrialStep> steps;  // by start
    std::vector<TrialWait> waits;
    Instant finished{};
    ClockReading promise, index;
    Judgement promise_verdict, index_verdict;
    std::vector<Error> problems;  // what the answers lack, and what the rules forbid
    std::string calendar;
};
/// Errors: rules.*, dossier.no_competent_agency, filing.reception, directory.*, calendar.unknown, trial.long.
[[nodiscard]] Result<Trial> run_trial(const Context& ctx, const TrialRequest& request);
[[nodiscard]] json::object view(const Trial& trial, const TrialRequest& request, const directory::Directory& directory);
/// "trước 17 giờ 00 thứ Sáu, ngày 27/11/2026".
[[nodiscard]] std::string deadline_in_words(Instant due);
[[nodiscard]] std::string deadline_in_english(Instant due);

}  // namespace hl::dossiers
