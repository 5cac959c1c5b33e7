#include "directory/views.h"

#include "base/json.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

json::value iso(const std::optional<Date>& d) {
    return d ? json::value(to_iso(*d)) : json::value(nullptr);
}

json::value or_null(const std::string& s) {
    return s.empty() ? json::value(nullptr) : json::value(s);
}

json::object version_view(const UnitVersion& v) {
    return {{"code", v.code},
            {"name", v.name},
            {"kind", word_of(unit_kinds, v.kind)},
            {"level", word_of(unit_levels, v.level)},
            {"parent", or_null(v.parent.value)},
            {"from", to_iso(v.valid.from)},
            {"to", iso(v.valid.to)},
            {"basis", v.basis}};
}

json::object version_view(const AgencyVersion& v) {
    return {{"code", v.code},
            {"old_code", or_null(v.old_code)},
            {"code_verified", v.code_verified},
            {"name", v.name},
            {"kind", word_of(agency_kinds, v.kind)},
            {"area", v.area.value},
            {"parent", or_null(v.parent.value)},
            {"address", or_null(v.address)},
            {"phone", or_null(v.phone)},
            {"from", to_iso(v.valid.from)},
            {"to", iso(v.valid.to)},
            {"basis", v.basis}};
}

template <class Thing>
json::object as_on(const Thing& thing, Date d) {
    const auto* v = thing.at(d);
    json::object out{{"id", thing.id.value}, {"live", v != nullptr}};
    if (!v && !thing.versions.empty()) v = &thing.versions.back();
    if (v)
        for (auto& [key, value] : version_view(*v)) out[key] = value;
    return out;
}

}  // namespace

json::object view(const Unit& unit, Date d) {
    return as_on(unit, d);
}

json::object view(const Agency& agency, Date d) {
    return as_on(agency, d);
}

json::object view(const Position& p) {
    json::array functions;
    for (const auto& f : p.functions) functions.push_back(json::value(f));
    return {{"id", p.id.value},     {"agency", p.agency.value},          {"department", or_null(p.department.value)},
            {"title", p.title},     {"functions", std::move(functions)}, {"from", to_iso(p.valid.from)},
            {"to", iso(p.valid.to)}};
}

json::object view(const Succession& s) {
    return {{"from", s.from},
            {"to", s.to},
            {"date", to_iso(s.date)},
            {"kind", word_of(succession_kinds, s.kind)},
            {"function", or_null(s.function)},
            {"area", or_null(s.area.value)},
            {"basis", s.basis}};
}

json::array units_view(const Directory& directory, Date d, std::optional<UnitLevel> level) {
    json::array out;
    for (const auto* unit : directory.units_at(d, level)) out.push_back(view(*unit, d));
    return out;
}

json::array search_view(const Directory& directory, std::string_view words, Date d, size_t limit) {
    json::array out;
    for (const auto* unit : directory.find_units(words, limit)) {
        auto o = view(*unit, d);
        const auto now = directory.unit_now(unit->id, d);
        o["now"] = now.ok() ? json::value(now.value().value) : json::value(nullptr);
        out.push_back(std::move(o));
    }
    return out;
}

json::array agencies_view(const Directory& directory, Date d, std::optional<AgencyKind> kind) {
    json::array out;
    for (const auto* agency : directory.agencies_at(d, kind)) out.push_back(view(*agency, d));
    return out;
}

json::object agency_view(const Directory& directory, const Agency& agency, Date d) {
    auto out = view(agency, d);
    json::array versions, departments, positions, successors, predecessors;
    std::set<DepartmentId> inside;
    for (const auto& v : agency.versions) versions.push_back(version_view(v));
    for (const auto* p : directory.positions_of(agency.id, d)) {
        positions.push_back(view(*p));
        const auto* department = directory.department(p->department);
        if (department && inside.insert(department->id).second)
            departments.push_back(json::object{{"id", department->id.value}, {"name", department->name}});
    }
    for (const auto& s : directory.successions()) {
        if (s.from == agency.id.value) successors.push_back(view(s));
        if (s.to == agency.id.value) predecessors.push_back(view(s));
    }
    out["versions"] = std::move(versions);
    out["departments"] = std::move(departments);
    out["positions"] = std::move(positions);
    out["successors"] = std::move(successors);
    out["predecessors"] = std::move(predecessors);
    return out;
}

namespace {

json::value name_on(const Directory& directory, const std::string& id, Date d) {
    const auto* agency = directory.agency(AgencyId{id});
    if (!agency || agency->versions.empty()) return nullptr;
    const auto* version = agency->at(d);
    return json::value(version ? version->name : agency->versions.back().name);
}

}  // namespace

json::array lineage_view(const Directory& directory, const Agency& agency) {
    std::set<const Succession*> found;
    // Backwards and forwards apart: what else became of a predecessor is not this agency's story.
    for (const bool back : {true, false}) {
        std::set<std::string> seen{agency.id.value};
        std::vector<std::string> open{agency.id.value};
        while (!open.empty()) {
            const auto id = std::move(open.back());
            open.pop_back();
            for (const auto& s : directory.successions()) {
                if ((back ? s.to : s.from) != id || !directory.agency(AgencyId{s.from})) continue;
                found.insert(&s);
                const auto& next = back ? s.from : s.to;
                if (seen.insert(next).second) open.push_back(next);
            }
        }
    }
    std::vector<const Succession*> ordered(found.begin(), found.end());
    std::sort(ordered.begin(), ordered.end(), [](const Succession* a, const Succession* b) {
        return std::tie(a->date, a->from, a->to, a->area.value, a->function) <
               std::tie(b->date, b->from, b->to, b->area.value, b->function);
    });
    json::array out;
    for (const auto* s : ordered) {
        auto line = view(*s);
        line["from_name"] = name_on(directory, s->from, add_days(s->date, -1));
        line["to_name"] = name_on(directory, s->to, s->date);
        const auto* area = s->area.empty() ? nullptr : directory.unit(s->area);
        const auto* version = area ? area->at(s->date) : nullptr;
        line["area_name"] = version ? json::value(version->name) : json::value(nullptr);
        out.push_back(std::move(line));
    }
    return out;
}

namespace {

json::array shifts_view(const std::vector<Shift>& shifts) {
    json::array out;
    const auto clock = [](int minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); };
    for (const auto& s : shifts) out.push_back(json::object{{"from", clock(s.from)}, {"to", clock(s.to)}});
    return out;
}

}  // namespace

json::object calendar_view(const Calendar& calendar, Date from, Date to) {
    constexpr int most_days = 800;
    std::map<Date, const DayRule*> rules;
    for (const auto& rule : calendar.data().days) rules.emplace(rule.date, &rule);
    json::array days;
    int count = 0;
    for (auto d = from; d < to && count < most_days; d = add_days(d, 1), ++count) {
        json::object day{{"date", to_iso(d)},
                         {"kind", word_of(day_kinds, calendar.kind(d))},
                         {"worked", calendar.is_workday(d)},
                         {"provisional", calendar.provisional(d)}};
        if (const auto it = rules.find(d); it != rules.end()) {
            day["reason"] = it->second->reason;
            day["notice"] = it->second->notice;
            if (!it->second->shifts.empty()) day["shifts"] = shifts_view(it->second->shifts);
        }
        days.push_back(std::move(day));
    }
    return {{"calendar", calendar.label()},
            {"shifts", shifts_view(calendar.data().weekday_shifts)},
            {"days", std::move(days)}};
}

}  // namespace hl::directory
