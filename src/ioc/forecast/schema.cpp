#include "ioc/forecast/schema.h"

namespace hl::forecast {

namespace {

// ioc_forecast_dossier: the open ones. ioc_forecast_cell: durations by step, from coarse (procedure '') to fine; pace
// and load −1: any. ioc_forecast_business: how busy agencies are. ioc_forecast_calibration: what was said against what
// happened; part −1 counts the dossiers.
constexpr std::string_view tables = R"sql(
CREATE TABLE ioc_forecast_dossier (
    dossier TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    agency TEXT NOT NULL,
    facts TEXT NOT NULL
);
CREATE INDEX ioc_forecast_dossier_agency ON ioc_forecast_dossier (agency);
CREATE INDEX ioc_forecast_dossier_code ON ioc_forecast_dossier (code);
CREATE TABLE ioc_forecast_cell (
    procedure TEXT NOT NULL,
    step TEXT NOT NULL,
    agency TEXT NOT NULL,
    pace BIGINT NOT NULL,
    load BIGINT NOT NULL,
    level BIGINT NOT NULL,
    year BIGINT NOT NULL,
    durations {{blob}} NOT NULL,
    PRIMARY KEY (procedure, step, agency, pace, load, level, year)
);
CREATE TABLE ioc_forecast_business (
    agency TEXT PRIMARY KEY,
    open BIGINT NOT NULL,
    sum BIGINT NOT NULL,
    times BIGINT NOT NULL
);
CREATE TABLE ioc_forecast_calibration (
    part BIGINT PRIMARY KEY,
    weight BIGINT NOT NULL,
    late BIGINT NOT NULL,
    said BIGINT NOT NULL
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations list = {
        {"ioc/forecast", 1, "open dossiers, durations and calibration of the forecast", std::string{tables}},
    };
    return list;
}

}  // namespace hl::forecast
