// What no single row of a pack shows.
#include "base/crypto.h"
#include "base/files.h"
#include "directory/loader.h"
#include "directory/pack_reader.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

template <class Thing>
void check_versions(const std::vector<Thing>& things, const Places& places, Mistakes& mistakes) {
    for (const auto& thing : things)
        for (size_t i = 1; i < thing.versions.size(); ++i) {
            const auto &a = thing.versions[i - 1], &b = thing.versions[i];
            const auto place = places.version(thing.id.value, b.valid.from);
            if (!a.valid.to || *a.valid.to > b.valid.from)
                mistakes.add(place, "pack.overlap", fmt::format("Hai bản của “{}” chồng thời gian.", thing.id.value),
                             fmt::format("two versions of \"{}\" overlap in time", thing.id.value));
            else if (*a.valid.to < b.valid.from)
                mistakes.add(place, "pack.gap",
                             fmt::format("“{}” bị bỏ trống từ {} đến {}: mỗi tổ chức tồn tại liền mạch.",
                                         thing.id.value, to_vietnamese(*a.valid.to), to_vietnamese(b.valid.from)),
                             fmt::format("\"{}\" does not exist between {} and {}", thing.id.value, to_iso(*a.valid.to),
                                         to_iso(b.valid.from)));
        }
}

/// A code belongs to one holder at a time; it may be given again later (OpenCRVS learnt the same).
template <class Thing>
void check_codes(const std::vector<Thing>& things, const Places& places, Mistakes& mistakes) {
    struct Use {
        Validity valid;
        std::string id;
    };
    std::unordered_map<std::string, std::vector<Use>> uses;
    for (const auto& thing : things)
        for (const auto& v : thing.versions) {
            for (const auto& other : uses[v.code])
                if (other.id != thing.id.value && (!other.valid.to || *other.valid.to > v.valid.from) &&
                    (!v.valid.to || *v.valid.to > other.valid.from))
                    mistakes.add(places.version(thing.id.value, v.valid.from), "pack.code_twice",
                                 fmt::format("Mã {} cùng lúc thuộc “{}” và “{}”.", v.code, other.id, thing.id.value),
                                 fmt::format("the code {} belongs to \"{}\" and \"{}\" at once", v.code, other.id,
                                             thing.id.value));
            uses[v.code].push_back({v.valid, thing.id.value});
        }
}

void check_parents(const OrganisationPack& pack, const Directory& directory, const Places& places, Mistakes& mistakes) {
    const auto missing = [&](const std::string& id, Date from, std::string_view what, const std::string& target) {
        mistakes.add(places.version(id, from), "pack.reference",
                     fmt::format("{} “{}” không tồn tại vào ngày {}.", what, target, to_vietnamese(from)),
                     fmt::format("\"{}\" does not exist on {}", target, to_iso(from)));
    };
    for (const auto& unit : pack.units)
        for (const auto& v : unit.versions) {
            if (v.parent.empty()) continue;
            const auto* parent = directory.unit(v.parent);
            const auto* pv = parent ? parent->at(v.valid.from) : nullptr;
            if (!pv)
                missing(unit.id.value, v.valid.from, "Đơn vị cấp trên", v.parent.value);
            else if (pv->level >= v.level)
                mistakes.add(places.version(unit.id.value, v.valid.from), "pack.level",
                             fmt::format("“{}” không phải cấp trên của “{}”.", v.parent.value, unit.id.value),
                             fmt::format("\"{}\" is not above \"{}\"", v.parent.value, unit.id.value));
        }
    for (const auto& agency : pack.agencies)
        for (const auto& v : agency.versions) {
            const auto* area = directory.unit(v.area);
            if (!area || !area->at(v.valid.from)) missing(agency.id.value, v.valid.from, "Địa bàn", v.area.value);
            const auto* parent = v.parent.empty() ? nullptr : directory.agency(v.parent);
            if (!v.parent.empty() && (!parent || !parent->at(v.valid.from)))
                missing(agency.id.value, v.valid.from, "Cơ quan cấp trên", v.parent.value);
            if (directory.within(v.parent, agency.id, v.valid.from))
                mistakes.add(places.version(agency.id.value, v.valid.from), "pack.parent_cycle",
                             fmt::format("“{}” là cấp trên của chính mình.", agency.id.value),
                             fmt::format("\"{}\" is above itself", agency.id.value));
        }
}

