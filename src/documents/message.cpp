#include "documents/message.h"

#include <charconv>

namespace hl::documents {

namespace {

/// Digits only, of just that length: "+1" and " 1" are no numbers here.
std::optional<int> digits(std::string_view text, size_t at, size_t length) {
    int value = 0;
    for (size_t i = at; i < at + length; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

std::string edxml_date(Date d) {
    return fmt::format("{:04}/{:02}/{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                       static_cast<unsigned>(d.day()));
}

std::string edxml_time(Instant t) {
    const auto local = to_local(t);
    return fmt::format("{} {:02}:{:02}:{:02}", edxml_date(local.date), local.minute_of_day / 60,
                       local.minute_of_day % 60, local.second);
}

std::optional<Date> parse_edxml_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '/' || text[7] != '/') return std::nullopt;
    const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    if (!year || !month || !day || *year < 1900 || *year > 2200) return std::nullopt;
    const Date date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                    std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<Instant> parse_edxml_time(std::string_view text) {
    if (text.size() != 19 || text[10] != ' ' || text[13] != ':' || text[16] != ':') return std::nullopt;
    const auto date = parse_edxml_date(text.substr(0, 10));
    const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
    // Before that the zone's offset jumped about; nobody sends such times.
    if (date && date->year() < std::chrono::year{1990}) return std::nullopt;
    if (!date || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    return to_instant({*date, *hour * 60 + *minute, *second, 0});
}

std::string make_document_id(std::string_view organ_id, Date promulgated, const Code& code) {
    return fmt::format("{},{},{}", organ_id, edxml_date(promulgated), code.full());
}

}  // namespace hl::documents
