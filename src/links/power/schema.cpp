#include "links/power/schema.h"

namespace hl::power {

namespace {

// power_lane: the company's work on each dossier, from the ledger (a follower; can be rebuilt). `finished_at` is when
// the company says that it finished, `ended_at` when the step ended here. power_movement: what the company told, by its
// own numbers, for good; `pending`: it says that the work is finished and the step here is not ended yet.
constexpr std::string_view tables = R"sql(
CREATE TABLE power_lane (
    dossier TEXT NOT NULL,
    task BIGINT NOT NULL,
    code TEXT NOT NULL,
    agency TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    due BIGINT,
    word TEXT NOT NULL,
    moved_at BIGINT,
    finished_at BIGINT,
    ended_at BIGINT,
    ended_as TEXT NOT NULL,
    PRIMARY KEY (dossier, task)
);
CREATE INDEX power_lane_code ON power_lane (code);
CREATE INDEX power_lane_started ON power_lane (started_at);
CREATE TABLE power_movement (
    number BIGINT PRIMARY KEY,
    code TEXT NOT NULL,
    word TEXT NOT NULL,
    meaning TEXT NOT NULL,
    at BIGINT NOT NULL,
    learned_at BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    problem TEXT NOT NULL
);
CREATE INDEX power_movement_pending ON power_movement (number) WHERE pending = 1;
CREATE TABLE power_read (
    id BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"links/power", 1, "the power company's lane and what it tells of it", std::string{tables}},
    };
    return list;
}

}  // namespace hl::power
