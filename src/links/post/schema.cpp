#include "links/post/schema.h"

namespace hl::post {

namespace {

// `place` is sealed with the applicant's key. post_place: one row, how far the post's list of movements was read.
constexpr std::string_view tables = R"sql(
CREATE TABLE post_order (
    key {{serial}},
    number TEXT NOT NULL UNIQUE,
    dossier TEXT NOT NULL,
    code TEXT NOT NULL,
    subject TEXT NOT NULL,
    way TEXT NOT NULL,
    state BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    cod BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    item TEXT NOT NULL,
    status TEXT NOT NULL,
    status_words TEXT NOT NULL,
    status_at BIGINT,
    registered_at BIGINT,
    ended_at BIGINT,
    asked_at BIGINT NOT NULL,
    cancel_wanted BIGINT NOT NULL,
    problem TEXT NOT NULL,
    place {{blob}} NOT NULL
);
CREATE INDEX post_order_dossier ON post_order (dossier, key);
CREATE INDEX post_order_odd ON post_order (key) WHERE problem <> '';
CREATE TABLE post_read (
    id BIGINT PRIMARY KEY,
    last TEXT NOT NULL
);
CREATE TABLE post_turn (
    dossier TEXT PRIMARY KEY,
    turn BIGINT NOT NULL
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"links/post", 1, "orders of the public postal service", std::string{tables}},
    };
    return list;
}

}  // namespace hl::post
