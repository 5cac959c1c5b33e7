#include "links/portal/masked.h"

#include "base/json.h"

namespace hl::links::portal {

namespace {

constexpr std::string_view black = "•••";

bool is_personal(std::string_view field) {
    static const std::set<std::string_view> names = {
        // questions
        "HOVATEN", "THUDIENTU", "SODIENTHOAI", "DIACHI", "NOIDUNG", "NOIDUNGTRALOI", "TIEUDE",
        // dossiers
        "ChuHoSo", "Email", "Fax", "SoDienThoai", "DiaChi", "TrichYeuHoSo", "ThongTinKhac", "DinhDanhCHS", "MaDoiTuong",
        "NoiDungBoSung", "GhiChu"};
    return names.contains(field);
}

void mask(json::value& v) {
    if (auto* list = v.if_array()) {
        for (auto& item : *list) mask(item);
    } else if (auto* object = v.if_object()) {
        for (auto& member : *object)
            if (!is_personal(std::string_view{member.key()}))
                mask(member.value());
            else if (!member.value().is_null())
                member.value() = black;
    }
}

}  // namespace

void mask_answer(connector::Line& line, std::string_view service) {
    auto* e = line.last();
    // Without an answer there is nothing of anybody; a page of the web server's own is no answer of the portal.
    if (!e || e->operation != service || e->response.empty() || e->status != 200) return;
    auto value = parse_json(e->response);
    if (!value.ok()) {
        e->response = fmt::format("({} B: {})", e->response.size(), black);
        return;
    }
    mask(*value);
    e->response = json::serialize(*value);
}

}  // namespace hl::links::portal
