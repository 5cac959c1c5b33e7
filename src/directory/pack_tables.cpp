// units.csv, agencies.csv, departments.csv, positions.csv, successions.csv.
#include "base/files.h"
#include "base/text.h"
#include "directory/pack_reader.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

/// One table of the pack, cell by cell, with mistakes at their line.
class Table {
  public:
    Table(const std::filesystem::path& pack, std::string file, bool required,
          std::initializer_list<std::string_view> columns, Mistakes& mistakes)
        : file_(std::move(file)), mistakes_(mistakes) {
        std::error_code ec;
        if (!required && !std::filesystem::exists(pack / file_, ec)) return;
        auto bytes = read_file(pack / file_);
        if (!bytes.ok()) {
            mistakes.add(std::move(bytes).error().pointing(file_));
            return;
        }
        auto table = parse_csv(bytes.value(), file_);
        if (!table.ok()) {
            auto error = std::move(table).error();
            if (error.at.empty()) error.at = file_;
            mistakes.add(std::move(error));
            return;
        }
        table_ = std::move(table).value();
        for (const auto column : columns)
            if (table_.column(column) < 0)
                mistakes.add(fmt::format("{}:1", file_), "pack.column_missing",
                             fmt::format("Thiếu cột “{}”: thêm cột này vào dòng tiêu đề.", column),
                             fmt::format("the column \"{}\" is missing; add it to the header", column));
        for (const auto& name : table_.header)
            if (std::ranges::find(columns, name) == columns.end())
                mistakes.add(fmt::format("{}:1", file_), "pack.column_unknown",
                             fmt::format("Cột “{}” không được dùng: kiểm tra chính tả tên cột.", name),
                             fmt::format("the column \"{}\" is not used; check its spelling", name));
    }

