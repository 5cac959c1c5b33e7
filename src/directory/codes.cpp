// The two syntaxes of an agency's electronic identifier.
#include "directory/directory.h"

#include "base/text.h"

namespace hl::directory {

namespace {

Error invalid(std::string_view code) {
    return Error{ErrorKind::invalid, "agency_code.invalid",
                 fmt::format("Mã định danh “{}” không đúng: viết H50.12.34 (QĐ 20/2020/QĐ-TTg) hoặc 000.34.12.H50 "
                             "(QCVN 102:2016/BTTTT).",
                             code),
                 fmt::format("agency code \"{}\" is wrong; write H50.12.34 or 000.34.12.H50", code)}
        .under("Quyết định 20/2020/QĐ-TTg, Điều 5");
}

bool first_level(std::string_view part) {
    return part.size() == 3 && part[0] >= 'A' && part[0] <= 'Y' && part[1] >= '0' && part[1] <= '9' && part[2] >= '0' &&
           part[2] <= '9';
}

bool plain(std::string_view part) {
    return (part.size() == 2 || part.size() == 3) &&
           std::ranges::all_of(part, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

bool zeros(std::string_view part) {
    return part.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

Result<std::string> to_old_code(std::string_view left_to_right) {
    auto parts = text::split(left_to_right, '.');
    if (parts.empty() || parts.size() > 4 || !first_level(parts[0])) return invalid(left_to_right);
    for (size_t i = 1; i < parts.size(); ++i)
        if (!plain(parts[i]) || zeros(parts[i]) || (i == 3 && parts[i].size() != 3)) return invalid(left_to_right);
    std::string out = parts.size() == 4 ? parts[3] : "000";
    for (size_t i : {size_t{2}, size_t{1}}) out += "." + (i < parts.size() ? parts[i] : std::string{"00"});
    return out + "." + parts[0];
}

Result<std::string> from_old_code(std::string_view right_to_left) {
    auto parts = text::split(right_to_left, '.');
    if (parts.size() != 4 || !first_level(parts[3]) || parts[0].size() != 3) return invalid(right_to_left);
    std::string out = parts[3];
    bool ended = false;
    for (int i = 2; i >= 0; --i) {
        const auto& part = parts[static_cast<size_t>(i)];
        if (!plain(part)) return invalid(right_to_left);
        if (zeros(part)) {
            ended = true;
        } else {
            if (ended) return invalid(right_to_left);  // a gap in the levels
            out += "." + part;
        }
    }
    return out;
}

}  // namespace hl::directory
