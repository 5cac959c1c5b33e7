// Vietnamese formats of form fields: the personal number, telephone numbers, dates as typed, money as shown. The same
// rules stand in web/forms/formats.ts and are held together by tests/forms. Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace hl::procedures {

enum class IdLook {
    good,
    not_twelve_digits,
    no_such_province,  // the first three digits belong to no province and no country
    born_in_future
};
/// The structure of the 12-digit personal number (Circular 59/2021/TT-BCA, Article 4): province or country of birth
/// registration, century and sex, year of birth, six of chance. There is no check digit, so a good structure does not
/// mean that the number was given out. `today` absent: the year is not judged.
[[nodiscard]] IdLook look_at_personal_id(std::string_view text, const std::optional<Date>& today);
/// Year of birth in a number of twelve digits.
[[nodiscard]] int birth_year_of(std::string_view twelve_digits);

/// "0912 345 678", "+84912345678" → "+84912345678"; prefixes changed in 2018 are moved to their successors. Numbers of
/// other countries stay as they are. Nothing when it is no telephone number.
[[nodiscard]] std::optional<std::string> phone_from_typed(std::string_view typed);
/// "1/7/2026", "01-07-2026", "01072026", "2026-07-01" → the date. Nothing when it is no day of the calendar.
[[nodiscard]] std::optional<Date> date_from_typed(std::string_view typed);
/// "1.234.567", "1 234 567 đ", "1234567" → 1234567. A comma is refused: đồng have no parts.
[[nodiscard]] std::optional<int64_t> money_from_typed(std::string_view typed);
[[nodiscard]] bool looks_like_email(std::string_view text);

}  // namespace hl::procedures
