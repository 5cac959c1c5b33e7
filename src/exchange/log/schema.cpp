#include "exchange/log/log_schema.h"

namespace hl::exchange {

namespace {

/// Who a message is from stands in the log, sealed; the index has a blinded word of it only.
constexpr std::string_view first_schema = R"sql(
CREATE TABLE exchange_message (
    log TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    side BIGINT NOT NULL,
    direction BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    client TEXT NOT NULL,
    provider TEXT NOT NULL,
    service TEXT NOT NULL,
    version TEXT NOT NULL,
    user_blind TEXT NOT NULL,
    rest BIGINT NOT NULL,
    status BIGINT NOT NULL,
    succeeded BIGINT NOT NULL,
    fault_code TEXT NOT NULL,
    bodies BIGINT NOT NULL,
    body_bytes BIGINT NOT NULL,
    PRIMARY KEY (log, number)
);
CREATE INDEX exchange_message_at ON exchange_message (log, at, number);
CREATE INDEX exchange_message_client ON exchange_message (log, client, at, number);
CREATE INDEX exchange_message_provider ON exchange_message (log, provider, at, number);
CREATE INDEX exchange_message_id ON exchange_message (log, message_id);
CREATE INDEX exchange_message_request ON exchange_message (log, request_id);
CREATE INDEX exchange_message_user ON exchange_message (log, user_blind, at, number);
CREATE TABLE exchange_index_position (
    log TEXT PRIMARY KEY,
    position BIGINT NOT NULL
);
CREATE TABLE exchange_operation (
    id {{serial}},
    ts BIGINT NOT NULL,
    client TEXT NOT NULL,
    provider TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX exchange_operation_ts ON exchange_operation (ts, id);
CREATE TABLE exchange_usage (
    hour BIGINT NOT NULL,
    node TEXT NOT NULL,
    side BIGINT NOT NULL,
    client TEXT NOT NULL,
    service TEXT NOT NULL,
    messages BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    request_bytes BIGINT NOT NULL,
    response_bytes BIGINT NOT NULL,
    durations TEXT NOT NULL,
    PRIMARY KEY (hour, node, side, client, service)
)
)sql";

/// Most messages name no user.
constexpr std::string_view fewer_users = R"sql(
DROP INDEX exchange_message_user;
CREATE INDEX exchange_message_user ON exchange_message (log, user_blind, at, number) WHERE user_blind <> ''
)sql";

}  // namespace

const store::Migrations& log_migrations() {
    static const store::Migrations all = {
        {"exchange_log", 1, "index of the message log, operational records, usage by hour", std::string{first_schema}},
        {"exchange_log", 2, "an index of users only where there is one", std::string{fewer_users}}};
    return all;
}

}  // namespace hl::exchange
