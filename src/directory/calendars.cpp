// Calendars as stored: every version is kept, because deadlines that were printed name the version they rest on.
#include "base/crypto.h"
#include "base/json.h"
#include "directory/calendar_json.h"
#include "directory/commands.h"
#include "directory/words.h"

namespace hl::directory {

namespace {
constexpr std::string_view select_newest =
    "SELECT c.data FROM directory_calendars c WHERE c.version = (SELECT MAX(n.version) FROM directory_calendars n "
    "WHERE n.id = c.id) ORDER BY c.id";
constexpr std::string_view select_one = "SELECT data FROM directory_calendars WHERE id = ? AND version = ?";
constexpr std::string_view select_all = "SELECT data FROM directory_calendars ORDER BY id, version";

std::optional<CalendarData> parse(std::string_view text) {
    auto value = parse_json(text);
    return value.ok() ? std::optional{calendar_from_json(value.value())} : std::nullopt;
}

json::array shifts_json(const std::vector<Shift>& shifts) {
    json::array out;
    for (const auto& s : shifts) out.push_back(json::array{s.from, s.to});
    return out;
}

std::vector<Shift> shifts_from(const json::value& value) {
    std::vector<Shift> out;
    for (const auto& s : value.as_array()) out.push_back({s.at(0).to_number<int>(), s.at(1).to_number<int>()});
    return out;
}
}  // namespace

json::object calendar_to_json(const CalendarData& c) {
    json::object notices;
    for (const auto& [year, notice] : c.notices) notices[std::to_string(year)] = notice;
    json::array days;
    for (const auto& d : c.days) {
        json::object day{
            {"date", to_iso(d.date)}, {"kind", word_of(day_kinds, d.kind)}, {"reason", d.reason}, {"notice", d.notice}};
        if (!d.shifts.empty()) day["shifts"] = shifts_json(d.shifts);
        days.push_back(std::move(day));
    }
    return {{"id", c.id},
            {"version", c.version},
            {"shifts", shifts_json(c.weekday_shifts)},
            {"notices", std::move(notices)},
            {"days", std::move(days)}};
}

CalendarData calendar_from_json(const json::value& value) {
    const auto& o = value.as_object();
    CalendarData c;
    c.id = std::string{o.at("id").as_string()};
    c.version = o.at("version").to_number<int>();
    c.weekday_shifts = shifts_from(o.at("shifts"));
    for (const auto& [year, notice] : o.at("notices").as_object())
        c.notices[std::stoi(std::string{year})] = std::string{notice.as_string()};
    for (const auto& item : o.at("days").as_array()) {
        const auto& d = item.as_object();
        DayRule rule{parse_date(d.at("date").as_string()).value(),
                     value_of(day_kinds, std::string_view{d.at("kind").as_string()}).value_or(DayKind::holiday),
                     std::string{d.at("reason").as_string()},
                     std::string{d.at("notice").as_string()},
                     {}};
        if (const auto* shifts = d.if_contains("shifts")) rule.shifts = shifts_from(*shifts);
        c.days.push_back(std::move(rule));
    }
    return c;
}

std::vector<CalendarData> load_calendars(store::Reader& reader) {
    std::vector<CalendarData> out;
    reader.query(select_newest, {}, [&](const store::Row& row) {
        if (auto c = parse(row.text(0))) out.push_back(*std::move(c));
    });
    return out;
}

std::optional<CalendarData> load_calendar(store::Reader& reader, std::string_view id, int version) {
    auto found = reader.first(select_one, {id, version}, [](const store::Row& row) { return parse(row.text(0)); });
    return found ? *found : std::nullopt;
}

Result<std::shared_ptr<const Calendars>> Calendars::load(store::Reader& reader) {
    std::vector<CalendarData> all;
    reader.query(select_all, {}, [&](const store::Row& row) {
        if (auto c = parse(row.text(0))) all.push_back(*std::move(c));
    });
    return Calendars::make(std::move(all));
}

Result<std::shared_ptr<const Calendars>> Calendars::make(std::vector<CalendarData> all) {
    auto calendars = std::make_shared<Calendars>();
    std::ranges::sort(all, [](const CalendarData& a, const CalendarData& b) {
        return std::tie(a.id, a.version) < std::tie(b.id, b.version);
    });
    for (auto& data : all) {
        TRY(auto calendar, Calendar::make(std::move(data)));
        calendars->by_label_[calendar->label()] = calendar;
        calendars->newest_[calendar->data().id] = calendar;  // versions come in order
    }
    return std::shared_ptr<const Calendars>{std::move(calendars)};
}

std::shared_ptr<const Calendar> Calendars::for_agency(const AgencyId& agency) const {
    // Layers are whole calendars ("extends" was resolved when the pack was read): the most particular one counts.
    const std::string suffix = "/" + agency.value;
    std::shared_ptr<const Calendar> province, national;
    for (const auto& [id, calendar] : newest_) {
        const auto slashes = std::ranges::count(id, '/');
        if (slashes == 2 && !agency.empty() && id.ends_with(suffix)) return calendar;
        if (slashes == 1 && !province) province = calendar;
        if (slashes == 0 && !national) national = calendar;
    }
    return province ? province : national;
}

std::shared_ptr<const Calendar> Calendars::by_label(std::string_view label) const {
    const auto it = by_label_.find(label);
    return it == by_label_.end() ? nullptr : it->second;
}

}  // namespace hl::directory
