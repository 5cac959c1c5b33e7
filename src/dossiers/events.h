// What the one-stop tells the ledger: one event for every command, complete enough that a dossier's state, the
// statistics and the 766 index can be computed from events alone (see fold.h). Nothing here names a person: people are
// subject, officer and account ids, and typed texts stay sealed in the dossier's notes. A shape never changes; a new
// one gets a new version. Stream = dossier id. Values; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dossiers/codec.h"
#include "dossiers/dossier.h"
#include "store/ledger.h"

namespace hl::dossiers {

bool from_word(std::string_view word, State& out);
bool from_word(std::string_view word, TaskState& out);
bool from_word(std::string_view word, Verdict& out);
bool from_word(std::string_view word, Outcome& out);
bool from_word(std::string_view word, Channel& out);

namespace events {

struct TaskStarted {
    int number = 0, stage = 0;
    std::string lane, step, function;
    AgencyId agency;
    PositionId position;
    OfficerId officer;
    std::optional<int64_t> planned;  // working minutes
    std::optional<Instant> due;
    bool asked = false;
    std::string rule;  // why this agency, in words
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        v("task", s.number), v("stage", s.stage), v("lane", s.lane), v("step", s.step), v("function", s.function);
        v("agency", s.agency), v("position", s.position), v("officer", s.officer), v("planned", s.planned);
        v("due", s.due), v("asked", s.asked), v("rule", s.rule);
    }
};
struct TaskEnded {
    int number = 0;
    std::string step;
    AgencyId agency;
    TaskState state = TaskState::done;
    std::optional<Instant> started, due;  // so that each body's punctuality can be counted
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        v("task", s.number), v("step", s.step), v("agency", s.agency), v("as", s.state), v("started", s.started);
        v("due", s.due);
    }
};
/// A task in other hands or with another due date.
struct TaskMoved {
    int number = 0;
    AgencyId agency;
    PositionId position;
    OfficerId officer;
    std::optional<Instant> due;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        v("task", s.number), v("agency", s.agency), v("position", s.position), v("officer", s.officer);
        v("due", s.due);
    }
};
/// How the clocks stood when the work ended (finished, refused, withdrawn or stopped).
struct Closing {
    Verdict promise = Verdict::unknown;
    Verdict index = Verdict::unknown;
    std::optional<Instant> index_due;
    int64_t elapsed = 0;  // working minutes of the index clock
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        v("promise", s.promise), v("index", s.index), v("index_due", s.index_due), v("elapsed", s.elapsed);
    }
};

/// What every event says.
struct Change {
    DossierCode code;
    State from = State::filed, to = State::filed;
    int status = 0;              // national, after
    AgencyId agency;             // who answers for the dossier after it
    AgencyId reception, lead;    // the one-stop unit and the competent agency, when this event changed them
    std::optional<Instant> due;  // the promise after it
    std::string calendar;
    OfficerId officer;  // who did it, when an officer
    PositionId position;
    std::vector<ClockEvent> clock;  // acts added to the tape
    std::vector<TaskStarted> started;
    std::vector<TaskEnded> ended;
    std::vector<TaskMoved> moved;
    std::optional<Closing> closing;
    int64_t version = 0;  // of the dossier, after
    template <class Self, class V>
    static void common(Self& s, V& v) {
        v("code", s.code), v("from", s.from), v("to", s.to), v("status", s.status), v("agency", s.agency);
        v("reception", s.reception), v("lead", s.lead), v("due", s.due), v("calendar", s.calendar),
            v("officer", s.officer), v("position", s.position);
        v("clock", s.clock), v("started", s.started), v("ended", s.ended), v("moved", s.moved);
        v("closing", s.closing), v("version", s.version);
    }
};

#define HL_DOSSIER_EVENT(name)                                \
    static constexpr std::string_view type = "dossier." name; \
    static constexpr int shape = 1;

