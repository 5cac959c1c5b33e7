#include "ioc/directives/schema.h"

namespace hl::directives {

namespace {

// What people wrote is sealed under the directive's own subject; titles name nobody.
constexpr std::string_view first = R"sql(
CREATE TABLE directive (
    key {{serial}},
    code TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    agency TEXT NOT NULL,
    area TEXT NOT NULL,
    officer TEXT NOT NULL,
    issuer TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    title TEXT NOT NULL,
    text {{blob}} NOT NULL,
    origin TEXT NOT NULL,
    rule TEXT NOT NULL,
    state BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    due_from BIGINT NOT NULL,
    due BIGINT NOT NULL,
    due_work BIGINT NOT NULL,
    calendar TEXT NOT NULL,
    provisional BIGINT NOT NULL,
    percent BIGINT NOT NULL,
    acknowledged_at BIGINT,
    handed_in_at BIGINT,
    closed_at BIGINT,
    verdict BIGINT,
    asked_at BIGINT,
    asked_work BIGINT,
    asked_due BIGINT,
    extensions BIGINT NOT NULL,
    reopened BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX directive_open ON directive (state, key);
CREATE TABLE directive_line (
    directive BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    officer TEXT NOT NULL,
    percent BIGINT,
    due BIGINT,
    text {{blob}},
    PRIMARY KEY (directive, number)
);
CREATE TABLE directive_evidence (
    id TEXT PRIMARY KEY,
    directive BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    file_kind TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    hash TEXT NOT NULL,
    scan TEXT NOT NULL,
    content TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    reference TEXT NOT NULL
);
CREATE INDEX directive_evidence_of ON directive_evidence (directive, id);
CREATE INDEX directive_evidence_content ON directive_evidence (content);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations all = {
        {"directives", 1, "directives, their history and evidence", std::string{first}},
    };
    return all;
}

}  // namespace hl::directives
