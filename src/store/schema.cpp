#include "store/schema.h"

namespace hl::store {

namespace {

// The tables whose keys the engines keep in different ways stand in the engine's own part: INTEGER PRIMARY KEY is
// SQLite's row id, and WITHOUT ROWID saves the second tree of a table that is only ever found by its key.
constexpr std::string_view common = R"(
CREATE TABLE ledger_checkpoint (
    size BIGINT NOT NULL PRIMARY KEY,
    root {{blob}} NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE follower_cursor (
    name TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    position BIGINT NOT NULL,
    problem TEXT NOT NULL
);
CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
)";

// An index of SQLite carries the row id, which is the position, so `stream` alone is in stream order.
constexpr std::string_view sqlite_part = R"(
CREATE TABLE ledger_event (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    stream TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    data TEXT NOT NULL,
    leaf BLOB NOT NULL
);
CREATE INDEX ledger_event_stream ON ledger_event (stream);
CREATE TABLE ledger_tile (
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, idx)
) WITHOUT ROWID;
CREATE TABLE subject_key (
    subject TEXT NOT NULL PRIMARY KEY,
    wrapped BLOB,
    created_at INTEGER NOT NULL,
    erased_at INTEGER
) WITHOUT ROWID;
)";

// ledger_pending holds what is committed and has no position yet; `seq` is the order in which it was written.
constexpr std::string_view postgres_part = R"(
CREATE TABLE ledger_event (
    position BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    version BIGINT NOT NULL,
    stream TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    data TEXT NOT NULL,
    leaf BYTEA NOT NULL
);
CREATE INDEX ledger_event_stream ON ledger_event (stream, position);
CREATE TABLE ledger_pending (
    seq {{serial}},
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    version BIGINT NOT NULL,
    stream TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    data TEXT NOT NULL,
    leaf BYTEA NOT NULL
);
CREATE TABLE ledger_tile (
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (level, idx)
);
CREATE TABLE subject_key (
    subject TEXT NOT NULL PRIMARY KEY,
    wrapped BYTEA,
    created_at BIGINT NOT NULL,
    erased_at BIGINT
);
)";

// A follower's problem is gone from `problem` when it goes on; what it was is asked for afterwards.
constexpr std::string_view last_problem = R"(
ALTER TABLE follower_cursor ADD COLUMN last_vi TEXT NOT NULL DEFAULT '';
ALTER TABLE follower_cursor ADD COLUMN last_en TEXT NOT NULL DEFAULT '';
ALTER TABLE follower_cursor ADD COLUMN last_at BIGINT;
)";

}  // namespace

const Migrations& migrations() {
    static const Migrations all{{"store", 1, "ledger, followers, counters and subjects", std::string{common},
                                 std::string{sqlite_part}, std::string{postgres_part}},
                                {"store", 2, "the last problem of a follower", std::string{last_problem}}};
    return all;
}

}  // namespace hl::store
