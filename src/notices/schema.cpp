#include "notices/schema.h"

namespace hl::notices {

namespace {

// notice_pack: every version of the pack's texts that was ever applied, so that a message names the one it was made by.
// notice_choice: what a person chose. notice_address: an address that refused for good, blinded, so that nobody writes
// to it again. notice_due: the promise of each dossier in work (a follower; can be rebuilt). notice_overdue: promises
// about whose passing somebody was told, or it was too late to: never rebuilt.
constexpr std::string_view tables = R"sql(
CREATE TABLE notice_pack (
    number {{serial}},
    hash TEXT NOT NULL,
    files TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);
CREATE TABLE notice_choice (
    subject TEXT PRIMARY KEY,
    way TEXT NOT NULL,
    language TEXT NOT NULL,
    source TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE TABLE notice_address (
    address TEXT PRIMARY KEY,
    way TEXT NOT NULL,
    code TEXT NOT NULL,
    since BIGINT NOT NULL
);
CREATE TABLE notice_bounce (
    number {{serial}},
    key TEXT NOT NULL,
    status TEXT NOT NULL,
    permanent BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notice_bounce_key ON notice_bounce (key, status);
CREATE TABLE notice_due (
    dossier TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    due BIGINT NOT NULL
);
CREATE INDEX notice_due_due ON notice_due (due);
CREATE TABLE notice_overdue (
    dossier TEXT NOT NULL,
    due BIGINT NOT NULL,
    PRIMARY KEY (dossier, due)
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"notices", 1, "texts, choices, refused addresses, bounces and passed promises", std::string{tables}},
    };
    return list;
}

}  // namespace hl::notices
