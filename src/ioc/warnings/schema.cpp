#include "ioc/warnings/schema.h"

namespace hl::warnings {

namespace {

// A message is kept as it was issued or received, byte by byte. `ended_by` is the message that updated or cancelled it;
// whether it is in force is asked of the clock. warning_reference: what each update and cancellation rests on, also
// when that has not come yet.
constexpr std::string_view first = R"sql(
CREATE TABLE warning (
    key {{serial}},
    id TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    identifier TEXT NOT NULL,
    sent BIGINT NOT NULL,
    own BIGINT NOT NULL,
    agency TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    feed TEXT NOT NULL,
    shown BIGINT NOT NULL,
    begins BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    ended_by BIGINT,
    hash TEXT NOT NULL,
    xml TEXT NOT NULL,
    UNIQUE (sender, identifier, sent)
);
CREATE INDEX warning_shown ON warning (shown, ends);
CREATE TABLE warning_reference (
    warning BIGINT NOT NULL,
    sender TEXT NOT NULL,
    identifier TEXT NOT NULL,
    sent BIGINT NOT NULL,
    PRIMARY KEY (warning, sender, identifier, sent)
);
CREATE INDEX warning_reference_to ON warning_reference (sender, identifier, sent);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations all = {
        {"warnings", 1, "warnings to the public, own and received", std::string{first}},
    };
    return all;
}

}  // namespace hl::warnings
