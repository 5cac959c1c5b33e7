// What a dossier is: its states and what each allows (one table, not scattered ifs), its row, its tasks, the people and
// papers in it. The ten national statuses are derived from the finer state by a pure function and stored nowhere.
// Values only; any thread. Instants are UTC, money is đồng.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"
#include "dossiers/clocks.h"
#include "procedures/model.h"

namespace hl::dossiers {

using procedures::Channel;

/// Numbers are stored; below 20 the dossier is open (somebody owes work on it).
enum class State : int {
    filed = 1,                // sent, waiting at the one-stop unit
    received = 2,             // taken in, not yet handed to the competent agency
    processing = 3,           // some step is worked on
    consulting = 4,           // only other bodies' opinions are missing
    signing = 5,              // only a signature is missing
    awaiting_supplement = 6,  // the applicant was asked for papers
    awaiting_payment = 7,     // the applicant owes a financial duty
    finished = 8,             // the result exists and waits to be returned
    refused = 20,             // not taken in
    withdrawn = 21,           // stopped at the applicant's request
    stopped = 22,             // stopped by the agency
    returned = 23,            // the result is with the applicant
};
inline constexpr int first_closed_state = 20;

/// What one may try to do; the state table says in which states.
enum class Command {
    receive,
    refuse,
    transfer,
    claim,
    reassign,
    move_release,
    complete,
    return_step,
    consult,
    opinion,
    report_silence,
    request_supplement,
    answer_supplement,
    charge,
    pay,
    extend,
    withdraw,
    stop,
    record_result,
    deliver,
    rate,
    hand_over,
    add_file,
    withdraw_file,
};

struct StateRow {
    State state;
    std::string_view word;  // on the wire
    std::string_view vi;
    int national;  // 1..10
    std::vector<Command> allows;
};
struct CommandRow {
    Command command;
    std::string_view word;
    std::string_view vi;    // "chuyển hồ sơ"
    std::string_view en;    // "transfer the dossier"
    std::string_view rule;  // instrument and article
};
[[nodiscard]] const std::vector<StateRow>& state_table();
[[nodiscard]] const StateRow& row_of(State state);
[[nodiscard]] const CommandRow& row_of(Command command);
[[nodiscard]] std::string_view to_string(State state);
[[nodiscard]] std::optional<State> state_from(std::string_view word);
[[nodiscard]] inline bool is_open(State state) {
    return static_cast<int>(state) < first_closed_state;
}
/// Error dossier.wrong_state, with the rule and what can be done instead.
[[nodiscard]] Result<void> allow(State state, Command command);

/// 1 Mới đăng ký … 10 Đã trả kết quả (the codes sent to the national portal).
[[nodiscard]] int national_status(State state);
[[nodiscard]] std::string_view national_name(int status);

/// A dossier's row, without anything personal.
struct Dossier {
    int64_t key = 0;  // grows with time: cursors and the search index go by it
    DossierId id;
    DossierCode code;
    ProcedureCode procedure;
    ReleaseId release;
    AgencyId agency;     // who answers for it now
    AgencyId reception;  // one-stop unit that took it in and returns the result
    AgencyId lead;       // competent agency, decided at filing and again at reception
    UnitId area;         // the place it is about
    Channel channel = Channel::desk;
    State state = State::filed;
    int stage = 0;  // index into the flow's stages
    Instant filed_at;
    std::optional<Instant> received_at, due, finished_at, returned_at;
    bool due_provisional = false;
    std::string calendar;  // label under which `due` was promised
    SubjectId subject;
    int requests = 0;    // supplements asked for
    int extensions = 0;  // times the promise was moved
    int results = 0;
    int64_t unpaid = 0;  // đồng of declared charges
    int tasks = 0;       // numbers given to tasks so far
    int notes = 0;       // numbers given to notes so far
    ClockTape clock;
    int64_t version = 1;

