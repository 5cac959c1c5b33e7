#include "dossiers/people.h"

#include "base/text.h"
#include "dossiers/refusals.h"

namespace hl::dossiers {

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

Error bad_phone() {
    return invalid("filing.phone", "Số điện thoại không đúng. Hãy nhập như 0912 345 678 hoặc +84 912 345 678.",
                   "The phone number is not right. Type it like 0912 345 678 or +84 912 345 678.", "/applicant/phone");
}

Error missing(std::string_view vi, std::string_view en, std::string at) {
    return invalid("filing.applicant", fmt::format("Thiếu {}. Hãy nhập như trên giấy tờ.", vi),
                   fmt::format("The {} is missing. Type it as on the paper.", en), std::move(at),
                   "Thông tư 03/2025/TT-VPCP, mẫu 01");
}

bool digits(std::string_view s) {
    return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string compact(std::string_view s) {
    std::string out;
    for (const char c : s)
        if (c != ' ' && c != '.' && c != '-' && c != '(' && c != ')') out += c;
    return out;
}

}  // namespace

Result<std::string> normalise_phone(std::string_view typed) {
    std::string s = compact(text::normalise(typed));
    const bool plus = s.starts_with('+');
    if (plus)
        s.erase(0, 1);
    else if (s.starts_with("00"))
        s.erase(0, 2);
    else if (!s.starts_with('0')) {
        if (!s.starts_with("84") || s.size() < 11) return bad_phone();
    } else {
        s.replace(0, 1, "84");
    }
    if (!digits(s) || s.front() == '0' || s.size() < 8 || s.size() > 15) return bad_phone();
    if (!s.starts_with("84")) return "+" + s;
    if (s.size() == 12 && s[2] == '1') {
        const std::string prefix = "0" + s.substr(2, 3);
        for (const auto& p : old_prefixes)
            if (p.was == prefix) return "+84" + std::string{p.is.substr(1)} + s.substr(5);
    }
    const std::string_view national = std::string_view{s}.substr(2);
    const bool mobile = national.size() == 9 && std::string_view{"35789"}.find(national[0]) != std::string_view::npos;
    const bool fixed = national[0] == '2' && (national.size() == 9 || national.size() == 10);
    if (!mobile && !fixed) return bad_phone();
    return "+" + s;
}

Result<Applicant> check_applicant(Applicant a) {
    for (auto* field : {&a.name, &a.email, &a.address}) *field = text::normalise(*field);
    a.id_number = text::upper(compact(text::normalise(a.id_number)));
    if (a.name.empty()) return missing("họ và tên người nộp", "applicant's name", "/applicant/name");
    if (text::length(a.name) > 200)
        return invalid("filing.applicant", "Họ và tên dài quá 200 ký tự.", "The name is longer than 200 characters.",
                       "/applicant/name");
    static constexpr std::array<std::string_view, 4> kinds{"citizen", "business", "agency", "other"};
    if (std::find(kinds.begin(), kinds.end(), a.kind) == kinds.end())
        return invalid("filing.applicant", "Loại đối tượng phải là citizen, business, agency hoặc other.",
                       "The kind must be citizen, business, agency or other.", "/applicant/kind");
    // Twelve digits without a check digit (Circular 07/2016/TT-BCA): only the form can be checked here, the authority
    // is the population database.
    if (a.id_kind == "personal_id" && (a.id_number.size() != 12 || !digits(a.id_number)))
        return invalid("filing.applicant", "Số định danh cá nhân phải có 12 chữ số.",
                       "A personal identity number has 12 digits.", "/applicant/id_number");
    if (a.id_number.size() > 40)
        return invalid("filing.applicant", "Số giấy tờ dài quá 40 ký tự.", "The identity number is too long.",
                       "/applicant/id_number");
    if (!a.phone.empty()) {
        TRY(a.phone, normalise_phone(a.phone));
    }
    if (a.representative) {
        auto& r = *a.representative;
        for (auto* field : {&r.name, &r.email, &r.authority}) *field = text::normalise(*field);
        r.id_number = text::upper(compact(text::normalise(r.id_number)));
        if (r.name.empty())
            return missing("họ và tên người được ủy quyền", "representative's name", "/applicant/representative/name");
        if (!r.phone.empty()) {
            TRY(r.phone, normalise_phone(r.phone));
        }
    }
    return a;
}

}  // namespace hl::dossiers