/// The shape of a dossier, told once at its beginning (filed) or when it comes from another system (imported).
struct Description {
    ProcedureCode procedure;
    ReleaseId release;
    std::string sector;
    Channel channel = Channel::desk;
    AgencyId reception, lead;
    UnitId area;
    SubjectId subject;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        v("procedure", s.procedure), v("release", s.release), v("sector", s.sector), v("channel", s.channel);
        v("reception", s.reception), v("lead", s.lead), v("area", s.area), v("subject", s.subject);
    }
};
/// A component's flags, for indicators 4.2–4.5 of Decision 766/QĐ-TTg.
struct ComponentFlags {
    std::string id;
    bool digitised = false, reused = false, national = false;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        v("id", s.id), v("digitised", s.digitised), v("reused", s.reused), v("national", s.national);
    }
};
struct ChargeAmount {
    std::string id, kind;
    std::optional<int64_t> amount;  // đồng; left out when not known
    std::string method;             // of a payment
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        v("id", s.id), v("kind", s.kind), v("amount", s.amount), v("method", s.method);
    }
};

struct Filed : Change {
    HL_DOSSIER_EVENT("filed")
    Description dossier;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("dossier", s.dossier);
    }
};
struct Imported : Change {
    HL_DOSSIER_EVENT("imported")
    Description dossier;
    std::string old_code;
    Instant filed_at;
    std::optional<LegalTime> limit;
    int requests = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("dossier", s.dossier), v("old_code", s.old_code), v("filed_at", s.filed_at);
        v("limit", s.limit), v("requests", s.requests);
    }
};
struct Received : Change {
    HL_DOSSIER_EVENT("received")
    ReleaseId release;  // pinned from here on
    std::optional<LegalTime> limit;
    std::vector<ComponentFlags> components;
    std::vector<ChargeAmount> charges;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("release", s.release), v("limit", s.limit), v("components", s.components);
        v("charges", s.charges);
    }
};
struct Refused : Change {  // form 03
    HL_DOSSIER_EVENT("refused")
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("note", s.note);
    }
};
struct Transferred : Change {
    HL_DOSSIER_EVENT("transferred")
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v);
    }
};
struct Claimed : Change {
    HL_DOSSIER_EVENT("claimed")
    int task = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("task", s.task);
    }
};
struct Reassigned : Change {
    HL_DOSSIER_EVENT("reassigned")
    int task = 0, note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("task", s.task), v("note", s.note);
    }
};
struct StepCompleted : Change {
    HL_DOSSIER_EVENT("step_completed")
    int task = 0;
    std::string step;
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("task", s.task), v("step", s.step), v("note", s.note);
    }
};
struct StepReturned : Change {
    HL_DOSSIER_EVENT("step_returned")
    int task = 0;
    std::string step, to_step;
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("task", s.task), v("step", s.step), v("to_step", s.to_step), v("note", s.note);
    }
};
struct Consulted : Change {
    HL_DOSSIER_EVENT("consulted")
    int task = 0, note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("task", s.task), v("note", s.note);
    }
};
struct OpinionGiven : Change {
    HL_DOSSIER_EVENT("opinion_given")
    int task = 0;
    std::string answer;  // agree | disagree | other
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("task", s.task), v("answer", s.answer), v("note", s.note);
    }
};
/// A consulted body let its deadline pass: told to the head of the one-stop unit (Decree 61/2018 Art 19).
struct SilenceReported : Change {
    HL_DOSSIER_EVENT("silence_reported")
    int task = 0;
    AgencyId silent, told;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("task", s.task), v("silent", s.silent), v("told", s.told);
    }
};
struct SupplementRequested : Change {  // form 02
    HL_DOSSIER_EVENT("supplement_requested")
    int request = 0, items = 0, note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("request", s.request), v("items", s.items), v("note", s.note);
    }
};
struct SupplementAnswered : Change {
    HL_DOSSIER_EVENT("supplement_answered")
    int request = 0, note = 0;
    std::vector<ComponentFlags> components;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("request", s.request), v("note", s.note), v("components", s.components);
    }
};
struct Charged : Change {
    HL_DOSSIER_EVENT("charged")
    std::vector<ChargeAmount> charges;
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("charges", s.charges), v("note", s.note);
    }
};
struct Paid : Change {
    HL_DOSSIER_EVENT("paid")
    std::vector<ChargeAmount> charges;
    int64_t unpaid = 0;  // đồng still owed
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("charges", s.charges), v("unpaid", s.unpaid);
    }
};
struct Extended : Change {  // form 04
    HL_DOSSIER_EVENT("extended")
    Instant old_due, new_due;
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("old_due", s.old_due), v("new_due", s.new_due), v("note", s.note);
    }
};
struct Withdrawn : Change {  // form 05
    HL_DOSSIER_EVENT("withdrawn")
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("note", s.note);
    }
};
struct Stopped : Change {
    HL_DOSSIER_EVENT("stopped")
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("note", s.note);
    }
};
struct ResultRecorded : Change {
    HL_DOSSIER_EVENT("result_recorded")
    int task = 0;
    std::string kind, signature;
    Outcome outcome = Outcome::granted;
    FileHash file;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("task", s.task), v("kind", s.kind), v("signature", s.signature);
        v("outcome", s.outcome), v("file", s.file);
    }
};
struct Delivered : Change {
    HL_DOSSIER_EVENT("delivered")
    std::string method;  // desk | post | electronic
    bool electronic_result = false;
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("method", s.method), v("electronic_result", s.electronic_result), v("note", s.note);
    }
};
struct Rated : Change {
    HL_DOSSIER_EVENT("rated")
    int overall = 0;     // 1–5; left out when the nine were given
    std::string scores;  // nine digits 0–2, in the order of Circular 01/2018/TT-VPCP Art 13
    int note = 0;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("overall", s.overall), v("scores", s.scores), v("note", s.note);
    }
};
/// A reorganisation moved the dossier or some of its tasks.
struct HandedOver : Change {
    HL_DOSSIER_EVENT("handed_over")
    AgencyId from_agency;
    std::string why;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("from_agency", s.from_agency), v("why", s.why);
    }
};
/// A transitional rule moved the dossier to another release of its procedure.
struct ReleaseMoved : Change {
    HL_DOSSIER_EVENT("release_moved")
    ReleaseId from_release, to_release;
    std::string rule;  // id of the transitional rule
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("from_release", s.from_release), v("to_release", s.to_release), v("rule", s.rule);
    }
};
/// A file joined the dossier. Its name and content are sealed elsewhere; `hash` is keyed, so that it proves the content
/// to whoever holds the keys and tells nobody else anything.
struct FileAdded : Change {
    HL_DOSSIER_EVENT("file_added")
    std::string file, role, component, kind;  // kind: word of the file type ("pdf")
    int64_t bytes = 0;
    std::string hash, scan;  // scan: clean | none
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("file", s.file), v("role", s.role), v("component", s.component), v("kind", s.kind);
        v("bytes", s.bytes), v("hash", s.hash), v("scan", s.scan);
    }
};
struct FileWithdrawn : Change {
    HL_DOSSIER_EVENT("file_withdrawn")
    std::string file, hash;
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v), v("file", s.file), v("hash", s.hash);
    }
};
#undef HL_DOSSIER_EVENT

template <class E>
[[nodiscard]] json::object to_json(const E& event) {
    codec::Writer writer;
    E::fields(event, writer);
    return std::move(writer.out);
}
/// Errors: event.damaged.
template <class E>
[[nodiscard]] Result<E> from_json(const json::object& data) {
    E event;
    codec::Reader reader(data);
    E::fields(event, reader);
    if (reader.good) return event;
    return Error{ErrorKind::internal, "event.damaged", "Sự kiện của hồ sơ không đọc được. Hãy chạy kiểm tra sổ cái.",
                 "The dossier's event cannot be read. Run the ledger check."};
}
/// The part that all dossier events share, whatever their type.
[[nodiscard]] Result<Change> change_of(const store::StoredEvent& event);

}  // namespace events
}  // namespace hl::dossiers
