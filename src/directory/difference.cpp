#include "directory/difference.h"

#include "base/text.h"
#include "directory/calendar_json.h"
#include "directory/loader.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

constexpr std::string_view select_moved = "SELECT id, date FROM directory_moved";
constexpr std::string_view select_pack_successions =
    "SELECT from_id, to_id, date, function, area_id FROM directory_successions WHERE origin = 'pack'";

using Change = Difference::Change;
using Fields = std::vector<std::pair<std::string, std::string>>;

std::string end_of(const Validity& v) {
    return v.to ? to_iso(*v.to) : std::string{};
}
Fields fields(const UnitVersion& v) {
    return {{"name", v.name},
            {"code", v.code},
            {"kind", std::string{word_of(unit_kinds, v.kind)}},
            {"parent", v.parent.value},
            {"valid.from", to_iso(v.valid.from)},
            {"valid.to", end_of(v.valid)},
            {"basis", v.basis}};
}
Fields fields(const AgencyVersion& v) {
    return {{"name", v.name},
            {"code", v.code},
            {"old_code", v.old_code},
            {"code_verified", v.code_verified ? "true" : "false"},
            {"kind", std::string{word_of(agency_kinds, v.kind)}},
            {"area", v.area.value},
            {"parent", v.parent.value},
            {"address", v.address},
            {"phone", v.phone},
            {"valid.from", to_iso(v.valid.from)},
            {"valid.to", end_of(v.valid)},
            {"basis", v.basis}};
}
Fields fields(const Department& d) {
    return {{"name", d.name},
            {"agency", d.agency.value},
            {"valid.from", to_iso(d.valid.from)},
            {"valid.to", end_of(d.valid)}};
}
Fields fields(const Position& p) {
    return {{"title", p.title},
            {"functions", text::join(p.functions, ", ")},
            {"agency", p.agency.value},
            {"department", p.department.value},
            {"valid.from", to_iso(p.valid.from)},
            {"valid.to", end_of(p.valid)}};
}

void add(std::vector<FieldChange>& out, const std::string& version, const Fields* before, const Fields* after) {
    const auto& shape = before ? *before : *after;
    for (size_t i = 0; i < shape.size(); ++i) {
        const auto was = before ? (*before)[i].second : std::string{};
        const auto is = after ? (*after)[i].second : std::string{};
        if (was != is) out.push_back({shape[i].first, version, was, is});
    }
}

/// An end that was not there before is what people look for first.
Change judged(const std::vector<FieldChange>& fields) {
    for (const auto& f : fields)
        if (f.field == "valid.to" && f.before.empty() && !f.after.empty()) return Change::ended;
    return Change::changed;
}

template <class Thing>
std::vector<FieldChange> version_changes(const Thing& before, const Thing& after) {
    std::vector<FieldChange> out;
    const bool many = before.versions.size() > 1 || after.versions.size() > 1;
    for (size_t i = 0; i < std::max(before.versions.size(), after.versions.size()); ++i) {
        const auto* a = i < before.versions.size() ? &before.versions[i] : nullptr;
        const auto* b = i < after.versions.size() ? &after.versions[i] : nullptr;
        const auto was = a ? fields(*a) : Fields{};
        const auto is = b ? fields(*b) : Fields{};
        add(out, many ? to_iso((b ? b : a)->valid.from) : std::string{}, a ? &was : nullptr, b ? &is : nullptr);
    }
    return out;
}

template <class Thing>
void compare_versions(std::vector<Difference>& out, std::string kind, const std::vector<Thing>& before,
                      const std::vector<Thing>& after, const std::unordered_map<std::string, Date>& moved) {
    std::map<std::string, const Thing*> old, fresh;
    for (const auto& t : before) old.emplace(t.id.value, &t);
    for (const auto& t : after) fresh.emplace(t.id.value, &t);
    for (const auto& [id, t] : fresh) {
        const auto it = old.find(id);
        if (it == old.end()) {
            Difference d{kind, id, t->versions.back().name, Change::added, {}};
            for (const auto& v : t->versions) {
                const auto is = fields(v);
                add(d.fields, t->versions.size() > 1 ? to_iso(v.valid.from) : std::string{}, nullptr, &is);
            }
            out.push_back(std::move(d));
            continue;
        }
        auto changes = version_changes(*it->second, *t);
        const auto& name = t->versions.back().name;
        old.erase(it);
        if (changes.empty()) continue;
        const auto at = moved.find(id);
        const bool known = at == moved.end() || std::ranges::any_of(t->versions, [&](const auto& v) {
                               return v.valid.from >= at->second || (v.valid.to && *v.valid.to >= at->second);
                           });
        const auto change = known ? judged(changes) : Change::held;
        out.push_back({kind, id, name, change, std::move(changes)});
    }
    for (const auto& [id, t] : old) out.push_back({kind, id, t->versions.back().name, Change::kept, {}});
}

