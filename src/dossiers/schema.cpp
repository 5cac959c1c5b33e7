#include "dossiers/schema.h"

namespace hl::dossiers {

const store::SearchIndex& search_index() {
    static const store::SearchIndex index("dossier_search");
    return index;
}

namespace {

// dossier: the hot row, nothing personal in it, kept narrow because every step rewrites it.
// dossier_detail: what queues do not need; `person` is sealed, the *_blind columns allow exact look-up only.
// Queue indexes leave out what is returned, by another column than the one searched: a planner that is told
// "state < 20" beside "state = ?" takes the range and sorts.
// dossier_task.due: 9007199254740991 stands for "no due date known" so that both engines sort such tasks last.
constexpr std::string_view tables = R"sql(
CREATE TABLE dossier (
    key {{serial}},
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    procedure TEXT NOT NULL,
    release TEXT NOT NULL,
    agency TEXT NOT NULL,
    reception TEXT NOT NULL,
    lead TEXT NOT NULL,
    area TEXT NOT NULL,
    channel BIGINT NOT NULL,
    state BIGINT NOT NULL,
    stage BIGINT NOT NULL,
    filed_at BIGINT NOT NULL,
    received_at BIGINT,
    due BIGINT NOT NULL,
    due_provisional BIGINT NOT NULL,
    calendar TEXT NOT NULL,
    finished_at BIGINT,
    returned_at BIGINT,
    subject TEXT NOT NULL,
    requests BIGINT NOT NULL,
    extensions BIGINT NOT NULL,
    results BIGINT NOT NULL,
    unpaid BIGINT NOT NULL,
    tasks BIGINT NOT NULL,
    notes BIGINT NOT NULL,
    clock TEXT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX dossier_id ON dossier (id);
CREATE UNIQUE INDEX dossier_code ON dossier (code);
CREATE INDEX dossier_open ON dossier (agency, state, due, key) WHERE returned_at IS NULL;
CREATE INDEX dossier_open_reception ON dossier (reception, state, due, key) WHERE returned_at IS NULL;
CREATE INDEX dossier_agency ON dossier (agency, key);
CREATE INDEX dossier_subject ON dossier (subject, key);
CREATE TABLE dossier_old_code (
    code TEXT PRIMARY KEY,
    dossier BIGINT NOT NULL
);
CREATE INDEX dossier_old_code_dossier ON dossier_old_code (dossier);
CREATE TABLE dossier_rating (
    dossier BIGINT PRIMARY KEY,
    overall BIGINT NOT NULL,
    scores TEXT NOT NULL,
    at BIGINT NOT NULL
);
)sql";

constexpr std::string_view wide_tables = R"sql(
CREATE TABLE dossier_detail (
    dossier BIGINT PRIMARY KEY,
    person {{blob}} NOT NULL,
    id_blind TEXT NOT NULL,
    phone_blind TEXT NOT NULL,
    components TEXT NOT NULL,
    charges TEXT NOT NULL,
    results TEXT NOT NULL
);
CREATE INDEX dossier_detail_id ON dossier_detail (id_blind, dossier) WHERE id_blind <> '';
CREATE TABLE dossier_task (
    dossier BIGINT NOT NULL,
    number BIGINT NOT NULL,
    stage BIGINT NOT NULL,
    lane TEXT NOT NULL,
    step TEXT NOT NULL,
    kind BIGINT NOT NULL,
    function TEXT NOT NULL,
    agency TEXT NOT NULL,
    position TEXT NOT NULL,
    officer TEXT NOT NULL,
    planned BIGINT,
    started BIGINT NOT NULL,
    due BIGINT NOT NULL,
    ended BIGINT,
    state BIGINT NOT NULL,
    flags BIGINT NOT NULL,
    PRIMARY KEY (dossier, number)
);
CREATE INDEX dossier_task_agency ON dossier_task (agency, due, dossier, number) WHERE ended IS NULL;
CREATE INDEX dossier_task_officer ON dossier_task (officer, due, dossier, number) WHERE ended IS NULL AND officer <> '';
CREATE INDEX dossier_task_consult ON dossier_task (due) WHERE ended IS NULL AND kind = 3;
CREATE TABLE dossier_note (
    dossier BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    task BIGINT NOT NULL,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    content {{blob}} NOT NULL,
    PRIMARY KEY (dossier, number)
);
)sql";

// The statistics follower's tables (statistics.h). Counters by month; open dossiers with what a period's end needs.
constexpr std::string_view statistics = R"sql(
CREATE TABLE dossier_stat (
    month BIGINT NOT NULL,
    agency TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel BIGINT NOT NULL,
    received BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    promise_on_time BIGINT NOT NULL,
    promise_late BIGINT NOT NULL,
    promise_unknown BIGINT NOT NULL,
    index_on_time BIGINT NOT NULL,
    index_late BIGINT NOT NULL,
    index_unknown BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    stopped BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    supplements BIGINT NOT NULL,
    extensions BIGINT NOT NULL,
    moved_in BIGINT NOT NULL,
    moved_out BIGINT NOT NULL,
    PRIMARY KEY (month, agency, procedure, channel)
);
CREATE INDEX dossier_stat_agency ON dossier_stat (agency, month);
CREATE TABLE dossier_stat_open (
    dossier TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel BIGINT NOT NULL,
    received_at BIGINT,
    due BIGINT,
    state BIGINT NOT NULL
);
CREATE INDEX dossier_stat_open_agency ON dossier_stat_open (agency, procedure, sector, channel, due, received_at, state);
)sql";

