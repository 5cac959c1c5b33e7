#include "ioc/indicators/periods.h"

#include <fmt/format.h>

#include <charconv>

namespace hl::ioc {

namespace {

struct GrainRow {
    Grain grain;
    std::string_view word;
};
constexpr GrainRow grain_rows[] = {
    {Grain::hour, "hour"},       {Grain::day, "day"},   {Grain::week, "week"}, {Grain::month, "month"},
    {Grain::quarter, "quarter"}, {Grain::half, "half"}, {Grain::year, "year"}, {Grain::five_years, "five_years"}};

int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}
int months_in(Grain grain) {
    switch (grain) {
        case Grain::quarter:
            return 3;
        case Grain::half:
            return 6;
        case Grain::year:
            return 12;
        case Grain::five_years:
            return 60;
        default:
            return 1;
    }
}
/// Months since year 0 of a period's first month.
int64_t first_month(const Period& p) {
    const int64_t shift = p.grain == Grain::five_years ? first_plan_year * 12 : 0;
    return p.number * months_in(p.grain) + shift;
}
Period of_month(Grain grain, int64_t month) {
    const int64_t shift = grain == Grain::five_years ? first_plan_year * 12 : 0;
    return {grain, floor_div(month - shift, months_in(grain))};
}
/// Monday of the week that holds day number n: 1970-01-01 was a Thursday.
int64_t week_of(int64_t day) {
    return floor_div(day + 3, 7);
}
Error unreadable() {
    return {ErrorKind::invalid, "period.invalid",
            "Kỳ viết như 2026-11-23T09, 2026-11-23, 2026-W48, 2026-11, 2026-Q4, 2026-H2, 2026 hoặc 2026-2030.",
            "A period is written like 2026-11-23T09, 2026-11-23, 2026-W48, 2026-11, 2026-Q4, 2026-H2, 2026 or "
            "2026-2030."};
}
std::optional<int64_t> digits(std::string_view text, size_t n) {
    int64_t v = 0;
    if (text.size() != n) return std::nullopt;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        v = v * 10 + (c - '0');
    }
    return v;
}
int64_t monday_of_first_week(int64_t year) {  // ISO 8601: the week with 4 January
    return week_of(day_number(std::chrono::year{static_cast<int>(year)} / 1 / 4));
}

}  // namespace

std::string_view to_string(Grain grain) {
    for (const auto& row : grain_rows)
        if (row.grain == grain) return row.word;
    throw std::logic_error("a grain has no word");
}
std::optional<Grain> grain_from(std::string_view word) {
    for (const auto& row : grain_rows)
        if (row.word == word) return row.grain;
    return std::nullopt;
}

Date Period::first_day() const {
    switch (grain) {
        case Grain::hour:
            return from_day_number(floor_div(number, 24));
        case Grain::day:
            return from_day_number(number);
        case Grain::week:
            return from_day_number(number * 7 - 3);
        default: {
            const int64_t month = first_month(*this);
            return std::chrono::year{static_cast<int>(floor_div(month, 12))} /
                   static_cast<int>(month - floor_div(month, 12) * 12 + 1) / 1;
        }
    }
}

Instant Period::begin() const {
    const int hour = grain == Grain::hour ? static_cast<int>(number - floor_div(number, 24) * 24) : 0;
    return at_local(first_day(), hour);
}

Period period_of(Grain grain, Date d) {
    switch (grain) {
        case Grain::hour:
            return {grain, day_number(d) * 24};
        case Grain::day:
            return {grain, day_number(d)};
        case Grain::week:
            return {grain, week_of(day_number(d))};
        default:
            return of_month(grain, int64_t{static_cast<int>(d.year())} * 12 + static_cast<unsigned>(d.month()) - 1);
    }
}

Period period_of(Grain grain, Instant t) {
    const auto local = to_local(t);
    if (grain == Grain::hour) return {grain, day_number(local.date) * 24 + local.minute_of_day / 60};
    return period_of(grain, local.date);
}

std::string Period::text() const {
    const Date d = first_day();
    const int year = static_cast<int>(d.year());
    const unsigned month = static_cast<unsigned>(d.month());
    switch (grain) {
        case Grain::hour:
            return fmt::format("{}T{:02}", to_iso(d), number - floor_div(number, 24) * 24);
        case Grain::day:
            return to_iso(d);
        case Grain::week: {
            const int y = static_cast<int>(add_days(d, 3).year());  // the year of its Thursday
            return fmt::format("{:04}-W{:02}", y, number - monday_of_first_week(y) + 1);
        }
        case Grain::month:
            return fmt::format("{:04}-{:02}", year, month);
        case Grain::quarter:
            return fmt::format("{:04}-Q{}", year, (month - 1) / 3 + 1);
        case Grain::half:
            return fmt::format("{:04}-H{}", year, (month - 1) / 6 + 1);
        case Grain::year:
            return fmt::format("{:04}", year);
        case Grain::five_years:
            return fmt::format("{:04}-{:04}", year, year + 4);
    }
    throw std::logic_error("a grain has no text");
}

