// calendar/*.yaml: the official days off and days worked, by notice.
#include <yaml-cpp/yaml.h>

#include "base/files.h"
#include "base/text.h"
#include "directory/pack_reader.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

class CalendarReader {
  public:
    CalendarReader(std::string_view name, Mistakes& mistakes) : name_(name), mistakes_(mistakes) {}

    [[nodiscard]] std::string at(const YAML::Node& node) const {
        return fmt::format("{}:{}", name_, std::max(node.Mark().line, 0) + 1);
    }
    void wrong(const YAML::Node& node, std::string code, std::string vi, std::string en) {
        mistakes_.add(at(node), std::move(code), std::move(vi), std::move(en));
    }
    void known_keys(const YAML::Node& map, std::initializer_list<std::string_view> keys) {
        for (const auto& pair : map) {
            const auto key = pair.first.IsScalar() ? pair.first.Scalar() : std::string{};
            if (std::ranges::find(keys, key) == keys.end())
                wrong(pair.first, "pack.key_unknown", fmt::format("Khóa “{}” không được dùng: kiểm tra chính tả.", key),
                      fmt::format("the key \"{}\" is not used; check its spelling", key));
        }
    }
    [[nodiscard]] std::string text_of(const YAML::Node& parent, const char* key, bool required = true) {
        const auto node = parent[key];
        if (node && node.IsScalar() && !node.Scalar().empty()) return text::normalise(node.Scalar());
        if (required)
            wrong(parent, "pack.key_missing", fmt::format("Thiếu “{}”.", key), fmt::format("\"{}\" is missing", key));
        return {};
    }
    [[nodiscard]] std::optional<int> number_of(const YAML::Node& node) {
        if (node.IsScalar()) {
            const auto& s = node.Scalar();
            if (!s.empty() && s.size() < 8 && s.find_first_not_of("0123456789") == std::string::npos)
                return std::stoi(s);
        }
        wrong(node, "pack.number", "Cần một số nguyên.", "a whole number is needed");
        return std::nullopt;
    }
    [[nodiscard]] std::optional<Date> date_of(const YAML::Node& node) {
        if (node && node.IsScalar())
            if (auto d = parse_date(node.Scalar()); d.ok()) return d.value();
        wrong(node, "pack.date", "Cần một ngày như 2026-11-24.", "a date such as 2026-11-24 is needed");
        return std::nullopt;
    }
    [[nodiscard]] std::vector<Shift> shifts_of(const YAML::Node& node) {
        std::vector<Shift> out;
        if (!node) return out;
        if (!node.IsSequence()) {
            wrong(node, "pack.shift", "Ca làm việc là danh sách như [\"07:30-11:30\", \"13:00-17:00\"].",
                  "shifts are a list such as [\"07:30-11:30\", \"13:00-17:00\"]");
            return out;
        }
        for (const auto& item : node) {
            const std::string s = item.IsScalar() ? item.Scalar() : std::string{};
            const auto dash = s.find('-');
            const auto from = minute_of(std::string_view{s}.substr(0, std::min(dash, s.size())));
            const auto to = dash == std::string::npos ? std::nullopt : minute_of(std::string_view{s}.substr(dash + 1));
            if (from && to)
                out.push_back({*from, *to});
            else
                wrong(item, "pack.shift", fmt::format("“{}” không phải ca làm việc: viết như 07:30-11:30.", s),
                      fmt::format("\"{}\" is not a shift; write 07:30-11:30", s));
        }
        return out;
    }

  private:
    std::string name_;
    Mistakes& mistakes_;
};

void read_year(CalendarReader& r, const YAML::Node& key, const YAML::Node& body, CalendarData& data) {
    const auto year = r.number_of(key);
    if (!year) return;
    if (*year < 1990 || *year > 2200)
        return r.wrong(key, "pack.number", "Năm phải trong khoảng 1990–2200.", "the year must be within 1990–2200");
    if (!body.IsMap())
        return r.wrong(key, "pack.key_missing", "Mỗi năm cần notice và days.", "a year needs notice and days");
    r.known_keys(body, {"notice", "days"});
    const auto notice = r.text_of(body, "notice");
    if (notice.empty()) return;
    data.notices[*year] = notice;
    const auto days = body["days"];
    if (!days) return;
    if (!days.IsSequence()) return r.wrong(days, "pack.list", "days phải là danh sách.", "days must be a list");
    for (const auto& day : days) {
        if (!day.IsMap()) {
            r.wrong(day, "pack.list", "Mỗi ngày cần date, kind và reason.", "a day needs date, kind and reason");
            continue;
        }
        r.known_keys(day, {"date", "to", "kind", "reason", "notice", "shifts"});
        const auto first = r.date_of(day["date"] ? day["date"] : day);
        const auto last = day["to"] ? r.date_of(day["to"]) : first;
        const auto word = r.text_of(day, "kind");
        const auto kind = value_of(day_kinds, word);
        if (!kind && !word.empty())
            r.wrong(day["kind"], "pack.word", fmt::format("“{}” không phải loại ngày.", word),
                    fmt::format("\"{}\" is not a kind of day", word));
        if (!first || !last || !kind) continue;
        if (*last < *first || day_number(*last) - day_number(*first) > 31 || static_cast<int>(first->year()) != *year ||
            static_cast<int>(last->year()) != *year) {
            r.wrong(day, "pack.date", fmt::format("Ngày phải thuộc năm {} và không dài quá một tháng.", *year),
                    fmt::format("the days must lie in {} and span at most a month", *year));
            continue;
        }
        DayRule rule{*first, *kind, r.text_of(day, "reason"), r.text_of(day, "notice", false),
                     r.shifts_of(day["shifts"])};
        if (rule.notice.empty()) rule.notice = notice;
        for (auto d = *first; d <= *last; d = add_days(d, 1)) {
            rule.date = d;
            data.days.push_back(rule);
        }
    }
}