// Attachments (files.h). The content lies in the file store under `content`; its key, its name and the hash of its
// plain bytes are in `sealed`, under the subject's key, so that erasing that key erases the file. `hash` is keyed and
// bound to the dossier. `task`, `state` and `requests` say in which step it was added.
constexpr std::string_view files = R"sql(
CREATE TABLE dossier_file (
    id TEXT PRIMARY KEY,
    dossier BIGINT NOT NULL,
    role BIGINT NOT NULL,
    component TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    hash TEXT NOT NULL,
    content TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    scan TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    officer TEXT NOT NULL,
    task BIGINT NOT NULL,
    state BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by TEXT NOT NULL,
    reason {{blob}}
);
CREATE UNIQUE INDEX dossier_file_same ON dossier_file (dossier, component, role, hash) WHERE withdrawn_at IS NULL;
CREATE INDEX dossier_file_dossier ON dossier_file (dossier, id);
CREATE INDEX dossier_file_content ON dossier_file (content);
)sql";

// Drafts (drafts.h). Either an account owns one (`owner`, an actor's label) or whoever holds the token does. `subject`
// has the key of everything in it; `own_subject` = 1: made for this draft alone, and erased with it.
constexpr std::string_view drafts = R"sql(
CREATE TABLE draft (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    token TEXT NOT NULL,
    procedure TEXT NOT NULL,
    subject TEXT NOT NULL,
    own_subject BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sealed {{blob}} NOT NULL
);
CREATE INDEX draft_owner ON draft (owner, updated_at) WHERE owner <> '';
CREATE INDEX draft_updated ON draft (updated_at);
CREATE TABLE draft_file (
    id TEXT PRIMARY KEY,
    draft TEXT NOT NULL,
    component TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    hash TEXT NOT NULL,
    content TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    scan TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT NOT NULL
);
CREATE UNIQUE INDEX draft_file_same ON draft_file (draft, component, hash);
CREATE INDEX draft_file_content ON draft_file (content);
)sql";

// Who has a dossier open (presence.h), where several nodes share the database. Rows live for seconds.
constexpr std::string_view presence = R"sql(
CREATE TABLE dossier_presence (
    code TEXT NOT NULL,
    account TEXT NOT NULL,
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    since BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (code, account, page)
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"dossiers", 1, "dossiers, tasks, people, notes", std::string{tables} + std::string{wide_tables}},
        {"dossiers", 2, "statistics", std::string{statistics}},
        {"dossiers", 3, "search", "", search_index().migration_sql_sqlite(), search_index().migration_sql_postgres()},
        {"dossiers", 4, "attachments", std::string{files}},
        {"dossiers", 5, "drafts", std::string{drafts}},
        {"dossiers", 6, "statistics of each agency",
         "CREATE INDEX dossier_stat_procedure ON dossier_stat (procedure, month);"},
        {"dossiers", 7, "presence", std::string{presence}},
    };
    return list;
}

}  // namespace hl::dossiers