template <class Thing, class Name>
void compare_rows(std::vector<Difference>& out, std::string kind, const std::vector<Thing>& before,
                  const std::vector<Thing>& after, Name name, std::optional<Date> missing_end) {
    std::map<std::string, const Thing*> old, fresh;
    for (const auto& t : before) old.emplace(t.id.value, &t);
    for (const auto& t : after) fresh.emplace(t.id.value, &t);
    for (const auto& [id, t] : fresh) {
        const auto is = fields(*t);
        std::vector<FieldChange> changes;
        const auto it = old.find(id);
        if (it == old.end()) {
            add(changes, "", nullptr, &is);
            out.push_back({kind, id, name(*t), Change::added, std::move(changes)});
            continue;
        }
        const auto was = fields(*it->second);
        add(changes, "", &was, &is);
        old.erase(it);
        if (changes.empty()) continue;
        const auto change = judged(changes);
        out.push_back({kind, id, name(*t), change, std::move(changes)});
    }
    for (const auto& [id, t] : old) {
        // A position that the pack no longer has ends on the day of applying (apply.cpp, close_missing).
        if (missing_end && !t->valid.to && t->valid.from < *missing_end)
            out.push_back({kind, id, name(*t), Change::ended, {{"valid.to", "", "", to_iso(*missing_end)}}});
        else
            out.push_back({kind, id, name(*t), Change::kept, {}});
    }
}

std::string shifts_in_words(const std::vector<Shift>& shifts) {
    std::string out;
    for (const auto& s : shifts)
        out += fmt::format("{}{:02}:{:02}–{:02}:{:02}", out.empty() ? "" : ", ", s.from / 60, s.from % 60, s.to / 60,
                           s.to % 60);
    return out;
}
std::string day_in_words(const DayRule& d) {
    auto out = std::string{word_of(day_kinds, d.kind)};
    if (!d.reason.empty()) out += " · " + d.reason;
    if (!d.notice.empty()) out += " · " + d.notice;
    if (!d.shifts.empty()) out += " · " + shifts_in_words(d.shifts);
    return out;
}

void compare_calendars(std::vector<Difference>& out, store::Reader& reader, const std::vector<CalendarData>& after) {
    std::map<std::string, CalendarData> old;
    for (auto& c : load_calendars(reader)) old.emplace(c.id, std::move(c));
    for (const auto& c : after) {
        const auto it = old.find(c.id);
        const CalendarData none;
        const auto& was = it == old.end() ? none : it->second;
        if (it != old.end() && calendar_to_json(was) == calendar_to_json(c)) continue;
        Difference d{"calendar", c.id, c.id, it == old.end() ? Change::added : Change::changed, {}};
        const auto say = [&](std::string field, std::string before, std::string now) {
            if (before != now) d.fields.push_back({std::move(field), "", std::move(before), std::move(now)});
        };
        say("version", it == old.end() ? "" : std::to_string(was.version), std::to_string(c.version));
        say("weekday_shifts", shifts_in_words(was.weekday_shifts), shifts_in_words(c.weekday_shifts));
        std::set<int> years;
        for (const auto* notices : {&was.notices, &c.notices})
            for (const auto& [year, notice] : *notices) years.insert(year);
        const auto notice_of = [](const CalendarData& x, int year) {
            const auto n = x.notices.find(year);
            return n == x.notices.end() ? std::string{} : n->second;
        };
        for (const int year : years) say(fmt::format("notice.{}", year), notice_of(was, year), notice_of(c, year));
        std::map<Date, std::pair<std::string, std::string>> days;
        for (const auto& day : was.days) days[day.date].first = day_in_words(day);
        for (const auto& day : c.days) days[day.date].second = day_in_words(day);
        for (const auto& [date, words] : days) say(to_iso(date), words.first, words.second);
        out.push_back(std::move(d));
    }
}