void check_successions(const OrganisationPack& pack, const Directory& directory, const Places& places,
                       Mistakes& mistakes) {
    for (size_t i = 0; i < pack.successions.size(); ++i) {
        const auto& s = pack.successions[i];
        const auto place = i < places.of_succession.size() ? places.of_succession[i] : std::string{"successions.csv"};
        const bool units = directory.unit(UnitId{s.from}) && directory.unit(UnitId{s.to});
        const bool agencies = directory.agency(AgencyId{s.from}) && directory.agency(AgencyId{s.to});
        if (!units && !agencies) {
            mistakes.add(place, "pack.reference",
                         fmt::format("“{}” và “{}” phải là hai đơn vị hoặc hai cơ quan đã khai.", s.from, s.to),
                         fmt::format("\"{}\" and \"{}\" must be two units or two agencies of this pack", s.from, s.to));
            continue;
        }
        const bool alive = units ? directory.unit(UnitId{s.to})->at(s.date) != nullptr
                                 : directory.agency(AgencyId{s.to})->at(s.date) != nullptr;
        if (!alive)
            mistakes.add(place, "pack.reference",
                         fmt::format("Nơi kế thừa “{}” không hoạt động ngày {}.", s.to, to_vietnamese(s.date)),
                         fmt::format("the successor \"{}\" does not exist on {}", s.to, to_iso(s.date)));
        if (!s.area.empty() && !directory.unit(s.area))
            mistakes.add(place, "pack.reference", fmt::format("Không có địa bàn “{}”.", s.area.value),
                         fmt::format("there is no unit \"{}\"", s.area.value));
    }
    if (const auto cycle = find_cycle(pack.successions); !cycle.empty()) {
        std::string path;
        for (const auto& id : cycle) path += id + " → ";
        path += cycle.front();
        mistakes.add("successions.csv", "pack.cycle", fmt::format("Chuỗi kế thừa quay vòng: {}.", path),
                     fmt::format("the successions run in a circle: {}", path));
    }
    // Closed under time: whatever ended has someone who goes on with everything.
    const auto closed = [&](const auto& things) {
        for (const auto& thing : things) {
            const auto& last = thing.versions.back();
            if (!last.valid.to) continue;
            const auto rows = directory.successions_of(thing.id.value);
            const bool has_general = std::ranges::any_of(rows, [&](const Succession* s) {
                return s->function.empty() && s->area.empty() && s->date == *last.valid.to;
            });
            if (!has_general)
                mistakes.add(places.version(thing.id.value, last.valid.from), "pack.no_successor",
                             fmt::format("“{}” kết thúc ngày {} mà successions.csv không có dòng kế thừa chung (để "
                                         "trống function và area) cùng ngày.",
                                         thing.id.value, to_vietnamese(*last.valid.to)),
                             fmt::format("\"{}\" ends on {} but successions.csv has no general successor (empty "
                                         "function and area) on that day",
                                         thing.id.value, to_iso(*last.valid.to)));
        }
    };
    closed(pack.units);
    closed(pack.agencies);
}

/// Every agency, at each date on which anything about it changes, can do what its kind must do.
void check_functions(const OrganisationPack& pack, const Directory& directory, const Places& places,
                     Mistakes& mistakes) {
    for (const auto& agency : pack.agencies)
        for (const auto& v : agency.versions) {
            const auto required = pack.required_functions.find(v.kind);
            if (required == pack.required_functions.end()) continue;
            std::set<Date> dates{v.valid.from};
            for (const auto& p : pack.positions) {
                if (p.agency != agency.id) continue;
                if (v.valid.covers(p.valid.from)) dates.insert(p.valid.from);
                if (p.valid.to && v.valid.covers(*p.valid.to)) dates.insert(*p.valid.to);
            }
            for (const auto& function : required->second)
                for (const auto d : dates)
                    if (!directory.resolve_in(function, agency.id, d).ok()) {
                        mistakes.add(places.version(agency.id.value, v.valid.from), "pack.function",
                                     fmt::format("“{}” không có vị trí nào làm việc “{}” ngày {}.", v.name, function,
                                                 to_vietnamese(d)),
                                     fmt::format("no position of \"{}\" does \"{}\" on {}", agency.id.value, function,
                                                 to_iso(d)));
                        break;
                    }
        }
}

}  // namespace

std::vector<std::string> find_cycle(const std::vector<Succession>& successions) {
    std::unordered_map<std::string, std::vector<std::string>> next;
    for (const auto& s : successions)
        if (s.function.empty() && s.area.empty()) next[s.from].push_back(s.to);
    enum class Mark { fresh, open, done };
    std::unordered_map<std::string, Mark> marks;
    for (const auto& [start, unused] : next) {
        // Iterative depth-first walk: a pack from outside must not be able to exhaust the stack.
        std::vector<std::pair<std::string, size_t>> path;
        if (marks[start] != Mark::fresh) continue;
        marks[start] = Mark::open;
        path.emplace_back(start, 0);
        while (!path.empty()) {
            auto& [id, edge] = path.back();
            const auto found = next.find(id);
            if (found == next.end() || edge >= found->second.size()) {
                marks[id] = Mark::done;
                path.pop_back();
                continue;
            }
            const auto& to = found->second[edge++];
            const auto mark = marks[to];
            if (mark == Mark::open) {
                std::vector<std::string> cycle;
                for (const auto& [on_path, e] : path)
                    if (!cycle.empty() || on_path == to) cycle.push_back(on_path);
                return cycle;
            }
            if (mark == Mark::fresh) {
                marks[to] = Mark::open;
                path.emplace_back(to, 0);
            }
        }
    }
    return {};
}

void check_organisation(const OrganisationPack& pack, const Places& places, Mistakes& mistakes) {
    const auto before = mistakes.count();
    check_versions(pack.units, places, mistakes);
    check_versions(pack.agencies, places, mistakes);
    check_codes(pack.units, places, mistakes);
    check_codes(pack.agencies, places, mistakes);
    const auto directory = preview(pack);
    check_parents(pack, *directory, places, mistakes);
    check_successions(pack, *directory, places, mistakes);
    // The last check follows successions and parents: it needs them sound.
    if (mistakes.count() == before) check_functions(pack, *directory, places, mistakes);
}

std::shared_ptr<const Directory> preview(const OrganisationPack& pack) {
    return DirectoryLoader::build({pack.units, pack.agencies, pack.departments, pack.positions, {}, pack.successions});
}

}  // namespace hl::directory
