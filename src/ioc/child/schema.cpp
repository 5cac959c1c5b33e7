#include "ioc/child/schema.h"

namespace hl::ioc::child {

namespace {

// At the parent. ioc_child: who may send, and where his chain stands. ioc_child_key: every key he ever had, so that old
// batches verify. ioc_child_batch: what he sent, as he signed it, with the receipt he got. ioc_child_figure and the
// tables after it: what his batches feed; they are never added to the province's own cells.
constexpr std::string_view parent = R"sql(
CREATE TABLE ioc_child (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    agencies TEXT NOT NULL,
    public_key TEXT NOT NULL,
    held TEXT NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    position BIGINT NOT NULL,
    made_at BIGINT,
    received_at BIGINT,
    contact_at BIGINT,
    current_at BIGINT,
    skew_ms BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    head BIGINT NOT NULL,
    refusal TEXT NOT NULL,
    refused_at BIGINT,
    series TEXT NOT NULL,
    down_number BIGINT NOT NULL,
    down_hash TEXT NOT NULL,
    down_confirmed BIGINT NOT NULL,
    enrolled_at BIGINT
);
CREATE TABLE ioc_child_key (
    fingerprint TEXT PRIMARY KEY,
    child TEXT NOT NULL,
    public_key TEXT NOT NULL,
    since BIGINT NOT NULL
);
CREATE TABLE ioc_child_code (
    id TEXT PRIMARY KEY,
    child TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    expires BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    used_key TEXT NOT NULL
);
CREATE TABLE ioc_child_batch (
    child TEXT NOT NULL,
    number BIGINT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    signer TEXT NOT NULL,
    signature TEXT NOT NULL,
    text TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    from_position BIGINT NOT NULL,
    to_position BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    not_understood BIGINT NOT NULL,
    receipt TEXT NOT NULL,
    PRIMARY KEY (child, number)
);
CREATE INDEX ioc_child_batch_at ON ioc_child_batch (child, received_at);
CREATE TABLE ioc_child_refusal (
    child TEXT NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (child, number, hash, reason)
);
CREATE TABLE ioc_child_figure (
    child TEXT NOT NULL,
    indicator TEXT NOT NULL,
    newest BIGINT NOT NULL,
    period TEXT NOT NULL,
    item TEXT NOT NULL,
    number BIGINT NOT NULL,
    position BIGINT,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (child, indicator, newest, period)
);
CREATE TABLE ioc_child_change (
    child TEXT NOT NULL,
    indicator TEXT NOT NULL,
    period TEXT NOT NULL,
    number BIGINT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    why TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (child, indicator, period, number)
);
CREATE TABLE ioc_child_indicator (
    child TEXT NOT NULL,
    code TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (child, code)
);
CREATE TABLE ioc_child_alert (
    child TEXT NOT NULL,
    rule TEXT NOT NULL,
    agency TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (child, rule, agency)
);
CREATE TABLE ioc_child_down (
    child TEXT NOT NULL,
    series TEXT NOT NULL,
    number BIGINT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    signer TEXT NOT NULL,
    signature TEXT NOT NULL,
    text TEXT NOT NULL,
    message TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (child, series, number)
);
CREATE UNIQUE INDEX ioc_child_down_message ON ioc_child_down (child, series, message);
)sql";

// At the child. ioc_line has one row when this installation is somebody's child. ioc_line_told remembers what was told
// last of each figure; emptied, everything is told again.
constexpr std::string_view child = R"sql(
CREATE TABLE ioc_line (
    name TEXT PRIMARY KEY,
    child TEXT NOT NULL,
    parent TEXT NOT NULL,
    url TEXT NOT NULL,
    parent_key TEXT NOT NULL,
    own_key TEXT NOT NULL,
    state TEXT NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    covered BIGINT NOT NULL,
    acknowledged BIGINT NOT NULL,
    parent_number BIGINT NOT NULL,
    parent_hash TEXT NOT NULL,
    whole BIGINT NOT NULL,
    series TEXT NOT NULL,
    down_number BIGINT NOT NULL,
    down_hash TEXT NOT NULL,
    made_at BIGINT,
    looked_at BIGINT,
    contact_at BIGINT,
    tried_at BIGINT,
    failures BIGINT NOT NULL,
    problem TEXT NOT NULL,
    problem_vi TEXT NOT NULL,
    problem_en TEXT NOT NULL,
    skew_ms BIGINT NOT NULL,
    opened_at BIGINT NOT NULL
);
CREATE TABLE ioc_line_batch (
    number BIGINT PRIMARY KEY,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    signer TEXT NOT NULL,
    signature TEXT NOT NULL,
    text TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    adopted BIGINT NOT NULL,
    receipt TEXT NOT NULL
);
CREATE TABLE ioc_line_abandoned (
    key {{serial}},
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    text TEXT NOT NULL,
    abandoned_at BIGINT NOT NULL
);
CREATE TABLE ioc_line_told (
    indicator TEXT NOT NULL,
    newest BIGINT NOT NULL,
    period TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (indicator, newest, period)
);
CREATE TABLE ioc_line_waiting (
    key BIGINT PRIMARY KEY,
    id TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE UNIQUE INDEX ioc_line_waiting_id ON ioc_line_waiting (id);
CREATE TABLE ioc_line_received (
    series TEXT NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    text TEXT NOT NULL,
    not_understood BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (series, number)
);
)sql";

// Directives over the line. ioc_line_directive: those that came from the parent, with the own one made of each.
// ioc_child_answer: what children answered, each taken once, and why one could not be applied.
constexpr std::string_view directives = R"sql(
CREATE TABLE ioc_line_directive (
    theirs TEXT PRIMARY KEY,
    ours TEXT NOT NULL,
    version BIGINT NOT NULL,
    item TEXT NOT NULL,
    problem TEXT NOT NULL,
    problem_vi TEXT NOT NULL,
    problem_en TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX ioc_line_directive_ours ON ioc_line_directive (ours);
CREATE TABLE ioc_child_answer (
    child TEXT NOT NULL,
    message TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    problem TEXT NOT NULL,
    problem_vi TEXT NOT NULL,
    problem_en TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (child, message)
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations all = {
        {"ioc_child", 1, "child operations centres: both ends of the line", std::string{parent} + std::string{child}},
        {"ioc_child", 2, "child operations centres: directives over the line", std::string{directives}},
    };
    return all;
}

}  // namespace hl::ioc::child
