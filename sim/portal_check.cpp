#include "portal_check.h"

#include <chrono>
#include <set>

namespace sim::portal {

std::string text(const json::object& o, std::string_view field) {
    const auto* v = o.if_contains(field);
    if (!v) return {};
    if (const auto* s = v->if_string()) return std::string{*s};
    if (v->is_int64()) return std::to_string(v->get_int64());
    return {};
}

namespace {

const std::set<std::string, std::less<>> dossier_fields = {"MaHoSo",
                                                           "MaTTHC",
                                                           "TenTTHC",
                                                           "MaLinhVuc",
                                                           "TenLinhVuc",
                                                           "KenhThucHien",
                                                           "ChuHoSo",
                                                           "LoaiDoiTuong",
                                                           "MaDoiTuong",
                                                           "ThongTinKhac",
                                                           "Email",
                                                           "Fax",
                                                           "SoDienThoai",
                                                           "TrichYeuHoSo",
                                                           "NgayNopHoSo",
                                                           "NgayTiepNhan",
                                                           "NgayHenTra",
                                                           "TrangThaiHoSo",
                                                           "NgayTra",
                                                           "ThongTinTra",
                                                           "HinhThuc",
                                                           "NgayKetThucXuLy",
                                                           "NgayTuChoi",
                                                           "DonViXuLy",
                                                           "GhiChu",
                                                           "NoiNopHoSo",
                                                           "HoSoCoThanhPhanSoHoa",
                                                           "TaiKhoanDuocXacThucVoiVNeID",
                                                           "DuocThanhToanTrucTuyen",
                                                           "DinhDanhCHS",
                                                           "DSKetNoiCSDL",
                                                           "TaiLieuNop",
                                                           "DanhSachLePhi",
                                                           "DanhSachTepDinhKemKhac",
                                                           "DanhSachHoSoBoSung",
                                                           "DanhSachGiayToKetQua"};
const std::set<std::string, std::less<>> paper_fields = {"TepDinhKemId",    "TenTepDinhKem",     "IsDeleted",
                                                         "MaThanhPhanHoSo", "DuongDanTaiTepTin", "DuocSoHoa",
                                                         "DuocTaiSuDung",   "DuocLayTuKhoDMQG",  "MaKetQuaThayThe"};
const std::set<std::string, std::less<>> fee_fields = {"TenPhiLePhi", "MaPhiLePhi", "HinhThucThu", "Gia",
                                                       "LoaiPhiLePhi"};
const std::set<std::string, std::less<>> supplement_fields = {
    "HoSoBoSungId",         "NguoiYeuCauBoSung",   "NoiDungBoSung",      "NgayBoSung",
    "NguoiTiepNhanBoSung",  "ThongTinTiepNhan",    "NgayTiepNhanBoSung", "TrangThaiBoSung",
    "DanhSachGiayToBoSung", "DanhSachLePhiBoSung", "NgayHenTraTruoc",    "NgayHenTraMoi"};
const std::set<std::string, std::less<>> result_fields = {"TenGiayTo", "MaThanhPhanHoSo", "GiayToId",
                                                          "DuongDanTepTinKetQua", "MaGiayToKetQua"};
const std::set<std::string, std::less<>> progress_fields = {"MaHoSo",       "NguoiXuLy",    "ChucDanh",
                                                            "ThoiDiemXuLy", "PhongBanXuLy", "NoiDungXuLy",
                                                            "TrangThai",    "NgayBatDau",   "NgayKetThucTheoQuyDinh"};

bool is_date(const std::string& t) {
    if (t.size() != 14 || t.find_first_not_of("0123456789") != std::string::npos) return false;
    const int year = std::stoi(t.substr(0, 4)), month = std::stoi(t.substr(4, 2)), day = std::stoi(t.substr(6, 2));
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    return date.ok() && year > 1990 && year < 2100 && std::stoi(t.substr(8, 2)) < 24 &&
           std::stoi(t.substr(10, 2)) < 60 && std::stoi(t.substr(12, 2)) < 60;
}

size_t characters(const std::string& t) {
    size_t n = 0;
    for (const char c : t) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return n;
}

void known_only(const json::object& o, const std::set<std::string, std::less<>>& fields) {
    for (const auto& member : o)
        if (!fields.contains(std::string_view{member.key()}))
            throw Wrong{wrong_field, "Trường không có trong đặc tả: " + std::string{member.key()}};
}

void each(const json::object& o, std::string_view field, const std::set<std::string, std::less<>>& fields) {
    const auto* list = o.if_contains(field);
    if (!list) return;
    if (!list->is_array()) throw Wrong{wrong_field, std::string{field} + " phải là danh sách"};
    for (const auto& item : list->get_array()) {
        if (!item.is_object()) throw Wrong{wrong_field, std::string{field} + " phải gồm đối tượng"};
        known_only(item.get_object(), fields);
    }
}

void dates(const json::object& o, std::initializer_list<std::string_view> fields) {
    for (const auto field : fields)
        if (o.contains(field) && !is_date(text(o, field)))
            throw Wrong{wrong_field, std::string{field} + " không phải ngày giờ yyyyMMddHHmmss"};
}

void wanted(const json::object& o, std::initializer_list<std::string_view> fields) {
    for (const auto field : fields)
        if (text(o, field).empty()) throw Wrong{wrong_field, "Thiếu " + std::string{field}};
}

void one_of(const json::object& o, std::string_view field, const std::set<std::string>& values) {
    if (o.contains(field) && !values.contains(text(o, field)))
        throw Wrong{wrong_field, std::string{field} + " ngoài danh mục"};
}

void check_supplement(const json::object& o) {
    wanted(o, {"HoSoBoSungId", "NgayBoSung"});
    dates(o, {"NgayBoSung", "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi"});
    const auto answered = text(o, "NgayTiepNhanBoSung");
    if (!answered.empty() && answered < text(o, "NgayBoSung"))
        throw Wrong{wrong_field, "NgayTiepNhanBoSung trước NgayBoSung"};
    if (answered.empty() && o.contains("NgayHenTraMoi"))
        throw Wrong{wrong_field, "NgayHenTraMoi khi chưa có NgayTiepNhanBoSung"};
}

/// What replaces a paper is a result of the store: of one that was handed in nothing does.
void check_paper(const json::object& o) {
    for (const auto* flag : {"DuocSoHoa", "DuocTaiSuDung", "DuocLayTuKhoDMQG"}) one_of(o, flag, {"0", "1"});
    if (!o.contains("MaKetQuaThayThe")) return;
    const auto* code = o.at("MaKetQuaThayThe").if_string();
    if (!code || code->empty() || code->find(' ') != json::string::npos)
        throw Wrong{wrong_field, "MaKetQuaThayThe phải là mã kết quả"};
    if (text(o, "DuocLayTuKhoDMQG") != "1")
        throw Wrong{wrong_field, "MaKetQuaThayThe khi DuocLayTuKhoDMQG không phải 1"};
}

}  // namespace

void check_dossier(const json::object& o) {
    known_only(o, dossier_fields);
    wanted(o, {"MaHoSo", "MaTTHC", "TenTTHC", "KenhThucHien", "ChuHoSo", "LoaiDoiTuong", "TrangThaiHoSo", "NgayNopHoSo",
               "DonViXuLy"});
    one_of(o, "KenhThucHien", {"1", "2", "3"});
    one_of(o, "LoaiDoiTuong", {"1", "2", "3", "4"});
    one_of(o, "TrangThaiHoSo", {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"});
    one_of(o, "DuocThanhToanTrucTuyen", {"1", "2", "3"});
    one_of(o, "HoSoCoThanhPhanSoHoa", {"0", "1"});
    dates(o, {"NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy", "NgayTuChoi"});
    if (characters(text(o, "TrichYeuHoSo")) > 1000) throw Wrong{wrong_field, "TrichYeuHoSo dài quá 1000"};
    for (const auto* dummy : {"000000000", "000000001", "000000000000"})
        if (const auto* ids = o.if_contains("DinhDanhCHS"))
            for (const auto& id : ids->is_array() ? ids->get_array() : json::array{})
                if (id.is_object() && text(id.get_object(), "SoDinhDanh") == dummy)
                    throw Wrong{wrong_field, "DinhDanhCHS là số giả"};
    each(o, "DinhDanhCHS", {"LoaiDinhDanh", "SoDinhDanh"});
    each(o, "TaiLieuNop", paper_fields);
    each(o, "DanhSachLePhi", fee_fields);
    each(o, "DanhSachHoSoBoSung", supplement_fields);
    each(o, "DanhSachGiayToKetQua", result_fields);
    if (const auto* papers = o.if_contains("TaiLieuNop"))
        for (const auto& paper : papers->get_array()) check_paper(paper.get_object());
    if (const auto* fees = o.if_contains("DanhSachLePhi"))
        for (const auto& fee : fees->get_array())
            if (!fee.get_object().if_contains("Gia") || !fee.at("Gia").is_int64() || fee.at("Gia").get_int64() < 0)
                throw Wrong{wrong_field, "Gia phải là số đồng nguyên"};
    if (const auto* list = o.if_contains("DanhSachHoSoBoSung"))
        for (const auto& one : list->get_array()) check_supplement(one.get_object());
    const auto status = text(o, "TrangThaiHoSo");
    const bool in_work = status != "1" && status != "3" && status != "7";
    if (in_work) wanted(o, {"NgayTiepNhan"});
    if (status == "9" || status == "10") wanted(o, {"NgayKetThucXuLy"});
    if (status == "10") wanted(o, {"NgayTra"});
    if (status == "3") wanted(o, {"NgayTuChoi"});
    if (status != "10" && o.contains("NgayTra")) throw Wrong{wrong_field, "NgayTra khi chưa trả kết quả"};
    const auto filed = text(o, "NgayNopHoSo"), received = text(o, "NgayTiepNhan"), ended = text(o, "NgayKetThucXuLy"),
               returned = text(o, "NgayTra");
    if (!received.empty() && received < filed) throw Wrong{wrong_field, "NgayTiepNhan trước NgayNopHoSo"};
    if (!ended.empty() && !received.empty() && ended < received)
        throw Wrong{wrong_field, "NgayKetThucXuLy trước NgayTiepNhan"};
    if (!returned.empty() && returned < ended) throw Wrong{wrong_field, "NgayTra trước NgayKetThucXuLy"};
}

/// What is over stays over; work that had begun is not newly filed again.
void check_order(const std::string& before, const std::string& after) {
    static const std::set<std::string> over = {"3", "7", "8", "10"};
    if (over.contains(before) && before != after)
        throw Wrong{out_of_order, "TrangThaiHoSo: hồ sơ đã kết thúc ở " + before + " không thể thành " + after};
    if (before != "1" && after == "1") throw Wrong{out_of_order, "TrangThaiHoSo: hồ sơ đã tiếp nhận không thể thành 1"};
    if (before == "9" && after == "2") throw Wrong{out_of_order, "TrangThaiHoSo: 9 không thể thành 2"};
}

void check_progress(const json::object& o) {
    known_only(o, progress_fields);
    wanted(o, {"MaHoSo", "ThoiDiemXuLy", "PhongBanXuLy", "NoiDungXuLy", "TrangThai"});
    dates(o, {"ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh"});
    one_of(o, "TrangThai", {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"});
}

}  // namespace sim::portal
