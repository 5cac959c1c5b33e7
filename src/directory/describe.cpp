// The difference between a pack and what is stored, in words that the console and `pack check` show.
#include "base/text.h"
#include "directory/calendar_json.h"
#include "directory/commands.h"
#include "directory/loader.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

std::string dates(const Validity& v) {
    return v.to ? fmt::format("từ {} đến trước {}", to_vietnamese(v.from), to_vietnamese(*v.to))
                : fmt::format("từ {}", to_vietnamese(v.from));
}

/// Each version as its fields in words, in order: equal texts are equal versions.
std::vector<std::pair<std::string, std::string>> fields(const UnitVersion& v) {
    return {{"mã", v.code},
            {"tên", v.name},
            {"loại", std::string{word_of(unit_kinds, v.kind)}},
            {"cấp trên", v.parent.value},
            {"hiệu lực", dates(v.valid)},
            {"căn cứ", v.basis}};
}
std::vector<std::pair<std::string, std::string>> fields(const AgencyVersion& v) {
    return {{"mã", v.code},
            {"mã đã cấp", v.code_verified ? "có" : "chưa"},
            {"tên", v.name},
            {"loại", std::string{word_of(agency_kinds, v.kind)}},
            {"địa bàn", v.area.value},
            {"cấp trên", v.parent.value},
            {"địa chỉ", v.address},
            {"điện thoại", v.phone},
            {"hiệu lực", dates(v.valid)},
            {"căn cứ", v.basis}};
}

template <class Thing>
void compare(std::vector<std::string>& out, std::string_view what, const std::vector<Thing>& before,
             const std::vector<Thing>& after) {
    std::map<std::string, const Thing*> old;
    for (const auto& t : before) old.emplace(t.id.value, &t);
    for (const auto& t : after) {
        const auto it = old.find(t.id.value);
        if (it == old.end()) {
            out.push_back(fmt::format("Thêm {} {} ({})", what, t.versions.back().name, t.id.value));
            continue;
        }
        const auto& stored = it->second->versions;
        for (size_t i = 0; i < std::max(stored.size(), t.versions.size()); ++i) {
            if (i >= stored.size()) {
                out.push_back(fmt::format("{} {}: thêm bản {}", what, t.id.value, dates(t.versions[i].valid)));
            } else if (i >= t.versions.size()) {
                out.push_back(fmt::format("{} {}: bỏ bản {}", what, t.id.value, dates(stored[i].valid)));
            } else {
                const auto a = fields(stored[i]), b = fields(t.versions[i]);
                for (size_t k = 0; k < a.size(); ++k)
                    if (a[k].second != b[k].second)
                        out.push_back(fmt::format("{} {}: {} “{}” → “{}”", what, t.id.value, a[k].first, a[k].second,
                                                  b[k].second));
            }
        }
        old.erase(it);
    }
    for (const auto& [id, t] : old)
        out.push_back(
            fmt::format("{} {} ({}) không còn trong gói: giữ nguyên trong dữ liệu", what, t->versions.back().name, id));
}

template <class Thing, class Text>
void compare_rows(std::vector<std::string>& out, std::string_view what, const std::vector<Thing>& before,
                  const std::vector<Thing>& after, Text text) {
    std::map<std::string, std::string> old;
    for (const auto& t : before) old.emplace(t.id.value, text(t));
    size_t added = 0;
    for (const auto& t : after) {
        const auto it = old.find(t.id.value);
        if (it == old.end()) {
            ++added;
            continue;
        }
        if (it->second != text(t)) out.push_back(fmt::format("{} {}: {} → {}", what, t.id.value, it->second, text(t)));
        old.erase(it);
    }
    if (added > 0) out.push_back(fmt::format("Thêm {} {}", added, what));
    for (const auto& [id, was] : old) out.push_back(fmt::format("{} {} không còn trong gói", what, id));
}

void compare_calendars(std::vector<std::string>& out, store::Reader& reader, const std::vector<CalendarData>& after) {
    std::map<std::string, CalendarData> old;
    for (auto& c : load_calendars(reader)) old.emplace(c.id, std::move(c));
    for (const auto& c : after) {
        const auto it = old.find(c.id);
        if (it == old.end()) {
            std::string years;
            for (const auto& [year, notice] : c.notices)
                years += fmt::format("{}{} ({})", years.empty() ? "" : ", ", year, notice);
            out.push_back(fmt::format("Thêm lịch {}: {}", c.id, years));
            continue;
        }
        auto a = calendar_to_json(it->second), b = calendar_to_json(c);
        if (a == b) continue;
        out.push_back(fmt::format("Lịch {}: bản {} → {}", c.id, it->second.version, c.version));
        std::map<Date, const DayRule*> days;
        for (const auto& d : it->second.days) days.emplace(d.date, &d);
        for (const auto& d : c.days) {
            const auto day = days.find(d.date);
            if (day == days.end())
                out.push_back(
                    fmt::format("Lịch {}: thêm ngày {} {} ({})", c.id, to_vietnamese(d.date), d.reason, d.notice));
            else if (day->second->kind != d.kind)
                out.push_back(fmt::format("Lịch {}: ngày {} {} → {}", c.id, to_vietnamese(d.date),
                                          word_of(day_kinds, day->second->kind), word_of(day_kinds, d.kind)));
            if (day != days.end()) days.erase(day);
        }
        for (const auto& [date, d] : days)
            out.push_back(fmt::format("Lịch {}: bỏ ngày {} {}", c.id, to_vietnamese(date), d->reason));
    }
}

}  // namespace

std::vector<std::string> describe_changes(store::Reader& reader, const OrganisationPack& pack) {
    const auto stored = read_directory(reader);
    std::vector<std::string> out;
    compare(out, "đơn vị", stored.units, pack.units);
    compare(out, "cơ quan", stored.agencies, pack.agencies);
    compare_rows(out, "phòng", stored.departments, pack.departments,
                 [](const Department& d) { return fmt::format("“{}” {}", d.name, dates(d.valid)); });
    compare_rows(out, "vị trí", stored.positions, pack.positions, [](const Position& p) {
        return fmt::format("“{}” làm {} {}", p.title, text::join(p.functions, ", "), dates(p.valid));
    });
    std::set<std::string> old;
    const auto line = [](const Succession& s) {
        return fmt::format("{} → {} từ {}{}{}", s.from, s.to, to_vietnamese(s.date),
                           s.function.empty() ? "" : " việc " + s.function,
                           s.area.empty() ? "" : " địa bàn " + s.area.value);
    };
    for (const auto& s : stored.successions) old.insert(line(s));
    size_t added = 0;
    for (const auto& s : pack.successions)
        if (!old.contains(line(s))) {
            if (++added <= 20) out.push_back("Kế thừa: " + line(s));
        }
    if (added > 20) out.push_back(fmt::format("Kế thừa: và {} dòng nữa", added - 20));
    compare_calendars(out, reader, pack.calendars);
    return out;
}

}  // namespace hl::directory
