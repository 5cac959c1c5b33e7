#include "dossiers/people.h"

#include "base/text.h"
#include "dossiers/refusals.h"
#include "procedures/form_formats.h"

namespace hl::dossiers {

namespace {

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
    auto phone = procedures::phone_from_typed(typed);
    if (!phone) return bad_phone();
    return *std::move(phone);
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
