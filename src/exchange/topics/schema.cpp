#include "exchange/topics/schema.h"

namespace hl::exchange::topics {

namespace {

constexpr std::string_view first_schema = R"sql(
CREATE TABLE exchange_topic (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    owner TEXT NOT NULL,
    next_position BIGINT NOT NULL,
    retention_hours BIGINT NOT NULL,
    dead_hours BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    largest_message BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE TABLE exchange_topic_message (
    topic TEXT NOT NULL,
    position BIGINT NOT NULL,
    ordering_key TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    body {{blob}} NOT NULL,
    signature TEXT NOT NULL,
    log_record TEXT NOT NULL,
    PRIMARY KEY (topic, position)
);
CREATE UNIQUE INDEX exchange_topic_message_id ON exchange_topic_message (topic, message_id);
CREATE INDEX exchange_topic_message_at ON exchange_topic_message (topic, at);
CREATE TABLE exchange_subscription (
    id TEXT PRIMARY KEY,
    topic TEXT NOT NULL,
    subscriber TEXT NOT NULL,
    push_to TEXT NOT NULL,
    position BIGINT NOT NULL,
    paused BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX exchange_subscription_topic ON exchange_subscription (topic);
CREATE TABLE exchange_delivery (
    subscription TEXT NOT NULL,
    position BIGINT NOT NULL,
    ordering_key TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lease TEXT NOT NULL,
    problem TEXT NOT NULL,
    PRIMARY KEY (subscription, position)
);
CREATE TABLE exchange_dead_letter (
    subscription TEXT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    topic TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL,
    expired BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (subscription, first)
);
CREATE INDEX exchange_dead_letter_topic ON exchange_dead_letter (topic, first);
CREATE TABLE exchange_topic_reader (
    topic TEXT NOT NULL,
    client TEXT NOT NULL,
    basis TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (topic, client)
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations all{{"exchange_topics", 1, "topics and subscriptions", std::string{first_schema}}};
    return all;
}

}  // namespace hl::exchange::topics
