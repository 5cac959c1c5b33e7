// What people are told and how, as data: texts in both languages, quiet hours, the order of ways out, the shape of the
// gateways for SMS and Zalo. Read from packs/…/notices/*.yaml; everything has dates. A Book is immutable; any thread.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace hl::notices {

enum class Way : int { mail = 1, sms = 2, zalo = 3 };
[[nodiscard]] std::string_view to_string(Way way);
[[nodiscard]] std::optional<Way> way_from(std::string_view word);

/// What one can be told about; the list is the program's, the texts are the pack's. A kind without a text is not told.
struct KindRow {
    std::string_view kind, vi, en;
};
[[nodiscard]] const std::vector<KindRow>& kind_table();
[[nodiscard]] bool is_kind(std::string_view word);

struct Texts {
    std::string subject, mail, brief;  // brief: SMS and Zalo
};
struct Template {
    std::string kind, file;
    Date from;
    std::optional<Date> to;
    Texts vi, en;
};

/// No rule may keep news alive longer.
inline constexpr int longest_stale_hours = 24 * 60;
struct Rules {
    std::string id, file;
    Date from;
    std::optional<Date> to;
    int quiet_from = 21 * 60, quiet_to = 7 * 60;  // minutes of the day; equal: never quiet
    std::vector<Way> quiet_ways;
    std::vector<Way> order;  // when the person has not chosen
    int stale_hours = 72;    // what is older is not news any more
    int overdue_days = 7;    // a promise that passed longer ago is not apologised for by message
    int brief_longest = 320;
    bool brief_plain = true;  // without diacritics: one SMS holds 160 characters instead of 70
};

/// When an answer means something: every part that is given must hold.
struct Condition {
    std::vector<int> statuses;
    std::string at;  // JSON pointer
    std::vector<std::string> is;
};
struct GatewayShape {
    Way way = Way::sms;
    std::string file, method = "POST", path, content_type = "application/json", phone = "e164";
    Date from;
    std::optional<Date> to;
    std::map<std::string, std::string> headers;
    json::value body;  // texts in it hold {phone}, {text}, {id}, {brand}, {secret}
    std::vector<Condition> accepted, duplicate, refused, bad_address;
    std::string message_at;
    std::vector<std::string> unverified;
};

struct Book {
    std::vector<Template> templates;
    std::vector<Rules> rules;
    std::vector<GatewayShape> gateways;
    std::string hash;
    [[nodiscard]] const Template* find(std::string_view kind, Date d) const;
    [[nodiscard]] const Rules* rules_at(Date d) const;
    [[nodiscard]] const GatewayShape* gateway(Way way, Date d) const;
};

/// The names that a text may hold in braces. A brief text never names the matter or the agency's business with it.
[[nodiscard]] const std::vector<std::string_view>& mail_names();
[[nodiscard]] const std::vector<std::string_view>& brief_names();
using Values = std::map<std::string, std::string, std::less<>>;
/// Every {name} replaced; the pack check has seen that each is known. Pure.
[[nodiscard]] std::string fill(std::string_view text, const Values& values);
/// The names in braces, in order.
[[nodiscard]] std::vector<std::string> names_in(std::string_view text);

/// One file's text. Mistakes are collected with file and line: notices.*.
void read_book_file(const std::string& text, const std::string& file, Book& out, std::vector<Error>& errors);
/// Two texts of a kind on one day, two rules on one day.
void check_book(const Book& book, std::vector<Error>& errors);

/// In quiet hours: when they end; otherwise nothing.
[[nodiscard]] std::optional<Instant> quiet_until(const Rules& rules, Way way, Instant now);

}  // namespace hl::notices