std::string Period::words() const {
    const Date d = first_day();
    const int year = static_cast<int>(d.year());
    const unsigned month = static_cast<unsigned>(d.month());
    switch (grain) {
        case Grain::hour:
            return fmt::format("{} giờ ngày {}", number - floor_div(number, 24) * 24, to_vietnamese(d));
        case Grain::day:
            return "ngày " + to_vietnamese(d);
        case Grain::week:
            return fmt::format("tuần từ {}", to_vietnamese(d));
        case Grain::month:
            return fmt::format("tháng {}/{}", month, year);
        case Grain::quarter:
            return fmt::format("quý {} năm {}", (month - 1) / 3 + 1, year);
        case Grain::half:
            return fmt::format("6 tháng {} năm {}", month == 1 ? "đầu" : "cuối", year);
        case Grain::year:
            return fmt::format("năm {}", year);
        case Grain::five_years:
            return fmt::format("giai đoạn {}–{}", year, year + 4);
    }
    throw std::logic_error("a grain has no words");
}

Result<Period> parse_period(std::string_view text) {
    const auto year = digits(text.substr(0, std::min<size_t>(4, text.size())), 4);
    if (!year || *year < 1900 || *year > 2200) return unreadable();
    const Date january = std::chrono::year{static_cast<int>(*year)} / 1 / 1;
    if (text.size() == 4) return period_of(Grain::year, january);
    if (text[4] != '-') return unreadable();
    const auto rest = text.substr(5);
    if (rest.size() == 4) {
        const auto p = period_of(Grain::five_years, january);
        if (p.text() != text) return unreadable();
        return p;
    }
    if (rest.size() == 2 && (rest[0] == 'Q' || rest[0] == 'H')) {
        const auto grain = rest[0] == 'Q' ? Grain::quarter : Grain::half;
        const int n = rest[1] - '0';
        if (n < 1 || n > (grain == Grain::quarter ? 4 : 2)) return unreadable();
        return period_of(grain, january).next(n - 1);
    }
    if (rest.size() == 3 && rest[0] == 'W') {
        const auto week = digits(rest.substr(1), 2);
        if (!week || *week < 1 || *week > 53) return unreadable();
        const Period p{Grain::week, monday_of_first_week(*year) + *week - 1};
        if (p.text() != text) return unreadable();  // week 53 of a year that has none
        return p;
    }
    if (rest.size() == 2) {
        const auto month = digits(rest, 2);
        if (!month || *month < 1 || *month > 12) return unreadable();
        return period_of(Grain::month, january).next(*month - 1);
    }
    const auto day = parse_date(text.substr(0, std::min<size_t>(10, text.size())));
    if (!day.ok()) return unreadable();
    if (text.size() == 10) return period_of(Grain::day, *day);
    if (text.size() != 13 || text[10] != 'T') return unreadable();
    const auto hour = digits(text.substr(11), 2);
    if (!hour || *hour > 23) return unreadable();
    return period_of(Grain::hour, *day).next(*hour);
}

Result<Period> period_from_code(int64_t year, int64_t code) {
    if (year >= 1900 && year <= 2200) {
        const Date january = std::chrono::year{static_cast<int>(year)} / 1 / 1;
        if (code >= 1 && code <= 12) return period_of(Grain::month, january).next(code - 1);
        if (code >= 13 && code <= 16) return period_of(Grain::quarter, january).next(code - 13);
        if (code == 17 || code == 18) return period_of(Grain::half, january).next(code - 17);
        if (code == 20) return period_of(Grain::year, january);
        if (code == 21) return period_of(Grain::five_years, january);
    }
    return Error{ErrorKind::invalid, "period.code",
                 "Mã kỳ là 1–12 (tháng), 13–16 (quý), 17–18 (nửa năm), 20 (năm) hoặc 21 (5 năm), kèm năm từ 1900 đến "
                 "2200.",
                 "A period's code is 1–12 (month), 13–16 (quarter), 17–18 (half), 20 (year) or 21 (five years), with a "
                 "year from 1900 to 2200."};
}

std::optional<std::pair<int64_t, int64_t>> code_of(const Period& period) {
    const Date d = period.first_day();
    const int64_t year = static_cast<int>(d.year());
    const int64_t month = static_cast<unsigned>(d.month());
    switch (period.grain) {
        case Grain::month:
            return std::pair{year, month};
        case Grain::quarter:
            return std::pair{year, 13 + (month - 1) / 3};
        case Grain::half:
            return std::pair{year, 17 + (month - 1) / 6};
        case Grain::year:
            return std::pair{year, int64_t{20}};
        case Grain::five_years:
            return std::pair{year, int64_t{21}};
        default:
            return std::nullopt;
    }
}

}  // namespace hl::ioc
