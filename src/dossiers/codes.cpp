#include "dossiers/codes.h"

#include <charconv>

#include "base/text.h"
#include "directory/directory.h"

namespace hl::dossiers {

namespace {

constexpr size_t longest_agency = 35;  // Decision 20/2020/QĐ-TTg
constexpr size_t longest_number = 12;
constexpr size_t centralised_digits = 6;

Error invalid() {
    return Error{ErrorKind::invalid, "dossier_code.invalid",
                 "Mã hồ sơ không đúng dạng. Hãy nhập như trên giấy tiếp nhận, ví dụ H50.12.34-261123-0001.",
                 "This is not a dossier code. Type it as printed on the receipt, e.g. H50.12.34-261123-0001."}
        .under("Thông tư 03/2025/TT-VPCP, Điều 13");
}

bool all_digits(std::string_view s) {
    return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int two_digits(std::string_view s) {
    return (s[0] - '0') * 10 + (s[1] - '0');
}

int64_t to_number(std::string_view digits) {
    int64_t n = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), n);
    return n;
}

bool agency_letters(std::string_view s) {
    return !s.empty() && s.size() <= longest_agency && s.front() != '.' && s.back() != '.' &&
           s.find("..") == std::string_view::npos && std::all_of(s.begin(), s.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
           });
}

}  // namespace

std::string normalise_code(std::string_view text) {
    std::string out;
    for (const char c : text::trim(text)) {
        if (c == ' ') continue;
        out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

Result<ParsedCode> parse_code(std::string_view text) {
    const std::string code = normalise_code(text);
    const size_t second = code.rfind('-');
    if (second == std::string::npos || second == 0) return invalid();
    const size_t first = code.rfind('-', second - 1);
    if (first == std::string::npos) return invalid();
    const std::string_view whole = code;
    const auto agency = whole.substr(0, first), day = whole.substr(first + 1, second - first - 1);
    const auto tail = whole.substr(second + 1);
    if (!agency_letters(agency) || day.size() != 6 || !all_digits(day) || tail.size() < 4 ||
        tail.size() > longest_number || !all_digits(tail))
        return invalid();
    ParsedCode out;
    out.date = Date{std::chrono::year{2000 + two_digits(day.substr(0, 2))},
                    std::chrono::month{static_cast<unsigned>(two_digits(day.substr(2, 2)))},
                    std::chrono::day{static_cast<unsigned>(two_digits(day.substr(4, 2)))}};
    if (!out.date.ok()) return invalid();
    const bool left_to_right = agency.front() >= 'A' && agency.front() <= 'Z';
    if (left_to_right) {
        out.agency = agency;
    } else {
        TRY(out.agency, directory::from_old_code(agency));
        out.form = CodeForm::old;
    }
    if (left_to_right && tail.size() >= centralised_digits) {
        out.form = CodeForm::centralised;
        out.system = tail.substr(0, 2);
        out.number = to_number(tail.substr(2));
    } else {
        out.number = to_number(tail);
    }
    return out;
}

DossierCode make_code(std::string_view agency_code, Date date, int64_t number) {
    return DossierCode{fmt::format("{}-{:02}{:02}{:02}-{:04}", agency_code, static_cast<int>(date.year()) % 100,
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), number)};
}

DossierCode next_code(store::Transaction& tx, std::string_view agency_code, Date date) {
    const auto counter = fmt::format("dossier/{}/{}", agency_code, day_number(date));
    return make_code(agency_code, date, tx.next_number(counter));
}

}  // namespace hl::dossiers
