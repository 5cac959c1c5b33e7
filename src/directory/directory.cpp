#include "directory/directory.h"

#include "base/text.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

template <class Version>
const Version* version_at(const std::vector<Version>& versions, Date d) {
    for (const auto& v : versions)
        if (v.valid.covers(d)) return &v;
    return nullptr;
}

template <class Map>
auto find_in(const Map& map, const std::string& id) -> const typename Map::mapped_type* {
    const auto it = map.find(id);
    return it == map.end() ? nullptr : &it->second;
}

}  // namespace

const UnitVersion* Unit::at(Date d) const {
    return version_at(versions, d);
}
const AgencyVersion* Agency::at(Date d) const {
    return version_at(versions, d);
}

const Unit* Directory::unit(const UnitId& id) const {
    return find_in(units_, id.value);
}
const Agency* Directory::agency(const AgencyId& id) const {
    return find_in(agencies_, id.value);
}
const Department* Directory::department(const DepartmentId& id) const {
    return find_in(departments_, id.value);
}
const Position* Directory::position(const PositionId& id) const {
    return find_in(positions_, id.value);
}
const Officer* Directory::officer(const OfficerId& id) const {
    return find_in(officers_, id.value);
}

const Agency* Directory::agency_by_code(std::string_view code, Date d) const {
    const auto [begin, end] = agency_codes_.equal_range(std::string{code});
    for (auto it = begin; it != end; ++it) {
        const auto* found = find_in(agencies_, it->second);
        const auto* v = found ? found->at(d) : nullptr;
        if (v && (v->code == code || v->old_code == code)) return found;
    }
    return nullptr;
}

const Unit* Directory::unit_by_code(std::string_view code, Date d) const {
    const auto [begin, end] = unit_codes_.equal_range(std::string{code});
    for (auto it = begin; it != end; ++it) {
        const auto* found = find_in(units_, it->second);
        const auto* v = found ? found->at(d) : nullptr;
        if (v && v->code == code) return found;
    }
    return nullptr;
}

std::vector<const Unit*> Directory::units_at(Date d, std::optional<UnitLevel> level) const {
    std::vector<const Unit*> out;
    for (const auto& [id, unit] : units_)
        if (const auto* v = unit.at(d); v && (!level || v->level == *level)) out.push_back(&unit);
    std::ranges::sort(out, [d](const Unit* a, const Unit* b) {
        const auto *x = a->at(d), *y = b->at(d);
        return std::tie(x->level, x->code, a->id) < std::tie(y->level, y->code, b->id);
    });
    return out;
}

std::vector<const Agency*> Directory::agencies_at(Date d, std::optional<AgencyKind> kind) const {
    std::vector<const Agency*> out;
    for (const auto& [id, agency] : agencies_)
        if (const auto* v = agency.at(d); v && (!kind || v->kind == *kind)) out.push_back(&agency);
    std::ranges::sort(out, [d](const Agency* a, const Agency* b) {
        const auto *x = a->at(d), *y = b->at(d);
        return std::tie(x->kind, x->code, a->id) < std::tie(y->kind, y->code, b->id);
    });
    return out;
}

std::vector<const Unit*> Directory::find_units(std::string_view words, size_t limit) const {
    const auto wanted = text::folded_words(words);
    if (wanted.empty()) return {};
    struct Hit {
        bool whole;
        bool live;
        Date from;
        const Unit* unit;
    };
    std::vector<Hit> hits;
    std::string phrase = text::join(wanted, " ");
    for (const auto& [name, id] : unit_names_) {
        const auto have = text::folded_words(name);
        const bool all = std::ranges::all_of(wanted, [&](const std::string& w) {
            return std::ranges::any_of(have, [&](const std::string& h) { return h.starts_with(w); });
        });
        if (!all) continue;
        const auto* unit = find_in(units_, id);
        if (std::ranges::any_of(hits, [&](const Hit& h) { return h.unit == unit; })) continue;
        const auto& newest = unit->versions.back().valid;
        hits.push_back({name.ends_with(phrase), !newest.to, newest.from, unit});
    }
    std::ranges::stable_sort(hits, [](const Hit& a, const Hit& b) {
        if (a.live != b.live) return a.live;
        if (a.whole != b.whole) return a.whole;
        if (a.from != b.from) return a.from > b.from;
        return a.unit->id < b.unit->id;
    });
    std::vector<const Unit*> out;
    for (const auto& hit : hits) {
        if (out.size() >= limit) break;
        out.push_back(hit.unit);
    }
    return out;
}

bool Directory::within(const AgencyId& inner, const AgencyId& outer, Date d) const {
    const auto* agency_now = agency(inner);
    for (int steps = 0; agency_now && steps < 16; ++steps) {
        if (agency_now->id == outer) return true;
        const auto* v = agency_now->at(d);
        if (!v || v->parent.empty()) return false;
        agency_now = agency(v->parent);
    }
    return false;
}

UnitId Directory::province() const {
    const Unit* best = nullptr;
    for (const auto& [id, unit] : units_) {
        if (unit.versions.empty() || unit.versions.back().level != UnitLevel::province) continue;
        const auto& mine = unit.versions.back().valid;
        if (!best) {
            best = &unit;
            continue;
        }
        const auto& other = best->versions.back().valid;
        const auto rank = [](const Validity& v) { return std::tuple{!v.to, v.from}; };
        if (rank(mine) > rank(other) || (rank(mine) == rank(other) && unit.id < best->id)) best = &unit;
    }
    return best ? best->id : UnitId{};
}

std::vector<const Position*> Directory::positions_of(const AgencyId& id, Date d) const {
    std::vector<const Position*> out;
    const auto [begin, end] = positions_of_agency_.equal_range(id.value);
    for (auto it = begin; it != end; ++it)
        if (const auto* p = find_in(positions_, it->second); p && p->valid.covers(d)) out.push_back(p);
    std::ranges::sort(out, {}, [](const Position* p) { return p->id; });
    return out;
}

std::vector<const Officer*> Directory::officers_of(const AgencyId& id, Date d) const {
    std::set<PositionId> inside;
    for (const auto* p : positions_of(id, d)) inside.insert(p->id);
    std::vector<const Officer*> out;
    for (const auto& [key, officer] : officers_)
        if (std::ranges::any_of(officer.holdings,
                                [&](const auto& h) { return h.valid.covers(d) && inside.contains(h.position); }))
            out.push_back(&officer);
    std::ranges::sort(out, [](const Officer* a, const Officer* b) {
        const int order = text::compare(a->name, b->name);
        return order != 0 ? order < 0 : a->id < b->id;
    });
    return out;
}

std::vector<const Succession*> Directory::successions_of(std::string_view id) const {
    std::vector<const Succession*> out;
    if (const auto* rows = find_in(successions_from_, std::string{id}))
        for (const size_t i : *rows) out.push_back(&successions_[i]);
    return out;
}

}  // namespace hl::directory
