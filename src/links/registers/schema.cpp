#include "links/registers/schema.h"

namespace hl::links::registers {

namespace {

// register_cache: a record as the register last gave it, sealed with the connector's own key (a household business is
// somebody's name). register_unit: every budget-unit code ever seen, for good: a code is never given twice.
// mirror_dossier: dossiers that are handled on a central system and not here; status 0: the system's word is not known.
constexpr std::string_view tables = R"sql(
CREATE TABLE register_cache (
    register TEXT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    record {{blob}} NOT NULL,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (register, kind, code)
);
CREATE TABLE register_unit (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    closed BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
);
CREATE TABLE mirror_dossier (
    system TEXT NOT NULL,
    code TEXT NOT NULL,
    procedure TEXT NOT NULL,
    unit TEXT NOT NULL,
    status BIGINT NOT NULL,
    status_there TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    due BIGINT,
    finished_at BIGINT,
    returned_at BIGINT,
    ours BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    gone_at BIGINT,
    PRIMARY KEY (system, code)
);
CREATE INDEX mirror_dossier_received ON mirror_dossier (system, received_at);
CREATE INDEX mirror_dossier_seen ON mirror_dossier (system, last_seen);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"links/registers", 1, "records of registers, budget-unit codes, mirrored dossiers", std::string{tables}},
    };
    return list;
}

}  // namespace hl::links::registers