CalendarData inherit(const CalendarData& parent) {
    CalendarData data = parent;
    data.id.clear();
    data.version = 1;
    return data;
}

}  // namespace

std::optional<int> minute_of(std::string_view text) {
    const auto trimmed = text::trim(text);
    if (trimmed.size() != 5 || trimmed[2] != ':') return std::nullopt;
    for (const size_t i : {size_t{0}, size_t{1}, size_t{3}, size_t{4}})
        if (trimmed[i] < '0' || trimmed[i] > '9') return std::nullopt;
    const int hour = (trimmed[0] - '0') * 10 + (trimmed[1] - '0'),
              minute = (trimmed[3] - '0') * 10 + (trimmed[4] - '0');
    if (minute > 59 || hour * 60 + minute > 24 * 60) return std::nullopt;
    return hour * 60 + minute;
}

std::optional<CalendarData> read_calendar(std::string_view yaml, std::string_view name,
                                          const std::vector<CalendarData>& parents, Mistakes& mistakes) try {
    const auto before = mistakes.count();
    CalendarReader r(name, mistakes);
    const auto root = YAML::Load(std::string{yaml});
    if (!root.IsMap()) {
        r.wrong(root, "pack.calendar", "Tệp lịch phải có id, version, shifts và years.",
                "a calendar needs id, version, shifts and years");
        return std::nullopt;
    }
    r.known_keys(root, {"id", "version", "name", "extends", "shifts", "years", "sources"});
    CalendarData data;
    if (const auto base = r.text_of(root, "extends", false); !base.empty()) {
        const auto parent = std::ranges::find(parents, base, &CalendarData::id);
        if (parent == parents.end())
            r.wrong(root["extends"], "pack.calendar", fmt::format("Không có lịch “{}” để kế thừa.", base),
                    fmt::format("there is no calendar \"{}\" to extend", base));
        else
            data = inherit(*parent);
    }
    data.id = r.text_of(root, "id");
    if (root["version"])
        data.version = r.number_of(root["version"]).value_or(1);
    else
        r.wrong(root, "pack.key_missing", "Thiếu “version”.", "\"version\" is missing");
    if (auto shifts = r.shifts_of(root["shifts"]); !shifts.empty()) data.weekday_shifts = std::move(shifts);
    if (const auto years = root["years"]; years && years.IsMap()) {
        CalendarData own;
        for (const auto& year : years) read_year(r, year.first, year.second, own);
        for (auto& [year, notice] : own.notices) data.notices[year] = notice;
        // A layer's own day replaces its parent's.
        std::erase_if(data.days, [&](const DayRule& d) {
            return std::ranges::any_of(own.days, [&](const DayRule& o) { return o.date == d.date; });
        });
        data.days.insert(data.days.end(), own.days.begin(), own.days.end());
    }
    if (mistakes.count() != before) return std::nullopt;
    auto made = Calendar::make(data);
    if (!made.ok()) {
        auto error = std::move(made).error();
        error.at = fmt::format("{}: {}", name, error.at);
        mistakes.add(std::move(error));
        return std::nullopt;
    }
    return made.value()->data();
} catch (const YAML::Exception& e) {
    mistakes.add(fmt::format("{}:{}", name, std::max(e.mark.line, 0) + 1), "pack.yaml",
                 "Tệp YAML viết sai: kiểm tra thụt dòng và dấu hai chấm.", fmt::format("this is not YAML: {}", e.msg));
    return std::nullopt;
}

void read_calendars(const std::filesystem::path& pack, OrganisationPack& out, Places& places, Mistakes& mistakes) {
    std::vector<std::filesystem::path> files;
    std::error_code ec;
    for (std::filesystem::directory_iterator it{pack / "calendar", ec}, end; !ec && it != end; it.increment(ec))
        if (it->path().extension() == ".yaml") files.push_back(it->path());
    std::ranges::sort(files);  // "vn.yaml" before "vn-44.yaml" is not certain: parents are named by `extends`
    std::ranges::stable_sort(files, {}, [](const auto& f) { return f.stem().string().size(); });
    for (const auto& file : files) {
        const auto name = "calendar/" + file.filename().string();
        auto bytes = read_file(file, 4u << 20);
        if (!bytes.ok()) {
            mistakes.add(std::move(bytes).error().pointing(name));
            continue;
        }
        auto calendar = read_calendar(bytes.value(), name, out.calendars, mistakes);
        if (!calendar) continue;
        if (!places.of_calendar.emplace(calendar->id, name).second)
            mistakes.add(
                name, "pack.duplicate",
                fmt::format("Lịch “{}” đã có ở {}.", calendar->id, places.of_calendar[calendar->id]),
                fmt::format("the calendar \"{}\" is already in {}", calendar->id, places.of_calendar[calendar->id]));
        else
            out.calendars.push_back(*std::move(calendar));
    }
    if (std::ranges::none_of(out.calendars, [](const CalendarData& c) { return c.id == "vn"; }))
        mistakes.add("calendar", "pack.calendar", "Cần có lịch toàn quốc với id là “vn”.",
                     "the national calendar with id \"vn\" is needed");
}

}  // namespace hl::directory
