#include "access/access.h"

namespace hl::access {

namespace {

constexpr std::string_view first_schema = R"sql(
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    officer TEXT NOT NULL,
    subject TEXT NOT NULL,
    password TEXT NOT NULL,
    password_at BIGINT,
    must_change BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT,
    factor_secret TEXT NOT NULL,
    factor_pending TEXT NOT NULL,
    factor_last_step BIGINT NOT NULL,
    closed_at BIGINT,
    closed_reason TEXT NOT NULL,
    last_seen BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX account_officer ON account (officer);
CREATE TABLE account_grant (
    account TEXT NOT NULL,
    role TEXT NOT NULL,
    agency TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    PRIMARY KEY (account, role, agency, valid_from)
);
CREATE TABLE password_history (
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    password TEXT NOT NULL,
    PRIMARY KEY (account, at)
);
CREATE TABLE recovery_code (
    account TEXT NOT NULL,
    code TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account, code)
);
CREATE TABLE session (
    token TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    csrf TEXT NOT NULL,
    remote TEXT NOT NULL,
    provider TEXT NOT NULL,
    factor_needed BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX session_account ON session (account);
CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    secret TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_key_account ON api_key (account);
CREATE TABLE oidc_login (
    state TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    return_to TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE oidc_identity (
    provider TEXT NOT NULL,
    sub TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (provider, sub)
);
CREATE TABLE personal_read (
    id {{serial}},
    actor TEXT NOT NULL,
    purpose TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    request_id TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX personal_read_subject ON personal_read (subject, id);
CREATE INDEX personal_read_at ON personal_read (at);
CREATE TABLE idempotency (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_at ON idempotency (at);
)sql";

constexpr std::string_view displays = R"sql(
CREATE TABLE display (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    account TEXT NOT NULL,
    code TEXT NOT NULL,
    code_until BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    paired_at BIGINT,
    revoked_at BIGINT,
    session TEXT NOT NULL,
    remote TEXT NOT NULL
);
CREATE INDEX display_account ON display (account);
CREATE INDEX display_code ON display (code);
)sql";
// What a provider vouched for at the last sign-in, sealed with the account's subject.
constexpr std::string_view proved = R"sql(
CREATE TABLE oidc_person (
    account TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    person {{blob}} NOT NULL,
    at BIGINT NOT NULL
);
)sql";
constexpr std::string_view key_use = "ALTER TABLE api_key ADD COLUMN last_used_at BIGINT;\n";

// Documents were the one-stop clerks'; now they have a role of their own, which these are given at the next start
// (give_clerks_their_documents).
constexpr std::string_view documents_role = R"sql(
CREATE TABLE grant_to_split (
    account TEXT NOT NULL,
    agency TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    PRIMARY KEY (account, agency, valid_from)
);
INSERT INTO grant_to_split (account, agency, valid_from, valid_to)
    SELECT account, agency, valid_from, valid_to FROM account_grant WHERE role = 'clerk';
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations all = {
        {"access", 1, "accounts, sessions, keys, log of reads", std::string{first_schema}},
        {"access", 2, "last use of API keys", std::string{key_use}},
        {"access", 3, "displays", std::string{displays}},
        {"access", 4, "what identity providers vouched for", std::string{proved}},
        {"access", 5, "a role for documents", std::string{documents_role}}};
    return all;
}

}  // namespace hl::access
