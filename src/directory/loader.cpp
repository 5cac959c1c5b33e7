#include "directory/loader.h"

#include <ranges>

#include "base/text.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

constexpr std::string_view select_units =
    "SELECT unit_id, valid_from, valid_to, code, name, kind, level, parent_id, basis FROM directory_unit_versions "
    "ORDER BY unit_id, valid_from";
constexpr std::string_view select_agencies =
    "SELECT agency_id, valid_from, valid_to, code, old_code, code_verified, name, kind, area_id, parent_id, address, "
    "phone, basis FROM directory_agency_versions ORDER BY agency_id, valid_from";
constexpr std::string_view select_departments =
    "SELECT id, agency_id, name, valid_from, valid_to FROM directory_departments ORDER BY id";
constexpr std::string_view select_positions =
    "SELECT id, agency_id, department_id, title, functions, valid_from, valid_to FROM directory_positions ORDER BY id";
constexpr std::string_view select_officers = "SELECT id, name FROM directory_officers ORDER BY id";
constexpr std::string_view select_holdings =
    "SELECT officer_id, position_id, valid_from, valid_to FROM directory_holdings ORDER BY officer_id, valid_from, "
    "position_id";
constexpr std::string_view select_successions =
    "SELECT from_id, to_id, date, kind, function, area_id, basis FROM directory_successions "
    "ORDER BY date, from_id, to_id, function, area_id";

Validity validity(const store::Row& row, int from, int to) {
    return {row.date(from), row.optional_date(to)};
}

template <class E, size_t N>
E enum_at(const store::Row& row, int column, const Words<E, N>& words, E otherwise) {
    return value_of(words, row.text(column)).value_or(otherwise);
}

}  // namespace

DirectoryData read_directory(store::Reader& reader) {
    DirectoryData data;
    reader.query(select_units, {}, [&](const store::Row& r) {
        auto id = r.id<UnitId>(0);
        if (data.units.empty() || data.units.back().id != id) data.units.push_back({id, {}});
        data.units.back().versions.push_back(
            {validity(r, 1, 2), r.string(3), r.string(4), enum_at(r, 5, unit_kinds, UnitKind::commune),
             enum_at(r, 6, unit_levels, UnitLevel::commune), r.id<UnitId>(7), r.string(8)});
    });
    reader.query(select_agencies, {}, [&](const store::Row& r) {
        auto id = r.id<AgencyId>(0);
        if (data.agencies.empty() || data.agencies.back().id != id) data.agencies.push_back({id, {}});
        data.agencies.back().versions.push_back({validity(r, 1, 2), r.string(3), r.string(4), r.integer(5) != 0,
                                                 r.string(6), enum_at(r, 7, agency_kinds, AgencyKind::other),
                                                 r.id<UnitId>(8), r.id<AgencyId>(9), r.string(10), r.string(11),
                                                 r.string(12)});
    });
    reader.query(select_departments, {}, [&](const store::Row& r) {
        data.departments.push_back({r.id<DepartmentId>(0), r.id<AgencyId>(1), r.string(2), validity(r, 3, 4)});
    });
    reader.query(select_positions, {}, [&](const store::Row& r) {
        data.positions.push_back({r.id<PositionId>(0), r.id<AgencyId>(1), r.id<DepartmentId>(2), r.string(3),
                                  text::split(r.text(4), ' '), validity(r, 5, 6)});
    });
    std::unordered_map<std::string, size_t> officers;
    reader.query(select_officers, {}, [&](const store::Row& r) {
        officers.emplace(r.string(0), data.officers.size());
        data.officers.push_back({r.id<OfficerId>(0), r.string(1), {}});
    });
    reader.query(select_holdings, {}, [&](const store::Row& r) {
        if (const auto it = officers.find(r.string(0)); it != officers.end())
            data.officers[it->second].holdings.push_back({r.id<PositionId>(1), validity(r, 2, 3)});
    });
    reader.query(select_successions, {}, [&](const store::Row& r) {
        data.successions.push_back({r.string(0), r.string(1), r.date(2),
                                    enum_at(r, 3, succession_kinds, SuccessionKind::merge), r.string(4),
                                    r.id<UnitId>(5), r.string(6)});
    });
    return data;
}

std::shared_ptr<const Directory> DirectoryLoader::build(DirectoryData data) {
    auto directory = std::make_shared<Directory>();
    auto& d = *directory;
    const auto by_date = [](auto& versions) {
        std::ranges::sort(versions, {}, [](const auto& v) { return v.valid.from; });
    };
    for (auto& unit : data.units) {
        by_date(unit.versions);
        for (const auto& v : unit.versions) {
            d.unit_codes_.emplace(v.code, unit.id.value);
            d.unit_names_.emplace_back(text::fold(v.name), unit.id.value);
        }
        d.units_.emplace(unit.id.value, std::move(unit));
    }
    for (auto& agency : data.agencies) {
        by_date(agency.versions);
        for (auto& v : agency.versions) {
            if (v.old_code.empty())
                if (auto old = to_old_code(v.code); old.ok()) v.old_code = std::move(old).value();
            d.agency_codes_.emplace(v.code, agency.id.value);
            if (!v.old_code.empty()) d.agency_codes_.emplace(v.old_code, agency.id.value);
            auto& over = d.agencies_over_[v.area.value];
            if (std::ranges::find(over, agency.id.value) == over.end()) over.push_back(agency.id.value);
        }
        d.agencies_.emplace(agency.id.value, std::move(agency));
    }
    for (auto& [unit, agencies] : d.agencies_over_) std::ranges::sort(agencies);
    std::ranges::sort(data.positions, {}, &Position::id);
    for (auto& p : data.positions) {
        d.positions_of_agency_.emplace(p.agency.value, p.id.value);
        d.positions_.emplace(p.id.value, std::move(p));
    }
    for (auto& x : data.departments) d.departments_.emplace(x.id.value, std::move(x));
    for (auto& x : data.officers) d.officers_.emplace(x.id.value, std::move(x));
    std::ranges::stable_sort(data.successions, {}, &Succession::date);
    d.successions_ = std::move(data.successions);
    for (size_t i = 0; i < d.successions_.size(); ++i) d.successions_from_[d.successions_[i].from].push_back(i);
    return directory;
}

std::shared_ptr<const Directory> Directory::load(store::Reader& reader) {
    return DirectoryLoader::build(read_directory(reader));
}

}  // namespace hl::directory