std::string key_of(std::string_view from, std::string_view to, Date date, std::string_view function,
                   std::string_view area) {
    return fmt::format("{}\n{}\n{}\n{}\n{}", from, to, day_number(date), function, area);
}

void compare_successions(std::vector<Difference>& out, store::Reader& reader, const DirectoryData& stored,
                         const std::vector<Succession>& after) {
    std::unordered_map<std::string, std::string> names;
    for (const auto& u : stored.units) names[u.id.value] = u.versions.back().name;
    for (const auto& a : stored.agencies) names[a.id.value] = a.versions.back().name;
    std::set<std::string> of_pack, all;
    reader.query(select_pack_successions, {}, [&](const store::Row& r) {
        of_pack.insert(key_of(r.text(0), r.text(1), r.date(2), r.text(3), r.text(4)));
    });
    for (const auto& s : stored.successions) all.insert(key_of(s.from, s.to, s.date, s.function, s.area.value));
    const auto row = [&](const Succession& s, Change change) {
        Difference d{"succession", fmt::format("{} → {}", s.from, s.to), s.from, change, {}};
        if (const auto it = names.find(s.from); it != names.end()) d.name = it->second;
        const auto say = [&](std::string field, const std::string& value) {
            if (value.empty()) return;
            if (change == Change::added)
                d.fields.push_back({std::move(field), "", "", value});
            else
                d.fields.push_back({std::move(field), "", value, ""});
        };
        say("date", to_iso(s.date));
        say("kind", std::string{word_of(succession_kinds, s.kind)});
        say("function", s.function);
        say("area", s.area.value);
        say("basis", s.basis);
        out.push_back(std::move(d));
    };
    std::set<std::string> fresh;
    for (const auto& s : after) {
        const auto key = key_of(s.from, s.to, s.date, s.function, s.area.value);
        fresh.insert(key);
        if (!all.contains(key)) row(s, Change::added);
    }
    for (const auto& s : stored.successions) {
        const auto key = key_of(s.from, s.to, s.date, s.function, s.area.value);
        if (of_pack.contains(key) && !fresh.contains(key)) row(s, Change::ended);
    }
}

}  // namespace

std::string_view to_string(Difference::Change change) {
    switch (change) {
        case Change::added:
            return "added";
        case Change::changed:
            return "changed";
        case Change::ended:
            return "ended";
        case Change::kept:
            return "kept";
        case Change::held:
            return "held";
    }
    throw std::logic_error("a change has no word");
}

std::vector<Difference> differences(store::Reader& reader, const OrganisationPack& pack, Date today) {
    const auto stored = read_directory(reader);
    std::unordered_map<std::string, Date> moved;
    reader.query(select_moved, {}, [&](const store::Row& r) { moved.emplace(r.string(0), r.date(1)); });
    std::vector<Difference> out;
    compare_versions(out, "unit", stored.units, pack.units, moved);
    compare_versions(out, "agency", stored.agencies, pack.agencies, moved);
    compare_rows(out, "department", stored.departments, pack.departments, [](const Department& d) { return d.name; },
                 {});
    compare_rows(
        out, "position", stored.positions, pack.positions, [](const Position& p) { return p.title; }, today);
    compare_successions(out, reader, stored, pack.successions);
    compare_calendars(out, reader, pack.calendars);
    return out;
}

boost::json::array view(const std::vector<Difference>& differences) {
    boost::json::array out;
    const auto or_null = [](const std::string& s) { return s.empty() ? boost::json::value() : boost::json::value(s); };
    for (const auto& d : differences) {
        boost::json::array fields;
        for (const auto& f : d.fields)
            fields.push_back({{"field", f.field},
                              {"version", or_null(f.version)},
                              {"before", or_null(f.before)},
                              {"after", or_null(f.after)}});
        out.push_back({{"kind", d.kind},
                       {"id", d.id},
                       {"name", d.name},
                       {"change", to_string(d.change)},
                       {"fields", std::move(fields)}});
    }
    return out;
}

}  // namespace hl::directory
