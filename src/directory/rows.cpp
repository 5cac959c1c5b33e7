#include "directory/rows.h"

#include "base/text.h"
#include "directory/words.h"

namespace hl::directory::rows {

namespace {
constexpr std::string_view delete_unit = "DELETE FROM directory_unit_versions WHERE unit_id = ?";
constexpr std::string_view insert_unit =
    "INSERT INTO directory_unit_versions (unit_id, valid_from, valid_to, code, name, kind, level, parent_id, basis) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view delete_agency = "DELETE FROM directory_agency_versions WHERE agency_id = ?";
constexpr std::string_view insert_agency =
    "INSERT INTO directory_agency_versions (agency_id, valid_from, valid_to, code, old_code, code_verified, name, "
    "kind, "
    "area_id, parent_id, address, phone, basis) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view upsert_department =
    "INSERT INTO directory_departments (id, agency_id, name, valid_from, valid_to) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, valid_from = excluded.valid_from, valid_to = "
    "excluded.valid_to";
constexpr std::string_view upsert_position =
    "INSERT INTO directory_positions (id, agency_id, department_id, title, functions, valid_from, valid_to) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET department_id = excluded.department_id, "
    "title = excluded.title, functions = excluded.functions, valid_from = excluded.valid_from, valid_to = "
    "excluded.valid_to";
constexpr std::string_view insert_succession =
    "INSERT INTO directory_successions (from_id, to_id, date, kind, function, area_id, basis, origin) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (from_id, to_id, date, function, area_id) DO NOTHING";
constexpr std::string_view select_end =
    "SELECT valid_to FROM directory_agency_versions WHERE agency_id = ? ORDER BY valid_from DESC LIMIT 1";
constexpr std::string_view end_departments =
    "UPDATE directory_departments SET valid_to = ? WHERE agency_id = ? AND (valid_to IS NULL OR valid_to > ?)";
constexpr std::string_view end_holdings =
    "UPDATE directory_holdings SET valid_to = ? WHERE (valid_to IS NULL OR valid_to > ?) AND position_id IN "
    "(SELECT id FROM directory_positions WHERE agency_id = ?)";
constexpr std::string_view end_positions =
    "UPDATE directory_positions SET valid_to = ? WHERE agency_id = ? AND (valid_to IS NULL OR valid_to > ?)";
constexpr std::string_view upsert_moved =
    "INSERT INTO directory_moved (id, date) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET date = excluded.date";
}  // namespace

void replace(store::Transaction& tx, const Unit& unit) {
    tx.execute(delete_unit, {unit.id});
    for (const auto& v : unit.versions)
        tx.execute(insert_unit, {unit.id, v.valid.from, v.valid.to, v.code, v.name, word_of(unit_kinds, v.kind),
                                 word_of(unit_levels, v.level), v.parent, v.basis});
}

void replace(store::Transaction& tx, const Agency& agency) {
    tx.execute(delete_agency, {agency.id});
    for (const auto& v : agency.versions)
        tx.execute(insert_agency,
                   {agency.id, v.valid.from, v.valid.to, v.code, v.old_code, static_cast<int>(v.code_verified), v.name,
                    word_of(agency_kinds, v.kind), v.area, v.parent, v.address, v.phone, v.basis});
}

void put(store::Transaction& tx, const Department& d) {
    tx.execute(upsert_department, {d.id, d.agency, d.name, d.valid.from, d.valid.to});
}

void put(store::Transaction& tx, const Position& p) {
    const auto functions = text::join(p.functions, " ");
    tx.execute(upsert_position, {p.id, p.agency, p.department, p.title, functions, p.valid.from, p.valid.to});
}

void put(store::Transaction& tx, const Succession& s, std::string_view origin) {
    tx.execute(insert_succession,
               {s.from, s.to, s.date, word_of(succession_kinds, s.kind), s.function, s.area, s.basis, origin});
}

std::optional<Date> end_of(store::Reader& reader, const AgencyId& agency) {
    const auto end = reader.first(select_end, {agency}, [](const store::Row& r) { return r.optional_date(0); });
    return end ? *end : std::nullopt;
}

void end_places(store::Transaction& tx, const AgencyId& agency, Date date) {
    tx.execute(end_departments, {date, agency, date});
    tx.execute(end_holdings, {date, date, agency});
    tx.execute(end_positions, {date, agency, date});
}

void mark_moved(store::Transaction& tx, std::string_view id, Date date) {
    tx.execute(upsert_moved, {id, date});
}

}  // namespace hl::directory::rows
