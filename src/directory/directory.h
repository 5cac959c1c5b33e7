// Who is who in the province: administrative units, agencies, departments, positions, officers. Every one is an
// identity for life with dated versions and a succession graph, so that "as then" and "as now" both have an answer.
// Reads go through a Directory snapshot held in memory (small: a province has a few thousand rows), reloaded after
// every change. A Directory is immutable and safe on any thread.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "store/db.h"

namespace hl::directory {

/// [from, to): a missing end is open.
struct Validity {
    Date from;
    std::optional<Date> to;
    [[nodiscard]] bool covers(Date d) const { return from <= d && (!to || d < *to); }
};

enum class UnitLevel { province, district, commune };
enum class UnitKind { province, city, town, district, commune, ward, township, special_zone };

struct UnitVersion {
    Validity valid;
    std::string code;  // official statistics code of the time ("19333")
    std::string name;  // "Phường Đông Hà"
    UnitKind kind = UnitKind::commune;
    UnitLevel level = UnitLevel::commune;
    UnitId parent;      // empty for a province
    std::string basis;  // instrument
};
struct Unit {
    UnitId id;
    std::vector<UnitVersion> versions;  // by date, without overlap
    [[nodiscard]] const UnitVersion* at(Date d) const;
};

enum class AgencyKind {
    province_committee,
    department,
    district_committee,
    commune_committee,
    one_stop_centre,
    party,
    utility,
    central_body,
    other
};

struct AgencyVersion {
    Validity valid;
    std::string code;            // left to right, "H50.12.34" (Decision 20/2020/QĐ-TTg)
    std::string old_code;        // right to left, "000.34.12.H50" (QCVN 102:2016/BTTTT); derived when empty
    bool code_verified = false;  // false: provisional, to be replaced by the issued one
    std::string name;
    AgencyKind kind = AgencyKind::other;
    UnitId area;  // where it is competent
    AgencyId parent;
    std::string address, phone;
    std::string basis;
};
struct Agency {
    AgencyId id;
    std::vector<AgencyVersion> versions;
    [[nodiscard]] const AgencyVersion* at(Date d) const;
};

struct Department {
    DepartmentId id;
    AgencyId agency;
    std::string name;
    Validity valid;
};

/// A position does functions ("mot-cua", "ho-tich", "lanh-dao"…): work is addressed to a function and an area.
struct Position {
    PositionId id;
    AgencyId agency;
    DepartmentId department;  // may be empty
    std::string title;
    std::vector<std::string> functions;
    Validity valid;
};

struct Officer {
    OfficerId id;
    std::string name;
    struct Holding {
        PositionId position;
        Validity valid;
    };
    std::vector<Holding> holdings;
};

enum class SuccessionKind { merge, split, rename, transfer, abolish };
struct Succession {
    std::string from, to;  // agency or unit ids of one kind
    Date date;
    SuccessionKind kind = SuccessionKind::merge;
    std::string function;  // for a split: which function's work goes there; empty = everything else
    UnitId area;           // for a split by place: which places' work goes there; empty = any
    std::string basis;
};

/// "H50.12.34" ⇄ "000.34.12.H50"; errors agency_code.invalid.
[[nodiscard]] Result<std::string> to_old_code(std::string_view left_to_right);
[[nodiscard]] Result<std::string> from_old_code(std::string_view right_to_left);

struct Resolution {
    AgencyId agency;
    std::optional<PositionId> position;  // when one position has the function there
    std::string rule;                    // in words: why this one
};

class Directory {
  public:
    [[nodiscard]] static std::shared_ptr<const Directory> load(store::Reader& reader);

    [[nodiscard]] const Unit* unit(const UnitId& id) const;
    [[nodiscard]] const Agency* agency(const AgencyId& id) const;
    [[nodiscard]] const Department* department(const DepartmentId& id) const;
    [[nodiscard]] const Position* position(const PositionId& id) const;
    [[nodiscard]] const Officer* officer(const OfficerId& id) const;
    [[nodiscard]] const Agency* agency_by_code(std::string_view code, Date d) const;  // both syntaxes
    [[nodiscard]] const Unit* unit_by_code(std::string_view code, Date d) const;
    [[nodiscard]] std::vector<const Unit*> units_at(Date d, std::optional<UnitLevel> level = {}) const;
    [[nodiscard]] std::vector<const Agency*> agencies_at(Date d, std::optional<AgencyKind> kind = {}) const;
    /// Units by name, without diacritics, also by former names; newest version first.
    [[nodiscard]] std::vector<const Unit*> find_units(std::string_view words, size_t limit = 20) const;

    /// The live agency that continues `id`'s work at `d`: itself, or its successors' by function and area, followed to
    /// the end. Errors: directory.no_successor (a fault of the data: every work has a live holder).
    [[nodiscard]] Result<AgencyId> holder(const AgencyId& id, std::string_view function, const UnitId& area,
                                          Date d) const;
    /// Today's unit for a unit of any time ("as now").
    [[nodiscard]] Result<UnitId> unit_now(const UnitId& id, Date d) const;
    /// Who does `function` for `area` on `d`: the agency competent for the area (or the nearest above it at `level`).
    [[nodiscard]] Result<Resolution> resolve(std::string_view function, const UnitId& area, UnitLevel level,
                                             Date d) const;
    /// Resolve inside one agency.
    [[nodiscard]] Result<Resolution> resolve_in(std::string_view function, const AgencyId& agency, Date d) const;
    /// Is `inner` the agency itself or below it on `d`.
    [[nodiscard]] bool within(const AgencyId& inner, const AgencyId& outer, Date d) const;
    [[nodiscard]] const std::vector<Succession>& successions() const { return successions_; }
    [[nodiscard]] UnitId province() const;
    /// Positions of an agency on `d`, by id.
    [[nodiscard]] std::vector<const Position*> positions_of(const AgencyId& agency, Date d) const;
    /// Officers who hold a position of the agency on `d`, by name in Vietnamese order.
    [[nodiscard]] std::vector<const Officer*> officers_of(const AgencyId& agency, Date d) const;
    /// Everything that succeeded `id` (agency or unit), in order of date.
    [[nodiscard]] std::vector<const Succession*> successions_of(std::string_view id) const;
    /// The unit itself and those above it on `d`, from below; starts from the unit that continues it then.
    [[nodiscard]] std::vector<const Unit*> ancestry(const UnitId& id, Date d) const;

  private:
    [[nodiscard]] const Succession* next_step(const std::string& id, std::string_view function, const UnitId& area,
                                              std::optional<Date> after, Date until, bool alive) const;
    [[nodiscard]] int area_match(const Succession& row, const UnitId& area) const;
    friend class DirectoryLoader;
    std::unordered_map<std::string, Unit> units_;
    std::unordered_map<std::string, Agency> agencies_;
    std::unordered_map<std::string, Department> departments_;
    std::unordered_map<std::string, Position> positions_;
    std::unordered_map<std::string, Officer> officers_;
    std::vector<Succession> successions_;
    std::unordered_multimap<std::string, std::string> agency_codes_, unit_codes_, positions_of_agency_;
    std::vector<std::pair<std::string, std::string>> unit_names_;              // folded name → unit id
    std::unordered_map<std::string, std::vector<size_t>> successions_from_;    // by date; index into successions_
    std::unordered_map<std::string, std::vector<std::string>> agencies_over_;  // unit id → agencies ever competent
};

}  // namespace hl::directory