    [[nodiscard]] int national() const { return national_status(state); }
};

enum class TaskState : int { open = 1, done = 2, sent_back = 3, dropped = 4, silent = 5 };
[[nodiscard]] std::string_view to_string(TaskState state);

/// One step in one pair of hands. Addressed to a function and an area; the agency and position are what that resolved
/// to when the task started.
struct Task {
    int number = 0;  // within the dossier
    int stage = 0;
    std::string lane, step;
    procedures::StepKind kind = procedures::StepKind::work;
    std::string function;
    AgencyId agency;
    PositionId position;
    OfficerId officer;  // empty: nobody has taken it
    std::optional<WorkMinutes> planned;
    Instant started;
    std::optional<Instant> due, ended;
    TaskState state = TaskState::open;
    bool required = true;   // the stage waits for it
    bool asked = false;     // a consultation asked for by an officer, beyond the flow
    bool reported = false;  // its silence was reported
    std::string silence;    // consultation: "report" | "agree"
    std::string rule;       // why this agency, in words; kept in the event, not in the row
};

struct Applicant {
    std::string kind = "citizen";  // citizen | business | agency | other
    std::string name;
    std::string id_kind;  // personal_id | old_id | passport | tax_code | other
    std::string id_number;
    std::string phone, email, address;
    struct Representative {
        std::string name, id_number, phone, email, authority;
    };
    std::optional<Representative> representative;
};
/// The personal part of a dossier; at rest it is one sealed text.
struct Person {
    Applicant applicant;
    std::string summary;   // what is asked for, in the applicant's words
    json::object answers;  // by stable field id
};
[[nodiscard]] json::object to_json(const Person& person);
[[nodiscard]] Person person_from_json(const json::value& value);
[[nodiscard]] json::object to_json(const Applicant& applicant);

/// A paper handed in. The flags are those the 766 index asks for (4.2–4.5).
struct Component {
    std::string id;
    int originals = 0, copies = 0;
    bool digitised = false;      // scanned or electronic
    bool reused = false;         // taken from data handed in earlier
    bool from_national = false;  // from the national store or a national database
};
struct Charge {
    std::string id, name, kind;     // kind: fee | charge | duty
    std::optional<int64_t> amount;  // nothing: not known yet
    std::string basis;
    std::optional<Instant> paid_at;
    std::string method;   // cash | transfer | online
    std::string receipt;  // number of the receipt or transaction
};
enum class Outcome { granted, declined };
[[nodiscard]] std::string_view to_string(Outcome outcome);
struct ResultPaper {
    std::string kind;  // id in the card's list; empty: other
    std::string number;
    Outcome outcome = Outcome::granted;
    std::string signature;  // digital | ink
    FileHash file;
    Instant at;
};
/// The parts of a dossier that its queues do not need.
struct Detail {
    std::vector<Component> components;
    std::vector<Charge> charges;
    std::vector<ResultPaper> results;
};
[[nodiscard]] json::array to_json(const std::vector<Component>& list);
[[nodiscard]] json::array to_json(const std::vector<Charge>& list);
[[nodiscard]] json::array to_json(const std::vector<ResultPaper>& list);
[[nodiscard]] std::vector<Component> components_from_json(const json::value& value);
[[nodiscard]] std::vector<Charge> charges_from_json(const json::value& value);
[[nodiscard]] std::vector<ResultPaper> results_from_json(const json::value& value);

/// Papers written on the way: what officers typed may name people, so the content is sealed like the applicant.
enum class NoteKind : int {
    refusal = 3,     // form 03
    supplement = 2,  // form 02
    extension = 4,   // form 04
    stop = 5,        // form 05
    sent_back = 10,
    question = 11,
    opinion = 12,
    delivery = 13,
    rating = 14,
    step = 15,
    answer = 16,
    charge = 17,
    reassign = 18,
};
[[nodiscard]] std::string_view to_string(NoteKind kind);
struct Note {
    int number = 0;
    NoteKind kind = NoteKind::step;
    int task = 0;  // 0: of the dossier as a whole
    OfficerId officer;
    Instant at;
    json::object content;
};

}  // namespace hl::dossiers
