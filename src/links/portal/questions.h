// Citizens' questions that the national portal hands to our agencies: a row and an event each, assigned by the unit's
// code where the mapping says so and by the province's centre otherwise, answered by an officer, and told to the portal
// through the outbox. What a citizen wrote and what he is answered is sealed with a key of the question's own.
// Commands run in the caller's transaction, each appends one event; any thread.
#pragma once
#include "access/access.h"
#include "base/json.h"
#include "dossiers/context.h"
#include "links/connector/mapping.h"

namespace hl::links::portal {

/// The part `questions` of the mapping.
struct QuestionRules {
    AgencyId centre;                           // who gives out what no rule gives to anybody
    std::map<std::string, std::string> units;  // the portal's unit code → our agency
    bool by_agency_code = false;               // a code of the directory's names its agency
    std::set<std::string> skip_states;         // TRANGTHAI of questions that are none yet
    struct Deadline {
        std::string what;  // "answer", "assign"
        Date from;
        std::optional<Date> to;
        int working_days = 0;
        std::string basis;
        bool verified = false;
    };
    std::vector<Deadline> deadlines;
    [[nodiscard]] const Deadline* deadline(std::string_view what, Date day) const;
};
/// Nothing when the mapping has no such part: questions are not fetched then.
[[nodiscard]] std::optional<QuestionRules> read_question_rules(const connector::MappingFile& file,
                                                               std::vector<Error>& errors);

/// One question as the portal lists it.
struct AskedThere {
    std::string id, unit, unit_name, sector, procedure;
    std::string name, email, phone, address, text;
    bool answered = false;  // there, by whomever
};
struct ListedThere {
    std::vector<AskedThere> items;
    json::array unreadable;  // {"at": 3, "field": "NOIDUNG"}
};
/// The result of LayDanhSachHoiDap…; what has no id, no unit or no text is told by its place.
[[nodiscard]] ListedThere read_questions(const json::value& result, const QuestionRules& rules);
/// The newest answer in a result of LayNoiDungTraLoiTheoCauHoi; empty: there is none. Error portal.answer.
[[nodiscard]] Result<std::string> read_answer_there(const json::value& result);

enum class QuestionState : int {
    waiting = 1,          // for the province's centre
    assigned = 2,         // to an agency
    answered = 10,        // here; the outbox tells the portal
    answered_there = 11,  // at the portal, by somebody else
    erased = 12,          // who asked was erased before anybody answered
};
[[nodiscard]] std::string_view to_string(QuestionState state);
[[nodiscard]] std::optional<QuestionState> question_state_from(std::string_view word);

struct Question {
    int64_t number = 0;
    std::string id;
    SubjectId subject;
    std::string print, unit, unit_name, sector, procedure;
    AgencyId agency;   // empty: waits for the centre
    std::string rule;  // mapping, agency_code, officer; why it waits: unit_unknown, no_unit_live
    QuestionState state = QuestionState::waiting;
    Instant received_at;
    std::optional<Instant> assigned_at, assign_due, due;
    json::object due_rule;  // {"working_days", "basis", "verified"}
    int answers = 0;        // how often it was answered: 1, then corrections
    std::optional<Instant> answered_at;
    OfficerId answered_by;
    std::string answer_from;           // the question whose answer this one was written after
    bool changed = false;              // the portal gave another text after it was answered
    std::optional<Instant> erased_at;  // what was asked and answered is gone
    int64_t version = 1;
};
/// What a citizen wrote, opened.
struct Contents {
    std::string name, email, phone, address, text;
};

inline constexpr std::string_view question_key = "cau-hoi/";  // before the portal's id in the outbox
[[nodiscard]] std::string stream_of_question(std::string_view id);

/// Errors: question.unknown.
[[nodiscard]] Result<Question> load_question(store::Reader& reader, std::string_view id);
/// Errors: subject.erased.
[[nodiscard]] Result<Contents> contents_of(store::Reader& reader, store::Vault& vault, const Question& q);
/// The answer that stands; empty: none. Errors: subject.erased.
[[nodiscard]] Result<std::string> answer_of(store::Reader& reader, store::Vault& vault, const Question& q);
/// What whoever gave it back wrote; empty: nothing. Errors: subject.erased.
[[nodiscard]] Result<std::string> note_of(store::Reader& reader, store::Vault& vault, const Question& q);

struct QuestionQuery {
    AgencyId agency;       // empty: those that wait for the centre
    bool open = true;      // waiting or assigned; false: the others
    std::string cursor{};  // the `next` of the page before
    int limit = 50;
};
struct QuestionPage {
    std::vector<Question> items;
    std::string next;  // empty: this is the end
};
/// Open ones by due date, without one last; the others newest first. A page goes on behind the last one that was shown,
/// whatever was answered meanwhile. Errors: cursor.invalid.
[[nodiscard]] Result<QuestionPage> find_questions(store::Reader& reader, const QuestionQuery& query);
/// Of all, not of a page.
struct QuestionCounts {
    int64_t open = 0, over = 0, overdue = 0, changed = 0;  // overdue: of the open ones; changed: of the others
};
/// The empty agency: those that wait for the centre.
[[nodiscard]] QuestionCounts count_questions(store::Reader& reader, const AgencyId& agency, Instant now);

enum class Taken { fresh, known, changed, answered_there, nothing };
/// What the portal lists becomes a row and an event; what is known is looked at again. Errors: of the store.
[[nodiscard]] Result<Taken> take_question(store::Transaction& tx, const dossiers::Context& ctx,
                                          const QuestionRules& rules, const AskedThere& asked, Instant now);

/// May the actor read and answer questions of this agency. Errors: access.*.
[[nodiscard]] Result<void> may_answer(const access::Actor& actor, const AgencyId& agency, Instant now);
/// May he give out what waits for the centre. Errors: access.*.
[[nodiscard]] Result<void> may_assign(const access::Actor& actor, const QuestionRules& rules, Instant now);

struct Assignment {
    AgencyId agency;   // empty: back to the centre, with a note
    std::string note;  // why; sealed
    std::optional<int64_t> version{};
};
/// Errors: question.unknown, question.changed (another version), question.over, question.agency,
/// question.note_required, question.erased, access.*.
[[nodiscard]] Result<Question> assign_question(store::Transaction& tx, const dossiers::Context& ctx,
                                               const access::Actor& actor, const QuestionRules& rules,
                                               std::string_view id, const Assignment& assignment, Instant now);
struct Answering {
    std::string text;
    std::string from{};  // an earlier question whose answer this text comes from
    std::optional<int64_t> version{};
};
/// The first answer, or a correction of the one that stands. Errors: question.unknown, question.changed, question.over,
/// question.unassigned, question.text, question.same, question.no_officer, question.erased, question.from,
/// subject.erased, access.*.
[[nodiscard]] Result<Question> answer_question(store::Transaction& tx, const dossiers::Context& ctx,
                                               const access::Actor& actor, std::string_view id,
                                               const Answering& answering, Instant now);

/// Who may erase a person from a question: whoever looks after the partners. Errors: access.*.
[[nodiscard]] Result<void> may_erase(const access::Actor& actor, Instant now);

struct Erasing {
    std::string reason;   // why; sealed with a key of its own
    bool unsent = false;  // also when the answer has not reached the portal yet, which it then never will
    std::optional<int64_t> version{};
};
/// Destroys the key of the question: text, answer and note are gone everywhere, here and in the connector's tables. The
/// row and its events stay, and are counted as before; an open one ends as `erased`. For good.
/// Errors: question.unknown, question.changed, question.reason, question.erased (already), question.unsent, access.*.
[[nodiscard]] Result<Question> erase_question(store::Transaction& tx, store::Vault& vault, const access::Actor& actor,
                                              std::string_view id, const Erasing& erasing, Instant now);
struct Erasure {
    Instant at;
    std::string actor, reason;
};
/// Nothing when nobody erased it by that command.
[[nodiscard]] Result<std::optional<Erasure>> erasure_of(store::Reader& reader, store::Vault& vault,
                                                        std::string_view id);

}  // namespace hl::links::portal
