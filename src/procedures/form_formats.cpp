#include "procedures/form_formats.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace hl::procedures {

namespace {

struct OldPrefix {
    std::string_view was, is;
};
/// The change of mobile prefixes in 2018: each old four-digit prefix has one three-digit successor.
constexpr std::array<OldPrefix, 21> old_prefixes{{
    {"0120", "070"}, {"0121", "079"}, {"0122", "077"}, {"0126", "076"}, {"0128", "078"}, {"0123", "083"},
    {"0124", "084"}, {"0125", "085"}, {"0127", "081"}, {"0129", "082"}, {"0162", "032"}, {"0163", "033"},
    {"0164", "034"}, {"0165", "035"}, {"0166", "036"}, {"0167", "037"}, {"0168", "038"}, {"0169", "039"},
    {"0186", "056"}, {"0188", "058"}, {"0199", "059"},
}};

/// Codes of provinces below 100 (Circular 07/2016/TT-BCA, annex); from 100 on they are countries.
constexpr std::array<int, 63> province_codes{1,  2,  4,  6,  8,  10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25,
                                             26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48,
                                             49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75,
                                             77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96};

bool digit(char c) {
    return c >= '0' && c <= '9';
}
bool digits(std::string_view s) {
    return !s.empty() && std::all_of(s.begin(), s.end(), digit);
}
bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
int number(std::string_view s) {
    int n = 0;
    for (const char c : s) n = n * 10 + (c - '0');
    return n;
}

}  // namespace

int birth_year_of(std::string_view id) {
    return 1900 + ((id[3] - '0') / 2) * 100 + number(id.substr(4, 2));
}

IdLook look_at_personal_id(std::string_view text, const std::optional<Date>& today) {
    if (text.size() != 12 || !digits(text)) return IdLook::not_twelve_digits;
    const int code = number(text.substr(0, 3));
    if (code < 100 && std::find(province_codes.begin(), province_codes.end(), code) == province_codes.end())
        return IdLook::no_such_province;
    if (today && birth_year_of(text) > static_cast<int>(today->year())) return IdLook::born_in_future;
    return IdLook::good;
}

std::optional<std::string> phone_from_typed(std::string_view typed) {
    std::string s;
    for (const char c : text::normalise(typed))
        if (c != ' ' && c != '.' && c != '-' && c != '(' && c != ')') s += c;
    const bool plus = s.starts_with('+');
    if (plus)
        s.erase(0, 1);
    else if (s.starts_with("00"))
        s.erase(0, 2);
    else if (!s.starts_with('0')) {
        if (!s.starts_with("84") || s.size() < 11) return std::nullopt;
    } else {
        s.replace(0, 1, "84");
    }
    if (!digits(s) || s.front() == '0' || s.size() < 8 || s.size() > 15) return std::nullopt;
    if (!s.starts_with("84")) return "+" + s;
    if (s.size() == 12 && s[2] == '1') {
        const std::string prefix = "0" + s.substr(2, 3);
        for (const auto& p : old_prefixes)
            if (p.was == prefix) return "+84" + std::string{p.is.substr(1)} + s.substr(5);
    }
    const std::string_view national = std::string_view{s}.substr(2);
    const bool mobile = national.size() == 9 && std::string_view{"35789"}.find(national[0]) != std::string_view::npos;
    const bool fixed = national[0] == '2' && (national.size() == 9 || national.size() == 10);
    if (!mobile && !fixed) return std::nullopt;
    return "+" + s;
}

std::optional<Date> date_from_typed(std::string_view typed) {
    const std::string s = text::trim(typed);
    if (auto iso = parse_date(s); iso.ok()) return iso.value();
    std::array<std::string, 3> parts;
    if (s.size() == 8 && digits(s)) {
        parts = {s.substr(0, 2), s.substr(2, 2), s.substr(4)};
    } else {
        size_t at = 0;
        char separator = 0;
        for (const char c : s) {
            if (digit(c)) {
                parts[at] += c;
            } else if ((c == '/' || c == '-' || c == '.') && at < 2 && (separator == 0 || separator == c)) {
                separator = c;
                ++at;
            } else {
                return std::nullopt;
            }
        }
    }
    if (parts[0].empty() || parts[0].size() > 2 || parts[1].empty() || parts[1].size() > 2 || parts[2].size() != 4)
        return std::nullopt;
    const Date date{std::chrono::year{number(parts[2])}, std::chrono::month{static_cast<unsigned>(number(parts[1]))},
                    std::chrono::day{static_cast<unsigned>(number(parts[0]))}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<int64_t> money_from_typed(std::string_view typed) {
    std::string s = text::trim(typed);
    for (const std::string_view unit : {"₫", "đồng", "đ", "VND"})
        if (s.ends_with(unit)) {
            s = text::trim(std::string_view{s}.substr(0, s.size() - unit.size()));
            break;
        }
    // Groups of three after the first separator, else "1.5" would silently become 15.
    std::string out;
    size_t group = 0;
    char separator = 0;
    for (const char c : s) {
        if (digit(c)) {
            out += c;
            ++group;
        } else if (c == '.' || c == ' ') {
            if (out.empty() || (separator ? c != separator || group != 3 : group > 3)) return std::nullopt;
            separator = c;
            group = 0;
        } else {
            return std::nullopt;
        }
    }
    if (out.empty() || out.size() > 16 || (separator && group != 3)) return std::nullopt;
    const int64_t n = std::stoll(out);
    if (n > 9'007'199'254'740'991) return std::nullopt;
    return n;
}

bool looks_like_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
    const auto local = text.substr(0, at);
    const auto good = [](char c) {
        return letter(c) || digit(c) || std::string_view{"._%+-"}.find(c) != std::string_view::npos;
    };
    if (!std::all_of(local.begin(), local.end(), good)) return false;
    const auto labels = text::split(text.substr(at + 1), '.');
    return labels.size() >= 2 && std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
               return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
                      std::all_of(label.begin(), label.end(), [](char c) { return letter(c) || digit(c) || c == '-'; });
           });
}

}  // namespace hl::procedures
