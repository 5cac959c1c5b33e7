#include "links/portal/schema.h"

#include "links/portal/questions_found.h"

namespace hl::links::portal {

namespace {

// portal_question: a citizen's question as the portal gave it, for good. `content` (who asks, and what), `answer` and
// `note` are sealed with a key of its own, so that erasing that key erases all three. `print`: a keyed fingerprint of
// the content, to see that it was changed there. `agency` empty: it waits for the province's centre. `due_rule` is the
// rule of the mapping by which `due` was counted, as it was then.
// portal_procedure: when the detail of a procedure was last held against ours, and why it could not be.
// portal_procedure_difference: what it found then, field by field; replaced each time.
constexpr std::string_view tables = R"sql(
CREATE TABLE portal_question (
    number {{serial}},
    id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    content {{blob}} NOT NULL,
    print TEXT NOT NULL,
    unit TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    sector TEXT NOT NULL,
    procedure TEXT NOT NULL,
    agency TEXT NOT NULL,
    rule TEXT NOT NULL,
    state BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    assigned_at BIGINT,
    assign_due BIGINT,
    due BIGINT,
    due_rule TEXT NOT NULL,
    note {{blob}},
    answer {{blob}},
    answers BIGINT NOT NULL,
    answered_at BIGINT,
    answered_by TEXT NOT NULL,
    changed BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX portal_question_agency ON portal_question (agency, state, number);
CREATE TABLE portal_procedure (
    procedure TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL,
    compared_at BIGINT,
    problem TEXT NOT NULL,
    differences BIGINT NOT NULL
);
CREATE TABLE portal_procedure_difference (
    procedure TEXT NOT NULL,
    line BIGINT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    ours TEXT NOT NULL,
    theirs TEXT NOT NULL,
    PRIMARY KEY (procedure, line)
);
)sql";

constexpr std::string_view open_order =
    "CREATE INDEX portal_question_open ON portal_question (agency, COALESCE(due, 9007199254740991), number) WHERE "
    "state "
    "< 10;";

// portal_question_erasure: who erased a question's person, when and why; the reason is sealed with a key of its own.
constexpr std::string_view erasures = R"sql(
ALTER TABLE portal_question ADD COLUMN erased_at BIGINT;
CREATE TABLE portal_question_erasure (
    question TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    reason {{blob}} NOT NULL,
    actor TEXT NOT NULL,
    erased_at BIGINT NOT NULL
);
)sql";

// answer_from: the question whose answer this one was written after. The index of words (questions_found.h) holds
// blinded ones of question and answer.
constexpr std::string_view earlier_answers = R"sql(
ALTER TABLE portal_question ADD COLUMN answer_from TEXT NOT NULL DEFAULT '';
CREATE INDEX portal_question_procedure ON portal_question (procedure, state, number);
)sql";

// Pages and counts each have an index in their own order; a question that was asked again stands in a third.
constexpr std::string_view orders = R"sql(
DROP INDEX portal_question_agency;
CREATE INDEX portal_question_over ON portal_question (agency, number) WHERE state >= 10;
CREATE INDEX portal_question_changed ON portal_question (agency) WHERE changed = 1;
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"links/portal", 1, "questions of the national portal, its procedures beside ours", std::string{tables}},
        {"links/portal", 2, "open questions in the order in which they are due", std::string{open_order}},
        {"links/portal", 3, "erasing who asked", std::string{erasures}},
        {"links/portal", 4, "finding an earlier answer", std::string{earlier_answers},
         question_index().migration_sql_sqlite(), question_index().migration_sql_postgres()},
        {"links/portal", 5, "questions of an agency in the order of their pages", std::string{orders}},
    };
    return list;
}

}  // namespace hl::links::portal
