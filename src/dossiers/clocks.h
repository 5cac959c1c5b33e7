// The legal clocks of a dossier: pure functions of a tape of acts (start, pause, resume, restart, extend, stop) and one
// calendar version. Two clocks read the same tape: the promise printed on form 01 starts again when a supplement is
// complete (Decree 61/2018/NĐ-CP Art 19), the index of Decision 766/QĐ-TTg subtracts the waiting; every participating
// body has its own. An unverified legal time gives no due date, never zero. No clock is read here; any thread.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "directory/calendar.h"
#include "procedures/model.h"

namespace hl::dossiers {

using directory::Calendar;
using directory::WorkMinutes;
using procedures::ClockRules;
using procedures::LegalTime;

enum class ClockAct { start, pause, resume, restart, extend, stop };
enum class PauseReason { none, supplement, payment };
[[nodiscard]] std::string_view to_string(PauseReason reason);

struct ClockEvent {
    Instant at;
    ClockAct act = ClockAct::start;
    PauseReason reason = PauseReason::none;  // pause only
    std::optional<Instant> due{};            // extend only: the new promise
    bool operator==(const ClockEvent&) const = default;
};
struct ClockTape {
    std::optional<LegalTime> limit;  // nothing: the legal time could not be verified
    std::vector<ClockEvent> acts;    // in order of time
    bool operator==(const ClockTape&) const = default;
    [[nodiscard]] bool started() const { return !acts.empty(); }
    [[nodiscard]] bool paused() const;
    [[nodiscard]] bool stopped() const;
};
/// Compact text for the dossier's row and for events: {"a":[[ms,"s"],[ms,"p","supplement"],…],"l":[15,"working_days"]}.
[[nodiscard]] json::array to_json(const std::vector<ClockEvent>& acts);
[[nodiscard]] json::object to_json(const ClockTape& tape);
[[nodiscard]] Result<ClockTape> tape_from_json(const json::value& value);
[[nodiscard]] Result<std::vector<ClockEvent>> acts_from_json(const json::value& value);

/// When a period that begins with the reception at `received` ends. Received after 15:00 (rules.cutoff_minute), hours
/// and same-day results count from the next working day; a period in days never counts the day of receipt
/// (Civil Code 2015 Art 147.2), and one in calendar days moves off days off (Art 148.5).
[[nodiscard]] directory::Due deadline(Instant received, const LegalTime& limit, const ClockRules& rules,
                                      const Calendar& calendar);
/// The minute from which hours are counted.
[[nodiscard]] Instant counting_from(Instant received, const ClockRules& rules, const Calendar& calendar);
/// Same day, or the beginning of the next working day when received after 15:00 (Decree 61/2018 Art 18).
[[nodiscard]] Instant transfer_due(Instant received, const ClockRules& rules, const Calendar& calendar);
/// The last instant at which a supplement may be asked for; nothing when the rules set no limit (Decree 61/2018 Art
/// 19).
[[nodiscard]] std::optional<directory::Due> supplement_until(Instant received, const ClockRules& rules,
                                                             const Calendar& calendar);
/// The last instant at which an apology may announce a new date (Decree 61/2018 Art 19).
[[nodiscard]] Instant apology_until(Instant due, const ClockRules& rules, const Calendar& calendar);

enum class ClockState { not_started, running, paused, stopped };
[[nodiscard]] std::string_view to_string(ClockState state);

struct ClockReading {
    ClockState state = ClockState::not_started;
    PauseReason reason = PauseReason::none;
    WorkMinutes elapsed;
    std::optional<WorkMinutes> remaining;  // negative when overdue; nothing when there is no due date
    std::optional<Instant> due;
    bool provisional = false;
    std::string calendar;                 // label
    std::vector<std::string> arithmetic;  // Vietnamese, one line a step
};
[[nodiscard]] ClockReading promise_clock(const ClockTape& tape, const ClockRules& rules, const Calendar& calendar,
                                         Instant as_of);
[[nodiscard]] ClockReading index_clock(const ClockTape& tape, const ClockRules& rules, const Calendar& calendar,
                                       Instant as_of);
/// A participating body's clock: its planned minutes from the hand-over, less the dossier's pauses.
[[nodiscard]] ClockReading lane_clock(Instant started, std::optional<WorkMinutes> planned, std::optional<Instant> ended,
                                      const ClockTape& tape, const Calendar& calendar, Instant as_of);

enum class Verdict { on_time, late, unknown };
[[nodiscard]] std::string_view to_string(Verdict verdict);
struct Judgement {
    Verdict verdict = Verdict::unknown;
    std::string why;  // Vietnamese
};
/// Did the dossier keep its printed promise at `end` (its finish, or the end of a reporting period).
[[nodiscard]] Judgement judge_promise(std::optional<Instant> promised, Instant end);
/// Index 766 §2.1: more than one supplement request is overdue; the waiting is subtracted; without a promise the
/// duration is held against the procedure's time; without that, unknown.
[[nodiscard]] Judgement judge_index(const ClockTape& tape, const ClockRules& rules, const Calendar& calendar,
                                    Instant end);

}  // namespace hl::dossiers