    [[nodiscard]] const std::vector<CsvRow>& rows() const { return table_.rows; }
    [[nodiscard]] std::string at(const CsvRow& row) const { return fmt::format("{}:{}", file_, row.line); }
    [[nodiscard]] std::string optional(const CsvRow& row, std::string_view column) const {
        return text::normalise(table_.cell(row, column));
    }
    [[nodiscard]] std::string required(const CsvRow& row, std::string_view column) {
        auto value = optional(row, column);
        if (value.empty())
            mistakes_.add(at(row), "pack.cell_empty", fmt::format("Ô “{}” không được để trống.", column),
                          fmt::format("the cell \"{}\" must not be empty", column));
        return value;
    }
    [[nodiscard]] std::string id(const CsvRow& row, std::string_view column, bool may_be_empty = false) {
        auto value = may_be_empty ? optional(row, column) : required(row, column);
        const bool plain = std::ranges::all_of(
            value, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/'; });
        if (!plain || value.size() > 100)
            mistakes_.add(at(row), "pack.id",
                          fmt::format("Mã “{}” chỉ được dùng chữ thường không dấu, số và gạch nối.", value),
                          fmt::format("the id \"{}\" may hold only a-z, 0-9 and hyphens", value));
        return value;
    }
    [[nodiscard]] std::optional<Date> date(const CsvRow& row, std::string_view column, bool required_cell) {
        const auto value = required_cell ? required(row, column) : optional(row, column);
        if (value.empty()) return std::nullopt;
        auto parsed = parse_date(value);
        if (parsed.ok()) return parsed.value();
        mistakes_.add(at(row), "pack.date",
                      fmt::format("“{}” ở cột {} không phải ngày: viết như 2025-07-01.", value, column),
                      fmt::format("\"{}\" in {} is not a date; write 2025-07-01", value, column));
        return std::nullopt;
    }
    [[nodiscard]] Validity valid(const CsvRow& row) {
        Validity v{date(row, "from", true).value_or(Date{std::chrono::year{2000} / 1 / 1}), date(row, "to", false)};
        if (v.to && *v.to <= v.from)
            mistakes_.add(at(row), "pack.validity", "Ngày hết hiệu lực phải sau ngày có hiệu lực.",
                          "the end date must be after the start date");
        return v;
    }
    template <class E, size_t N>
    [[nodiscard]] std::optional<E> word(const CsvRow& row, std::string_view column, const Words<E, N>& words,
                                        bool required_cell = true) {
        const auto value = required_cell ? required(row, column) : optional(row, column);
        if (value.empty()) return std::nullopt;
        if (auto found = value_of(words, value)) return found;
        std::string list;
        for (const auto& [v, w] : words) list += (list.empty() ? "" : ", ") + std::string{w};
        mistakes_.add(at(row), "pack.word",
                      fmt::format("“{}” ở cột {} không hợp lệ: chọn một trong {}.", value, column, list),
                      fmt::format("\"{}\" in {} is not one of {}", value, column, list));
        return std::nullopt;
    }

  private:
    std::string file_;
    Mistakes& mistakes_;
    CsvTable table_;
};

/// Adds a version to the identity it belongs to.
template <class Thing, class IdType, class Version>
void add_version(std::vector<Thing>& things, std::unordered_map<std::string, size_t>& index, const IdType& id,
                 Version version, const std::string& place, Places& places, Mistakes& mistakes) {
    const auto key = fmt::format("{}@{}", id.value, day_number(version.valid.from));
    if (!places.of_version.emplace(key, place).second)
        return mistakes.add(
            place, "pack.duplicate",
            fmt::format("“{}” đã có dòng cùng ngày bắt đầu ở {}.", id.value, places.of_version[key]),
            fmt::format("\"{}\" has a row with the same start at {}", id.value, places.of_version[key]));
    const auto [it, fresh] = index.emplace(id.value, things.size());
    if (fresh) things.push_back({id, {}});
    things[it->second].versions.push_back(std::move(version));
}

void read_units(const std::filesystem::path& pack, OrganisationPack& out, Places& places, Mistakes& mistakes) {
    std::unordered_map<std::string, size_t> index;
    for (const bool old : {false, true}) {
        Table table(pack, old ? "units-old.csv" : "units.csv", !old,
                    {"id", "code", "name", "kind", "parent", "from", "to", "basis"}, mistakes);
        for (const auto& row : table.rows()) {
            const UnitId id{table.id(row, "id")};
            const auto kind = table.word(row, "kind", unit_kinds);
            UnitVersion v{table.valid(row),
                          table.required(row, "code"),
                          table.required(row, "name"),
                          kind.value_or(UnitKind::commune),
                          level_of(kind.value_or(UnitKind::commune)),
                          UnitId{table.id(row, "parent", true)},
                          table.required(row, "basis")};
            if (v.parent.empty() && kind && v.level != UnitLevel::province)
                mistakes.add(table.at(row), "pack.cell_empty",
                             "Đơn vị dưới cấp tỉnh phải có đơn vị cấp trên (cột parent).",
                             "a unit below the province needs its parent");
            add_version(out.units, index, id, std::move(v), table.at(row), places, mistakes);
        }
    }
}

void read_agencies(const std::filesystem::path& pack, OrganisationPack& out, Places& places, Mistakes& mistakes) {
    std::unordered_map<std::string, size_t> index;
    Table table(pack, "agencies.csv", true,
                {"id", "code", "old_code", "code_verified", "name", "kind", "area", "parent", "address", "phone",
                 "from", "to", "basis"},
                mistakes);
    for (const auto& row : table.rows()) {
        const AgencyId id{table.id(row, "id")};
        AgencyVersion v;
        v.valid = table.valid(row);
        v.code = table.required(row, "code");
        v.old_code = table.optional(row, "old_code");
        const auto verified = table.required(row, "code_verified");
        if (verified != "yes" && verified != "no" && !verified.empty())
            mistakes.add(table.at(row), "pack.word", "Cột code_verified ghi yes (mã đã được cấp) hoặc no (mã tạm).",
                         "code_verified is yes (issued) or no (provisional)");
        v.code_verified = verified == "yes";
        v.name = table.required(row, "name");
        v.kind = table.word(row, "kind", agency_kinds).value_or(AgencyKind::other);
        v.area = UnitId{table.id(row, "area")};
        // Said here, because the departments of an agency without a place cannot be told.
        if (!v.area.empty() && std::ranges::find(out.units, v.area, &Unit::id) == out.units.end())
            mistakes.add(table.at(row), "pack.reference",
                         fmt::format("Không có địa bàn “{}” trong units.csv.", v.area.value),
                         fmt::format("units.csv has no \"{}\"", v.area.value));
        v.parent = AgencyId{table.id(row, "parent", true)};
        v.address = table.optional(row, "address");
        v.phone = table.optional(row, "phone");
        v.basis = table.required(row, "basis");
        auto derived = to_old_code(v.code);
        if (!v.code.empty() && !derived.ok()) mistakes.add(std::move(derived).error().pointing(table.at(row)));
        if (!v.old_code.empty())
            if (auto back = from_old_code(v.old_code); !back.ok())
                mistakes.add(std::move(back).error().pointing(table.at(row)));
        add_version(out.agencies, index, id, std::move(v), table.at(row), places, mistakes);
    }
}

/// A row of departments.csv or positions.csv speaks of one agency or of every agency of a kind (and of a kind of
/// unit): one row instead of seventy-eight.
struct Selector {
    std::string agency;
    std::optional<AgencyKind> agency_kind;
    std::optional<UnitKind> unit_kind;
};

Selector read_selector(Table& table, const CsvRow& row, Mistakes& mistakes) {
    Selector s{table.id(row, "agency", true), table.word(row, "agency_kind", agency_kinds, false),
               table.word(row, "unit_kind", unit_kinds, false)};
    if (s.agency.empty() == !s.agency_kind.has_value())
        mistakes.add(table.at(row), "pack.selector",
                     "Ghi một trong hai: cột agency (một cơ quan) hoặc agency_kind (mọi cơ quan cùng loại).",
                     "fill either agency (one agency) or agency_kind (all agencies of that kind)");
    return s;
}

/// The time in which the agency is what the selector names, cut to the row's own validity.
std::optional<Validity> selected(const Selector& s, const Agency& agency, const Validity& row,
                                 const std::unordered_map<std::string, const Unit*>& units) {
    std::optional<Validity> life;
    for (const auto& v : agency.versions) {
        if (!s.agency.empty() && s.agency != agency.id.value) continue;
        if (s.agency_kind && *s.agency_kind != v.kind) continue;
        if (s.unit_kind) {
            const auto unit = units.find(v.area.value);
            const auto* uv = unit == units.end() ? nullptr : unit->second->at(v.valid.from);
            if (!uv || uv->kind != *s.unit_kind) continue;
        }
        if (!life) {
            life = v.valid;
        } else {
            life->from = std::min(life->from, v.valid.from);
            life->to = life->to && v.valid.to ? std::optional{std::max(*life->to, *v.valid.to)} : std::nullopt;
        }
    }
    if (!life) return std::nullopt;
    life->from = std::max(life->from, row.from);
    if (row.to) life->to = life->to ? std::min(*life->to, *row.to) : *row.to;
    if (life->to && *life->to <= life->from) return std::nullopt;
    return life;
}

void read_places_of_work(const std::filesystem::path& pack, OrganisationPack& out, Places& places, Mistakes& mistakes) {
    std::unordered_map<std::string, const Unit*> units;
    for (const auto& unit : out.units) units.emplace(unit.id.value, &unit);
    std::unordered_map<std::string, std::string> seen;
    const auto fresh = [&](const std::string& id, const std::string& place) {
        const auto [it, is_new] = seen.emplace(id, place);
        if (!is_new)
            mistakes.add(place, "pack.duplicate", fmt::format("“{}” đã khai ở {}.", id, it->second),
                         fmt::format("\"{}\" is already given at {}", id, it->second));
        return is_new;
    };
    (void)places;
    const auto nobody = [&](const Table& table, const CsvRow& row) {
        mistakes.add(table.at(row), "pack.selector",
                     "Dòng này không ứng với cơ quan nào: kiểm tra agency, agency_kind, unit_kind và ngày.",
                     "no agency fits this row; check agency, agency_kind, unit_kind and the dates");
    };

    std::unordered_map<std::string, Validity> departments;
    Table table(pack, "departments.csv", true,
                {"agency", "agency_kind", "unit_kind", "key", "name", "from", "to", "basis"}, mistakes);
    for (const auto& row : table.rows()) {
        const auto selector = read_selector(table, row, mistakes);
        const auto key = table.id(row, "key"), name = table.required(row, "name");
        const auto valid = table.valid(row);
        bool any = false;
        for (const auto& agency : out.agencies)
            if (const auto life = selected(selector, agency, valid, units)) {
                any = true;
                DepartmentId id{agency.id.value + "/" + key};
                if (!fresh(id.value, table.at(row))) continue;
                departments.emplace(id.value, *life);
                out.departments.push_back({id, agency.id, name, *life});
            }
        if (!any) nobody(table, row);
    }

    Table positions(pack, "positions.csv", true,
                    {"agency", "agency_kind", "unit_kind", "key", "title", "department", "functions", "from", "to"},
                    mistakes);
    seen.clear();
    for (const auto& row : positions.rows()) {
        const auto selector = read_selector(positions, row, mistakes);
        const auto key = positions.id(row, "key"), title = positions.required(row, "title");
        const auto department = positions.id(row, "department", true);
        std::vector<std::string> functions;
        for (auto& f : text::split(positions.required(row, "functions"), ' '))
            if (!f.empty()) functions.push_back(std::move(f));
        const auto valid = positions.valid(row);
        bool any = false;
        for (const auto& agency : out.agencies)
            if (const auto life = selected(selector, agency, valid, units)) {
                any = true;
                PositionId id{agency.id.value + "/" + key};
                if (!fresh(id.value, positions.at(row))) continue;
                DepartmentId inside;
                if (!department.empty()) {
                    inside = DepartmentId{agency.id.value + "/" + department};
                    if (!departments.contains(inside.value))
                        mistakes.add(positions.at(row), "pack.department",
                                     fmt::format("Không có phòng “{}” trong departments.csv.", inside.value),
                                     fmt::format("departments.csv has no \"{}\"", inside.value));
                }
                out.positions.push_back({id, agency.id, inside, title, functions, *life});
            }
        if (!any) nobody(positions, row);
    }
}

void read_successions(const std::filesystem::path& pack, OrganisationPack& out, Places& places, Mistakes& mistakes) {
    Table table(pack, "successions.csv", true, {"from", "to", "date", "kind", "function", "area", "basis"}, mistakes);
    for (const auto& row : table.rows()) {
        Succession s;
        s.from = table.id(row, "from");
        s.to = table.id(row, "to");
        const auto date = table.date(row, "date", true);
        s.kind = table.word(row, "kind", succession_kinds).value_or(SuccessionKind::merge);
        s.function = table.id(row, "function", true);
        s.area = UnitId{table.id(row, "area", true)};
        s.basis = table.required(row, "basis");
        if (!date) continue;
        s.date = *date;
        out.successions.push_back(std::move(s));
        places.of_succession.push_back(table.at(row));
    }
}

}  // namespace

void read_tables(const std::filesystem::path& pack, OrganisationPack& out, Places& places, Mistakes& mistakes) {
    read_units(pack, out, places, mistakes);
    read_agencies(pack, out, places, mistakes);
    for (auto& u : out.units) std::ranges::sort(u.versions, {}, [](const UnitVersion& v) { return v.valid.from; });
    for (auto& a : out.agencies) std::ranges::sort(a.versions, {}, [](const AgencyVersion& v) { return v.valid.from; });
    read_places_of_work(pack, out, places, mistakes);
    read_successions(pack, out, places, mistakes);
}

}  // namespace hl::directory
