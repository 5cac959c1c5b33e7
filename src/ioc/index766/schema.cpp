#include "ioc/index766/schema.h"

namespace hl::index766 {

namespace {

// ioc_766_dossier: the facts of every dossier; beside them, in columns, what a question about the present needs of the
// unfinished ones: `outlook` (a letter of timing), the instant from which it is late, the month its rows reach to.
// ioc_766_month: one letter for each fact that counts in that month. ioc_766_count: how many; agency '' is the
// province.
constexpr std::string_view tables = R"sql(
CREATE TABLE ioc_766_dossier (
    dossier TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    agency TEXT NOT NULL,
    procedure TEXT NOT NULL,
    received_at BIGINT,
    ended_at BIGINT,
    seen BIGINT NOT NULL,
    outlook TEXT NOT NULL,
    late_from BIGINT,
    facts TEXT NOT NULL
);
CREATE INDEX ioc_766_dossier_open ON ioc_766_dossier (agency, dossier) WHERE ended_at IS NULL AND received_at IS NOT NULL;
CREATE UNIQUE INDEX ioc_766_dossier_code ON ioc_766_dossier (code);
CREATE TABLE ioc_766_month (
    dossier TEXT NOT NULL,
    month BIGINT NOT NULL,
    agency TEXT NOT NULL,
    outcomes TEXT NOT NULL,
    PRIMARY KEY (dossier, month)
);
CREATE INDEX ioc_766_month_agency ON ioc_766_month (agency, month, dossier);
CREATE TABLE ioc_766_count (
    agency TEXT NOT NULL,
    month BIGINT NOT NULL,
    fact BIGINT NOT NULL,
    letter TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (agency, month, fact, letter)
);
CREATE INDEX ioc_766_count_month ON ioc_766_count (month);
)sql";

// What the pack brought, every version of it: a score that was shown can be shown again by the rules of then.
constexpr std::string_view rules = R"sql(
CREATE TABLE ioc_766_rules (
    number {{serial}},
    hash TEXT NOT NULL,
    files TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"ioc/index766", 1, "facts, months and counts of the index 766", std::string{tables}},
        {"ioc/index766", 2, "rules of the index 766", std::string{rules}},
    };
    return list;
}

}  // namespace hl::index766
