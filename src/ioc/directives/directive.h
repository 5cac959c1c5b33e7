// A directive: what a leader wants done, by whom, until when, and how it stands. Values; any thread. The life is a
// table (`after`): every command asks it first, and nothing else changes a state.
#pragma once
#include <vector>

#include "base/json.h"
#include "directory/calendar.h"
#include "ioc/indicators/directive_events.h"

namespace hl::directives {

using State = ioc::directive::State;
using Verdict = ioc::directive::Verdict;

enum class Command {
    acknowledge,
    report,
    add_evidence,
    ask_extension,
    grant_extension,
    refuse_extension,
    hand_in,
    accept,
    send_back,
    reopen,
    withdraw
};
[[nodiscard]] std::string_view to_string(Command c);
[[nodiscard]] const std::vector<Command>& all_commands();
/// The agency's commands; the others are those of who issued it.
[[nodiscard]] bool is_answer(Command c);

/// Where a directive is in its life.
struct Standing {
    State state = State::issued;
    bool extension_asked = false;
    bool operator==(const Standing&) const = default;
};
/// Where the command leads. Errors: directive.wrong_state, directive.extension_pending, directive.no_extension.
[[nodiscard]] Result<Standing> after(Standing now, Command command);

/// A deadline and how it comes about, so that it can be shown.
struct Deadline {
    Instant from, due;
    directory::WorkMinutes work;
    std::string calendar;      // "vn/44@2"
    bool provisional = false;  // a year without its official notice is reached into
    struct Day {
        Date date;
        directory::WorkMinutes worked;
    };
    std::vector<Day> days;  // the first two hundred
};
inline constexpr int64_t most_work_hours = 8 * 250 * 2;  // two years
/// `work` minutes of the calendar from `from` on. Errors: directive.deadline.
[[nodiscard]] Result<Deadline> deadline_in(const directory::Calendar& calendar, Instant from,
                                           directory::WorkMinutes work);
/// An instant that was named; at least one working minute away. Errors: directive.deadline.
[[nodiscard]] Result<Deadline> deadline_at(const directory::Calendar& calendar, Instant from, Instant due);

/// How a directive stands to its deadline: always computed, never stored.
struct Timing {
    bool overdue = false;                        // past, and not handed in
    bool due_soon = false;                       // within eight working hours
    bool unacknowledged = false;                 // for more than eight working hours
    std::optional<directory::WorkMinutes> left;  // of an open one that is not handed in; negative: late by so much
};
inline constexpr directory::WorkMinutes soon = directory::work_hours(8);

/// What made the leader act.
struct Origin {
    std::string rule;  // of the alert; empty: his own decision
    std::string indicator, period;
    AgencyId agency;  // the alert's; empty: the whole province
    std::optional<double> value;
    std::optional<Instant> since;
};

struct Directive {
    int64_t key = 0;
    std::string code;   // "CD-2026-000123"
    SubjectId subject;  // whose key its texts are sealed with
    AgencyId agency;
    UnitId area;
    OfficerId officer;  // empty: the agency as a whole
    AgencyId issuer;
    std::string issued_by;  // actor's label
    std::string title;      // names no people
    Origin origin;
    State state = State::issued;
    Instant issued_at;
    Deadline deadline;  // the one that holds, without its days
    int percent = 0;
    std::optional<Instant> acknowledged_at, handed_in_at, closed_at;
    std::optional<Verdict> verdict;
    struct Asked {
        Instant at;
        directory::WorkMinutes more;
        Instant due;  // what it would become, as computed then
    };
    std::optional<Asked> asked;
    int extensions = 0, reopened = 0;
    int64_t version = 1;
    [[nodiscard]] Standing standing() const { return {state, asked.has_value()}; }
    [[nodiscard]] bool internal() const { return agency == issuer; }
};
[[nodiscard]] Timing timing_of(const Directive& d, const directory::Calendar& calendar, Instant now);

/// One step of its history.
struct Line {
    int64_t number = 0;
    Instant at;
    std::string kind;   // the event's word: "issued", "reported"…
    std::string actor;  // label
    OfficerId officer;
    std::optional<int> percent;
    std::optional<Instant> due;       // when it changed or was asked for
    std::optional<std::string> text;  // nothing: none was written, or the key is erased
};

enum class EvidenceKind { file, figure, dossier };
[[nodiscard]] std::string_view to_string(EvidenceKind k);
struct Evidence {
    std::string id;
    EvidenceKind kind = EvidenceKind::file;
    Instant at;
    std::string actor;
    // Of a file: its type, size, and name (nothing when the key is erased).
    std::string file_kind;
    int64_t bytes = 0;
    std::optional<std::string> name;
    std::string scan;
    FileHash content;
    std::string sealed;
    json::object reference;  // {indicator, period, agency, value, status, position} or {code}
};

}  // namespace hl::directives
