#include "ioc/indicators/schema.h"

namespace hl::ioc {

namespace {

// ioc_cell: what figures are summed from (cells.h). ioc_dossier: what is remembered of an open dossier between its
// events. ioc_fact: which event counted where, for "which dossiers are behind this figure". ioc_restated: a closed
// period's cell as it was before a day changed it. "@" stands where SQLite keeps a table in the order of its key. The
// four *_check_* tables are the same, made anew by a check.
constexpr std::string_view followed = R"sql(
CREATE TABLE ioc_pack_file (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
);
CREATE TABLE ioc_cell (
    level BIGINT NOT NULL,
    period BIGINT NOT NULL,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel TEXT NOT NULL,
    states {{blob}} NOT NULL,
    PRIMARY KEY (level, period, agency, procedure, sector, channel, unit)
)@;
CREATE TABLE ioc_dossier (
    dossier TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel TEXT NOT NULL,
    state BIGINT NOT NULL,
    due BIGINT,
    received_at BIGINT,
    supplements BIGINT NOT NULL,
    digitised BIGINT NOT NULL
);
CREATE INDEX ioc_dossier_agency ON ioc_dossier (agency);
CREATE TABLE ioc_fact (
    day BIGINT NOT NULL,
    position BIGINT NOT NULL,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel TEXT NOT NULL,
    stream TEXT NOT NULL,
    parts BIGINT NOT NULL,
    PRIMARY KEY (day, position)
)@;
CREATE TABLE ioc_restated (
    level BIGINT NOT NULL,
    period BIGINT NOT NULL,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    day BIGINT NOT NULL,
    first_position BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    facts BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    before {{blob}} NOT NULL,
    PRIMARY KEY (level, period, agency, unit, day)
)@;
CREATE TABLE ioc_mark (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
CREATE TABLE ioc_check_cell (
    level BIGINT NOT NULL,
    period BIGINT NOT NULL,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel TEXT NOT NULL,
    states {{blob}} NOT NULL,
    PRIMARY KEY (level, period, agency, procedure, sector, channel, unit)
)@;
CREATE TABLE ioc_check_dossier (
    dossier TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel TEXT NOT NULL,
    state BIGINT NOT NULL,
    due BIGINT,
    received_at BIGINT,
    supplements BIGINT NOT NULL,
    digitised BIGINT NOT NULL
);
CREATE TABLE ioc_check_fact (
    day BIGINT NOT NULL,
    position BIGINT NOT NULL,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel TEXT NOT NULL,
    stream TEXT NOT NULL,
    parts BIGINT NOT NULL,
    PRIMARY KEY (day, position)
)@;
CREATE TABLE ioc_check_restated (
    level BIGINT NOT NULL,
    period BIGINT NOT NULL,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    day BIGINT NOT NULL,
    first_position BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    facts BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    before {{blob}} NOT NULL,
    PRIMARY KEY (level, period, agency, unit, day)
)@;
)sql";

// ioc_supplied: every value that was ever handed in; `newest` is 0 for those that were replaced. ioc_batch: the answer
// that a batch got, so that sending it again changes nothing. ioc_alert: how each rule stands.
constexpr std::string_view supplied = R"sql(
CREATE TABLE ioc_supplied (
    key {{serial}},
    indicator TEXT NOT NULL,
    grain BIGINT NOT NULL,
    period BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    value TEXT NOT NULL,
    number DOUBLE PRECISION NOT NULL,
    supplier TEXT NOT NULL,
    source TEXT NOT NULL,
    batch TEXT NOT NULL,
    at BIGINT NOT NULL,
    replaced BIGINT,
    newest BIGINT NOT NULL,
    event TEXT NOT NULL
);
CREATE UNIQUE INDEX ioc_supplied_newest ON ioc_supplied (indicator, grain, period, kind, agency, unit) WHERE newest = 1;
CREATE INDEX ioc_supplied_at ON ioc_supplied (indicator, key);
CREATE TABLE ioc_batch (
    source TEXT NOT NULL,
    batch TEXT NOT NULL,
    hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (source, batch)
);
CREATE TABLE ioc_alert (
    rule TEXT NOT NULL,
    agency TEXT NOT NULL,
    raised BIGINT NOT NULL,
    since BIGINT,
    pending BIGINT,
    period TEXT NOT NULL,
    value DOUBLE PRECISION,
    PRIMARY KEY (rule, agency)
);
)sql";

// How fetching values from another system went last.
constexpr std::string_view pulled = R"sql(
CREATE TABLE ioc_pull (
    source TEXT PRIMARY KEY,
    tried_at BIGINT NOT NULL,
    good_at BIGINT,
    stored_at BIGINT,
    asked BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    problems BIGINT NOT NULL,
    problem TEXT NOT NULL,
    vi TEXT NOT NULL,
    en TEXT NOT NULL,
    at TEXT NOT NULL
);
)sql";

// Nobody asks for an agency's dossiers, and the key's order is the table's on SQLite: a row is written once, not three
// times.
constexpr std::string_view dossiers_leaner = "DROP INDEX ioc_dossier_agency;";
constexpr std::string_view dossiers_clustered = R"sql(
DROP INDEX ioc_dossier_agency;
ALTER TABLE ioc_dossier RENAME TO ioc_dossier_before;
CREATE TABLE ioc_dossier @;
INSERT INTO ioc_dossier (dossier, agency, unit, procedure, sector, channel, state, due, received_at, supplements, digitised)
    SELECT dossier, agency, unit, procedure, sector, channel, state, due, received_at, supplements, digitised
    FROM ioc_dossier_before;
DROP TABLE ioc_dossier_before;
DROP TABLE ioc_check_dossier;
CREATE TABLE ioc_check_dossier @;
)sql";
constexpr std::string_view dossier_in_key_order = R"sql((
    dossier TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    unit TEXT NOT NULL,
    procedure TEXT NOT NULL,
    sector TEXT NOT NULL,
    channel TEXT NOT NULL,
    state BIGINT NOT NULL,
    due BIGINT,
    received_at BIGINT,
    supplements BIGINT NOT NULL,
    digitised BIGINT NOT NULL
) WITHOUT ROWID)sql";

std::string clustered(std::string_view sql, std::string_view how) {
    std::string out;
    for (const char c : sql) c == '@' ? out += how : out += c;
    return out;
}

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations all = {
        {"ioc", 1, "indicators: cells, facts, restatements", "", clustered(followed, " WITHOUT ROWID"),
         clustered(followed, "")},
        {"ioc", 2, "indicators: supplied values, alerts", std::string{supplied}},
        {"ioc", 3, "indicators: values fetched from other systems", std::string{pulled}},
        {"ioc", 4, "indicators: open dossiers in the order of their key", "",
         clustered(dossiers_clustered, dossier_in_key_order), std::string{dossiers_leaner}},
    };
    return all;
}

}  // namespace hl::ioc
