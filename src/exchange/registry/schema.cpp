#include "exchange/registry/registry.h"

namespace hl::exchange {

namespace {

// Identifiers are kept as the protocol writes them ("QUANGTRI/GOV/H50.12/DKKD"). Days: [valid_from, valid_to), a
// right's valid_to is its last day.
constexpr std::string_view first_schema = R"sql(
CREATE TABLE exchange_state (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    content TEXT NOT NULL
);
INSERT INTO exchange_state (id, number, content) VALUES (1, 0, '');
CREATE TABLE exchange_issue (
    number BIGINT PRIMARY KEY,
    content TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE TABLE exchange_member (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    agency TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE TABLE exchange_subsystem (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    contact TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX exchange_subsystem_member ON exchange_subsystem (member);
CREATE TABLE exchange_server (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    address TEXT NOT NULL,
    maintenance TEXT,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE TABLE exchange_server_client (
    server TEXT NOT NULL,
    subsystem TEXT NOT NULL,
    PRIMARY KEY (server, subsystem)
);
CREATE TABLE exchange_certificate (
    sha256 TEXT PRIMARY KEY,
    key_use TEXT NOT NULL,
    member TEXT NOT NULL,
    server TEXT NOT NULL,
    pem TEXT NOT NULL,
    subject TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    registered_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE TABLE exchange_certificate_request (
    id TEXT PRIMARY KEY,
    join_code TEXT NOT NULL,
    key_use TEXT NOT NULL,
    member TEXT NOT NULL,
    server TEXT NOT NULL,
    request TEXT NOT NULL,
    public_key TEXT NOT NULL,
    certificate TEXT NOT NULL
);
CREATE INDEX exchange_certificate_request_server ON exchange_certificate_request (server);
CREATE TABLE exchange_service (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    endpoints TEXT NOT NULL,
    document TEXT NOT NULL,
    disabled TEXT,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX exchange_service_provider ON exchange_service (provider);
CREATE TABLE exchange_group (
    code TEXT PRIMARY KEY,
    title TEXT NOT NULL
);
CREATE TABLE exchange_group_member (
    code TEXT NOT NULL,
    subsystem TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    PRIMARY KEY (code, subsystem, valid_from)
);
CREATE TABLE exchange_right (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    of_group TEXT NOT NULL,
    service TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    basis TEXT NOT NULL,
    request TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_reason TEXT NOT NULL
);
CREATE INDEX exchange_right_service ON exchange_right (service);
CREATE TABLE exchange_request (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    member TEXT NOT NULL,
    agency TEXT NOT NULL,
    note TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at BIGINT,
    reason TEXT NOT NULL
);
CREATE INDEX exchange_request_state ON exchange_request (state, id);
CREATE TABLE exchange_join_code (
    id TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    server TEXT NOT NULL,
    clients TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    requests TEXT NOT NULL
);
CREATE TABLE exchange_trust_service (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
)sql";

// Statements are only ever added; what became of a key is a step of its own.
constexpr std::string_view configuration_keys = R"sql(
CREATE TABLE exchange_key_statement (
    number BIGINT PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE,
    previous TEXT NOT NULL UNIQUE,
    valid_from BIGINT NOT NULL,
    reason TEXT NOT NULL,
    statement TEXT NOT NULL,
    announced_at BIGINT NOT NULL,
    announced_by TEXT NOT NULL
);
CREATE TABLE exchange_key_step (
    fingerprint TEXT NOT NULL,
    step TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (fingerprint, step)
);
)sql";

}  // namespace

const store::Migrations& registry_migrations() {
    static const store::Migrations all = {
        {"exchange_registry", 1, "members, systems, gateways, services, rights, requests", std::string{first_schema}},
        {"exchange_registry", 2, "keys that sign configurations, one after another", std::string{configuration_keys}}};
    return all;
}

}  // namespace hl::exchange
