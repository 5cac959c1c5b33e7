#include "links/portal/digitised.h"

#include "links/portal/fields.h"

namespace hl::links::portal {

namespace {

bool is_number(const std::string& typed) {
    return typed.size() == 12 && std::all_of(typed.begin(), typed.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           typed != std::string(12, '0');
}

constexpr size_t most_results = 500;

}  // namespace

Result<json::object> results_body(const ResultsQuestion& q, const Profile& profile) {
    const auto wrong_number = [](const char* at) {
        return Error{ErrorKind::invalid, "results.number",
                     "Kho quốc gia chỉ tra theo số định danh cá nhân đúng 12 chữ số.",
                     "The national store is asked by a personal number of exactly 12 digits.", at};
    };
    if (!is_number(q.owner)) return wrong_number("/owner");
    const auto& requester = q.requester.empty() ? q.owner : q.requester;
    if (!is_number(requester)) return wrong_number("/requester");
    if (q.name.empty())
        return Error{ErrorKind::invalid, "results.name",
                     "Hãy ghi họ tên người yêu cầu: kho quốc gia ghi lại ai đã hỏi.",
                     "Give the name of who asks: the national store takes it down.", "/name"};
    const auto channel = profile.channels.find(std::string{procedures::to_string(q.channel)});
    if (channel == profile.channels.end())
        return Error{ErrorKind::invalid, "results.channel", "Ánh xạ với Cổng không có mã cho kênh này.",
                     "The mapping has no code for this channel.", "/channel"};
    json::array kinds;
    for (const auto& k : q.kinds) kinds.push_back({{"MaKetQua", k.code}, {"SoKyHieu", k.number}});
    return json::object{{"SoDinhDanhChuSoHuu", q.owner},   {"HoTenNguoiYeuCau", q.name},
                        {"KenhThucHien", channel->second}, {"SoDinhDanhNguoiYeuCau", requester},
                        {"MaThuTuc", q.procedure.value},   {"DanhSachDanhMucKetQua", std::move(kinds)}};
}

Result<StoredResults> read_results(const json::value& result) {
    const Error strange{ErrorKind::unavailable, "portal.answer", "Kho quốc gia trả lời không đúng dạng.",
                        "The national store's answer cannot be read."};
    const auto* object = result.if_object();
    const auto* list = object ? object->if_contains("DanhSachGiayToKetQua") : nullptr;
    // An answer without the list is no empty list: nothing is known then.
    if (!list || !list->is_array() || list->get_array().size() > most_results) return strange;
    StoredResults out;
    for (const auto& value : list->get_array()) {
        const auto* o = value.if_object();
        if (!o) {
            ++out.unreadable;
            continue;
        }
        StoredResult r{text_at(*o, "MaKetQua"),
                       text_at(*o, "TenGiayTo"),
                       text_at(*o, "SoKyHieu"),
                       text_at(*o, "CoQuanChuQuan"),
                       {}};
        if (r.code.empty() && r.name.empty()) {
            ++out.unreadable;
            continue;
        }
        if (const auto* files = o->if_contains("DanhSachTepDinhKem"); files && files->is_array())
            for (const auto& file : files->get_array())
                if (const auto* f = file.if_object()) r.files.push_back(text_at(*f, "TenTep"));
        out.items.push_back(std::move(r));
    }
    return out;
}

}  // namespace hl::links::portal
