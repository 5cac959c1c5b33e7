#include "links/connector/schema.h"

namespace hl::connector {

namespace {

// link_message: `not_before` is also the lease: whoever takes a row (`holder`) moves it past the time by which he will
// have answered, so that a due row is a free one. `bytes` (later link_bytes) is sealed and goes when the partner has
// accepted: the journal keeps what was sent. link_key: what the partner has told us that it holds, by kind, for good.
// link_partner: paused or not; `subject` names the connector's own key for what is nobody's.
constexpr std::string_view tables = R"sql(
CREATE TABLE link_message (
    number {{serial}},
    connector TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    stream TEXT NOT NULL,
    position BIGINT NOT NULL,
    snapshot BIGINT NOT NULL,
    state BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    holder TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    is_update BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    merged BIGINT NOT NULL,
    subject TEXT NOT NULL,
    mapping TEXT NOT NULL,
    bytes {{blob}},
    facts TEXT NOT NULL,
    marks TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason_datum TEXT NOT NULL,
    reason_vi TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    first_try BIGINT,
    last_try BIGINT,
    accepted_at BIGINT
);
CREATE INDEX link_message_due ON link_message (connector, not_before, number) WHERE state = 1;
CREATE INDEX link_message_open ON link_message (connector, state, number) WHERE state < 10;
CREATE INDEX link_message_key ON link_message (connector, key, number);
CREATE INDEX link_message_newest ON link_message (connector, number);
CREATE TABLE link_key (
    connector TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    stream TEXT NOT NULL,
    position BIGINT NOT NULL,
    snapshot BIGINT NOT NULL,
    facts TEXT NOT NULL,
    marks TEXT NOT NULL,
    mapping TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (connector, key, kind)
);
CREATE TABLE link_exchange (
    number {{serial}},
    connector TEXT NOT NULL,
    key TEXT NOT NULL,
    message BIGINT NOT NULL,
    operation TEXT NOT NULL,
    url TEXT NOT NULL,
    at BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    status BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    code TEXT NOT NULL,
    problem TEXT NOT NULL,
    subject TEXT NOT NULL,
    request_bytes BIGINT NOT NULL,
    response_bytes BIGINT NOT NULL,
    request {{blob}} NOT NULL,
    response {{blob}} NOT NULL
);
CREATE INDEX link_exchange_newest ON link_exchange (connector, number);
CREATE INDEX link_exchange_key ON link_exchange (connector, key, number);
CREATE INDEX link_exchange_old ON link_exchange (connector, at);
CREATE TABLE link_partner (
    connector TEXT PRIMARY KEY,
    paused_at BIGINT,
    paused_by TEXT NOT NULL,
    paused_reason TEXT NOT NULL,
    subject TEXT NOT NULL
);
CREATE TABLE link_task (
    connector TEXT NOT NULL,
    task TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    last_at BIGINT,
    last_good BIGINT,
    code TEXT NOT NULL,
    vi TEXT NOT NULL,
    en TEXT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (connector, task)
);
CREATE TABLE link_comparison (
    number {{serial}},
    connector TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    compared BIGINT NOT NULL,
    differences BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    problem TEXT NOT NULL
);
CREATE INDEX link_comparison_newest ON link_comparison (connector, number);
CREATE TABLE link_difference (
    number {{serial}},
    connector TEXT NOT NULL,
    key TEXT NOT NULL,
    kind BIGINT NOT NULL,
    field TEXT NOT NULL,
    ours TEXT NOT NULL,
    theirs TEXT NOT NULL,
    state BIGINT NOT NULL,
    first_run BIGINT NOT NULL,
    last_run BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX link_difference_state ON link_difference (connector, state, number);
CREATE INDEX link_difference_key ON link_difference (connector, key, number);
CREATE TABLE link_mapping (
    number {{serial}},
    hash TEXT NOT NULL,
    files TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);
)sql";

// How many are being tried again is asked every two seconds while somebody looks.
constexpr std::string_view retrying = R"sql(
CREATE INDEX link_message_retrying ON link_message (connector) WHERE state = 1 AND attempts > 0;
)sql";

// Whether something of a key waits before a message was asked of all that the partner ever had of it.
constexpr std::string_view waiting = R"sql(
CREATE INDEX link_message_waiting ON link_message (connector, key, number) WHERE state < 10;
)sql";

// Bytes that wait stand apart: rows that grow by a page and shrink again leave the table ten times its size. An
// exchange that went well is found through its message, whose number grows as the exchanges' do: at a million rows an
// index by key is written somewhere else each time. What is old comes first anyway. link_words: see packing.h.
constexpr std::string_view packed = R"sql(
CREATE TABLE link_words (
    number {{serial}},
    connector TEXT NOT NULL,
    about TEXT NOT NULL,
    words TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (connector, about)
);
CREATE TABLE link_bytes (
    message {{serial}} REFERENCES link_message (number) ON DELETE CASCADE,
    sealed {{blob}} NOT NULL
);
INSERT INTO link_bytes (message, sealed) SELECT number, bytes FROM link_message WHERE bytes IS NOT NULL;
ALTER TABLE link_message ADD COLUMN built BIGINT NOT NULL DEFAULT 0;
UPDATE link_message SET built = 1 WHERE bytes IS NOT NULL;
ALTER TABLE link_message DROP COLUMN bytes;
DROP INDEX link_exchange_key;
DROP INDEX link_exchange_old;
CREATE INDEX link_exchange_message ON link_exchange (message) WHERE message > 0 AND verdict = 'accepted';
CREATE INDEX link_exchange_apart ON link_exchange (connector, key, number) WHERE message = 0 OR verdict <> 'accepted';
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"links/connector", 1, "outbox, accepted keys, journal, tasks, comparisons and mappings of connectors",
         std::string{tables}},
        {"links/connector", 2, "messages that are tried again are counted", std::string{retrying}},
        {"links/connector", 3, "what waits of a key", std::string{waiting}},
        {"links/connector", 4, "words of a partner's messages, bytes that wait apart, exchanges found by their message",
         std::string{packed}},
    };
    return list;
}

}  // namespace hl::connector
