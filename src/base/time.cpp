#include "base/time.h"

#include <date/tz.h>

#include <algorithm>
#include <atomic>
#include <charconv>

namespace hl {

namespace {

constexpr const char* zone_name = "Asia/Ho_Chi_Minh";

/// Offset in force around an instant. Viet Nam has not changed its clocks since 1975, so one entry serves nearly all.
struct Offset {
    std::chrono::sys_seconds begin, end;
    std::chrono::seconds offset;
};

Offset look_up(std::chrono::sys_seconds t) {
    static const date::time_zone* zone = date::locate_zone(zone_name);
    const auto info = zone->get_info(t);
    return {std::chrono::sys_seconds{info.begin.time_since_epoch()}, std::chrono::sys_seconds{info.end.time_since_epoch()}, info.offset};
}

std::chrono::seconds offset_at(std::chrono::sys_seconds t) {
    static const Offset present = look_up(std::chrono::sys_days{std::chrono::year{2020} / 1 / 1});
    if (t >= present.begin && t < present.end) return present.offset;
    return look_up(t).offset;
}

bool digits(std::string_view s, size_t at, size_t n, int& out) {
    if (at + n > s.size()) return false;
    out = 0;
    for (size_t i = at; i < at + n; ++i) {
        if (s[i] < '0' || s[i] > '9') return false;
        out = out * 10 + (s[i] - '0');
    }
    return true;
}

Error bad_time(std::string_view text) {
    return {ErrorKind::invalid, "time.format", fmt::format("«{}» không phải thời điểm RFC 3339, ví dụ 2026-11-23T15:00:00+07:00.", text),
            fmt::format("'{}' is not an RFC 3339 time such as 2026-11-23T15:00:00+07:00.", text)};
}

Error bad_date(std::string_view text) {
    return {ErrorKind::invalid, "date.format", fmt::format("«{}» không phải ngày dạng năm-tháng-ngày, ví dụ 2026-11-23.", text),
            fmt::format("'{}' is not a date such as 2026-11-23.", text)};
}

/// Every answer holds several times; by hand it costs a fifth of what a format string does.
void put_two(std::string& out, long long n) {
    out += static_cast<char>('0' + n / 10);
    out += static_cast<char>('0' + n % 10);
}

void put_time(std::string& out, Date d, int minute, int second) {
    const int year = static_cast<int>(d.year());
    if (year >= 0 && year <= 9999) {
        put_two(out, year / 100);
        put_two(out, year % 100);
    } else {
        out += fmt::format("{:04}", year);
    }
    out += '-';
    put_two(out, static_cast<unsigned>(d.month()));
    out += '-';
    put_two(out, static_cast<unsigned>(d.day()));
    out += 'T';
    put_two(out, minute / 60);
    out += ':';
    put_two(out, minute % 60);
    out += ':';
    put_two(out, second);
}

}  // namespace

LocalTime to_local(Instant t) {
    const auto local = t + offset_at(std::chrono::floor<std::chrono::seconds>(t));
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto ms = (local - day).count();
    return {Date{day}, static_cast<int>(ms / 60'000), static_cast<int>(ms / 1000 % 60), static_cast<int>(ms % 1000)};
}

Instant to_instant(const LocalTime& t) {
    const Instant as_utc = std::chrono::sys_days{t.date} + std::chrono::minutes{t.minute_of_day} + std::chrono::seconds{t.second} +
                           std::chrono::milliseconds{t.millisecond};
    const auto guess = std::chrono::floor<std::chrono::seconds>(as_utc);
    // The offset at the local reading itself differs from the right one only within hours of a change of clocks.
    const auto first = as_utc - offset_at(guess);
    return as_utc - offset_at(std::chrono::floor<std::chrono::seconds>(first));
}

std::string to_rfc3339(Instant t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const auto ms = (t - day).count();
    std::string out;
    out.reserve(32);
    put_time(out, Date{day}, static_cast<int>(ms / 60'000), static_cast<int>(ms / 1000 % 60));
    out += '.';
    out += static_cast<char>('0' + ms / 100 % 10);
    put_two(out, ms % 100);
    out += 'Z';
    return out;
}

std::string to_rfc3339_local(Instant t) {
    const auto local = to_local(t);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(offset_at(std::chrono::floor<std::chrono::seconds>(t))).count();
    const auto size = std::abs(minutes);
    std::string out;
    out.reserve(32);
    put_time(out, local.date, local.minute_of_day, local.second);
    out += minutes < 0 ? '-' : '+';
    put_two(out, size / 60);
    out += ':';
    put_two(out, size % 60);
    return out;
}

Result<Instant> parse_rfc3339(std::string_view text) {
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
    const bool shape = text.size() >= 20 && digits(text, 0, 4, y) && text[4] == '-' && digits(text, 5, 2, mo) && text[7] == '-' &&
                       digits(text, 8, 2, d) && (text[10] == 'T' || text[10] == 't') && digits(text, 11, 2, h) && text[13] == ':' &&
                       digits(text, 14, 2, mi) && text[16] == ':' && digits(text, 17, 2, s);
    if (!shape) return bad_time(text);
    size_t at = 19;
    int ms = 0;
    if (text[at] == '.') {
        int scale = 100;
        const size_t from = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
            ms += (text[at] - '0') * scale;
            scale /= 10;
        }
        if (at == from) return bad_time(text);
    }
    int offset = 0;
    if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
        offset = 0;
    } else {
        int oh = 0, om = 0;
        if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || !digits(text, at + 1, 2, oh) || text[at + 3] != ':' ||
            !digits(text, at + 4, 2, om) || oh > 23 || om > 59)
            return bad_time(text);
        offset = (oh * 60 + om) * (text[at] == '-' ? -1 : 1);
    }
    const Date date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(mo)}, std::chrono::day{static_cast<unsigned>(d)}};
    if (!date.ok() || h > 23 || mi > 59 || s > 60) return bad_time(text);
    return Instant{std::chrono::sys_days{date} + std::chrono::hours{h} + std::chrono::minutes{mi} + std::chrono::seconds{std::min(s, 59)} +
                   std::chrono::milliseconds{ms}} -
           std::chrono::minutes{offset};
}

std::string to_iso(Date d) { return fmt::format("{:04}-{:02}-{:02}", int(d.year()), unsigned(d.month()), unsigned(d.day())); }

Result<Date> parse_date(std::string_view text) {
    int y = 0, m = 0, d = 0;
    if (text.size() != 10 || !digits(text, 0, 4, y) || text[4] != '-' || !digits(text, 5, 2, m) || text[7] != '-' || !digits(text, 8, 2, d))
        return bad_date(text);
    const Date date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)}, std::chrono::day{static_cast<unsigned>(d)}};
    if (!date.ok()) return bad_date(text);
    return date;
}

std::string to_vietnamese(Date d) { return fmt::format("{:02}/{:02}/{:04}", unsigned(d.day()), unsigned(d.month()), int(d.year())); }

std::string to_vietnamese(Instant t) {
    const auto local = to_local(t);
    return fmt::format("{:02}:{:02} {}", local.minute_of_day / 60, local.minute_of_day % 60, to_vietnamese(local.date));
}

Instant SystemClock::now() const {
    const auto reading = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::scoped_lock lock(mutex_);
    last_ = std::max(last_, reading);
    return last_;
}

}  // namespace hl
