#include "directory/commands.h"

namespace hl::directory {

const store::Migrations& migrations() {
    static const store::Migrations all{{"directory", 1, "organisation and calendars", R"sql(
CREATE TABLE directory_unit_versions (
    unit_id TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT, code TEXT NOT NULL, name TEXT NOT NULL,
    kind TEXT NOT NULL, level TEXT NOT NULL, parent_id TEXT NOT NULL, basis TEXT NOT NULL,
    PRIMARY KEY (unit_id, valid_from));
CREATE TABLE directory_agency_versions (
    agency_id TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT, code TEXT NOT NULL, old_code TEXT NOT NULL,
    code_verified BIGINT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, area_id TEXT NOT NULL,
    parent_id TEXT NOT NULL, address TEXT NOT NULL, phone TEXT NOT NULL, basis TEXT NOT NULL,
    PRIMARY KEY (agency_id, valid_from));
CREATE TABLE directory_departments (
    id TEXT PRIMARY KEY, agency_id TEXT NOT NULL, name TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT);
CREATE TABLE directory_positions (
    id TEXT PRIMARY KEY, agency_id TEXT NOT NULL, department_id TEXT NOT NULL, title TEXT NOT NULL,
    functions TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT);
CREATE TABLE directory_officers (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE directory_holdings (
    officer_id TEXT NOT NULL REFERENCES directory_officers (id), position_id TEXT NOT NULL,
    valid_from BIGINT NOT NULL, valid_to BIGINT, PRIMARY KEY (officer_id, position_id, valid_from));
CREATE TABLE directory_successions (
    from_id TEXT NOT NULL, to_id TEXT NOT NULL, date BIGINT NOT NULL, kind TEXT NOT NULL, function TEXT NOT NULL,
    area_id TEXT NOT NULL, basis TEXT NOT NULL, origin TEXT NOT NULL,
    PRIMARY KEY (from_id, to_id, date, function, area_id));
CREATE TABLE directory_moved (id TEXT PRIMARY KEY, date BIGINT NOT NULL);
CREATE TABLE directory_calendars (
    id TEXT NOT NULL, version BIGINT NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL, loaded_at BIGINT NOT NULL,
    PRIMARY KEY (id, version));
CREATE TABLE directory_packs (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at BIGINT NOT NULL, applied_by TEXT NOT NULL)
)sql"},
                                       {"directory", 2, "boundaries on the map", R"sql(
CREATE TABLE directory_boundaries (
    layer TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT, source TEXT NOT NULL, licence TEXT NOT NULL,
    data_date BIGINT NOT NULL, file_hash TEXT NOT NULL, hash TEXT NOT NULL, features BIGINT NOT NULL,
    points BIGINT NOT NULL, points_given BIGINT NOT NULL, stored_at BIGINT NOT NULL, stored_by TEXT NOT NULL,
    topology TEXT NOT NULL, PRIMARY KEY (layer, valid_from))
)sql"}};
    return all;
}

}  // namespace hl::directory
