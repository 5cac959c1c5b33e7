// The National Public Service Portal as §4.1 of the facts has it: a session, one address for all services, dossiers and
// progress up, look-up, the catalogue and filed dossiers down. Strict: a field that it does not know, a date that is
// none, a status out of order is refused and says why.
#include <chrono>
#include <ctime>
#include <set>

#include "module.h"

namespace sim {

namespace {

constexpr int ok = 0, exists = 3, unknown_key = 4, out_of_order = 5, wrong_field = 6, no_session = -2, bad_request = 1;

Reply answer_with(int code, std::string_view message, json::value result = nullptr) {
    return reply_json(json::object{{"error_code", code}, {"message", message}, {"result", std::move(result)}});
}

struct Wrong {
    int code;
    std::string message;
};

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
const std::set<std::string, std::less<>> supplement_fields = {"HoSoBoSungId", "NguoiYeuCauBoSung", "NoiDungBoSung",
                                                              "NgayBoSung",   "NgayHenTraTruoc",   "NgayHenTraMoi"};
const std::set<std::string, std::less<>> result_fields = {"TenGiayTo", "MaThanhPhanHoSo", "GiayToId",
                                                          "DuongDanTepTinKetQua", "MaGiayToKetQua"};
const std::set<std::string, std::less<>> progress_fields = {"MaHoSo",       "NguoiXuLy",    "ChucDanh",
                                                            "ThoiDiemXuLy", "PhongBanXuLy", "NoiDungXuLy",
                                                            "TrangThai",    "NgayBatDau",   "NgayKetThucTheoQuyDinh"};

std::string text(const json::object& o, std::string_view field) {
    const auto* v = o.if_contains(field);
    if (!v) return {};
    if (const auto* s = v->if_string()) return std::string{*s};
    if (v->is_int64()) return std::to_string(v->get_int64());
    return {};
}

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
    if (const auto* fees = o.if_contains("DanhSachLePhi"))
        for (const auto& fee : fees->get_array())
            if (!fee.get_object().if_contains("Gia") || !fee.at("Gia").is_int64() || fee.at("Gia").get_int64() < 0)
                throw Wrong{wrong_field, "Gia phải là số đồng nguyên"};
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

class Portal final : public Module {
  public:
    explicit Portal(Ground ground) : ground_(std::move(ground)) {
        ground_.memory.script(
            "CREATE TABLE IF NOT EXISTS portal_dossier (code TEXT PRIMARY KEY, status TEXT NOT NULL, record TEXT NOT "
            "NULL, changes INTEGER NOT NULL);"
            "CREATE TABLE IF NOT EXISTS portal_progress (code TEXT NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL, "
            "unit "
            "TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (code, at, what, unit));"
            "CREATE TABLE IF NOT EXISTS portal_session (token TEXT PRIMARY KEY, until INTEGER NOT NULL);"
            "CREATE TABLE IF NOT EXISTS portal_procedure (code TEXT PRIMARY KEY, record TEXT NOT NULL);"
            "CREATE TABLE IF NOT EXISTS portal_filed (code TEXT PRIMARY KEY, record TEXT NOT NULL);");
    }
    std::string name() const override { return "portal"; }
    std::string what() const override { return "the National Public Service Portal"; }

    Reply answer(const Request& request) override {
        try {
            return answer_strictly(request);
        } catch (const Wrong& wrong) {
            return answer_with(wrong.code, wrong.message);
        }
    }
    Reply lie(const Request& request) override {
        if (request.path == "/auth") return answer(request);
        return answer_with(ok, "Thành công");
    }
    Reply refuse(const Request& request) override {
        if (request.path == "/auth") return answer(request);
        return answer_with(wrong_field, "Thiếu hoặc sai NgayHenTra");
    }
    int64_t forget(const std::string& key) override {
        return ground_.memory.transaction([&] {
            const auto n =
                ground_.memory.run("SELECT COUNT(*) FROM portal_dossier WHERE ? = '' OR code = ?", {key, key});
            ground_.memory.run("DELETE FROM portal_dossier WHERE ? = '' OR code = ?", {key, key});
            ground_.memory.run("DELETE FROM portal_progress WHERE ? = '' OR code = ?", {key, key});
            return number_of(n.front().front());
        });
    }
    bool alter(const std::string& key, const std::string& field, const json::value& value) override {
        return ground_.memory.transaction([&] {
            const auto rows = ground_.memory.run("SELECT record FROM portal_dossier WHERE code = ?", {key});
            if (rows.empty()) return false;
            auto record = json::parse(text_of(rows.front().front())).get_object();
            record[field] = value;
            ground_.memory.run("UPDATE portal_dossier SET record = ?, status = ? WHERE code = ?",
                               {json::serialize(record), text(record, "TrangThaiHoSo"), key});
            return true;
        });
    }
    json::object holdings(const std::string& after, int limit) override {
        return ground_.memory.transaction([&] {
            json::array items;
            std::string last;
            for (const auto& row : ground_.memory.run(
                     "SELECT code, record, changes FROM portal_dossier WHERE code > ? ORDER BY code LIMIT ?",
                     {after, int64_t{limit}})) {
                last = text_of(row[0]);
                json::array progress;
                for (const auto& p : ground_.memory.run(
                         "SELECT record FROM portal_progress WHERE code = ? ORDER BY at, what, unit", {last}))
                    progress.push_back(json::parse(text_of(p[0])));
                items.push_back({{"key", last},
                                 {"record", json::parse(text_of(row[1]))},
                                 {"changes", number_of(row[2])},
                                 {"progress", std::move(progress)}});
            }
            json::object out{{"next", nullptr}};
            if (static_cast<int>(items.size()) == limit) out["next"] = last;
            out["items"] = std::move(items);
            return out;
        });
    }
    std::optional<json::value> command(const std::string& word, const json::value& body) override {
        if (word == "end_sessions") {
            ground_.memory.transaction([&] { ground_.memory.run("DELETE FROM portal_session"); });
            return json::object{{"done", true}};
        }
        if (word == "file" || word == "procedure") {
            const auto& o = body.get_object();
            const bool filed = word == "file";
            const auto code = text(o, filed ? "MaHoSo" : "MATTHC");
            ground_.memory.transaction([&] {
                ground_.memory.run(filed ? "INSERT OR REPLACE INTO portal_filed VALUES (?, ?)"
                                         : "INSERT OR REPLACE INTO portal_procedure VALUES (?, ?)",
                                   {code, json::serialize(body)});
                // Filed there is known there.
                if (filed)
                    ground_.memory.run("INSERT OR IGNORE INTO portal_dossier VALUES (?, '1', ?, 0)",
                                       {code, json::serialize(json::object{{"MaHoSo", code}, {"TrangThaiHoSo", "1"}})});
            });
            return json::object{{"done", true}};
        }
        return std::nullopt;
    }

  private:
    int64_t now() const { return static_cast<int64_t>(std::time(nullptr)); }

    void check_sender(const Request& request) {
        const auto provider = ground_.option("provider", "");
        const auto it = request.headers.find("dstcode");
        if (!provider.empty() && (it == request.headers.end() || it->second != provider))
            throw Wrong{bad_request, "dstcode không đúng"};
    }

    json::object body_of(const Request& request) {
        if (request.method != "POST") throw Wrong{bad_request, "chỉ nhận POST"};
        boost::system::error_code failed;
        auto value = json::parse(request.body, failed);
        if (failed || !value.is_object()) throw Wrong{bad_request, "không phải JSON"};
        return std::move(value.get_object());
    }

    Reply answer_strictly(const Request& request) {
        check_sender(request);
        const auto body = body_of(request);
        if (request.path == "/auth") return sign_in(body);
        if (request.path != "/integrate") return {404, "{\"error\":\"no such address\"}"};
        return ground_.memory.transaction([&] {
            const auto live = ground_.memory.run("SELECT 1 FROM portal_session WHERE token = ? AND until > ?",
                                                 {text(body, "session"), now()});
            if (live.empty()) return answer_with(no_session, "Phiên làm việc không hợp lệ");
            const auto unit = ground_.option("unit", "");
            if (!unit.empty() && text(body, "madonvi") != unit) throw Wrong{bad_request, "madonvi không đúng"};
            return serve(text(body, "service"), body);
        });
    }

    Reply sign_in(const json::object& body) {
        if (text(body, "username") != ground_.option("user", "quangtri") ||
            text(body, "password") != ground_.option("password", "mat-khau-thu"))
            return answer_with(bad_request, "Sai tài khoản hoặc mật khẩu");
        return ground_.memory.transaction([&] {
            ground_.memory.run("DELETE FROM portal_session WHERE until <= ?", {now()});
            ground_.memory.run("INSERT OR IGNORE INTO portal_session VALUES (lower(hex(randomblob(16))), ?)",
                               {now() + std::stoll(ground_.option("session-seconds", "900"))});
            const auto token = ground_.memory.run("SELECT token FROM portal_session ORDER BY rowid DESC LIMIT 1");
            return reply_json(json::object{{"error_code", ok}, {"session", text_of(token.front().front())}});
        });
    }

    Reply serve(const std::string& service, const json::object& body) {
        if (service == "DongBoHoSoMC") return put_dossiers(body);
        if (service == "CapNhatTienDoHoSoMC") return put_progress(body);
        if (service == "TraCuuHoSo") {
            const auto rows =
                ground_.memory.run("SELECT record FROM portal_dossier WHERE code = ?", {text(body, "mahoso")});
            json::array found;
            for (const auto& row : rows) found.push_back(json::parse(text_of(row[0])));
            return answer_with(ok, "Thành công", std::move(found));
        }
        if (service == "LayDanhSachTTHC" || service == "LayDanhSachHoSoNop") {
            json::array list;
            for (const auto& row :
                 ground_.memory.run(service == "LayDanhSachTTHC" ? "SELECT record FROM portal_procedure ORDER BY code"
                                                                 : "SELECT record FROM portal_filed ORDER BY code"))
                list.push_back(json::parse(text_of(row[0])));
            return answer_with(ok, "Thành công", std::move(list));
        }
        if (service == "LayThuTuc") {
            const auto rows =
                ground_.memory.run("SELECT record FROM portal_procedure WHERE code = ?", {text(body, "maTTHC")});
            if (rows.empty()) return answer_with(unknown_key, "Không có thủ tục này");
            return answer_with(ok, "Thành công", json::parse(text_of(rows.front()[0])));
        }
        throw Wrong{bad_request, "không có dịch vụ " + service};
    }

    const json::array& data_of(const json::object& body) {
        const auto* data = body.if_contains("data");
        if (!data || !data->is_array() || data->get_array().empty() || data->get_array().size() > 1000)
            throw Wrong{bad_request, "data phải là danh sách từ 1 đến 1000"};
        for (const auto& item : data->get_array())
            if (!item.is_object()) throw Wrong{bad_request, "data phải gồm đối tượng"};
        return data->get_array();
    }

    Reply put_dossiers(const json::object& body) {
        const auto updating = text(body, "isUpdating");
        if (updating != "True" && updating != "False") throw Wrong{bad_request, "isUpdating là True hoặc False"};
        for (const auto& item : data_of(body)) {
            const auto& o = item.get_object();
            check_dossier(o);
            const auto code = text(o, "MaHoSo");
            const auto have = ground_.memory.run("SELECT status FROM portal_dossier WHERE code = ?", {code});
            if (updating == "False" && !have.empty()) throw Wrong{exists, "Hồ sơ đã có: " + code};
            if (updating == "True" && have.empty()) throw Wrong{unknown_key, "Chưa có hồ sơ: " + code};
            const auto status = text(o, "TrangThaiHoSo");
            if (!have.empty()) check_order(text_of(have.front()[0]), status);
            ground_.memory.run(
                "INSERT INTO portal_dossier VALUES (?, ?, ?, 1) ON CONFLICT (code) DO UPDATE SET status = "
                "excluded.status, record = excluded.record, changes = changes + 1",
                {code, status, json::serialize(o)});
            ground_.memory.run("DELETE FROM portal_filed WHERE code = ?", {code});
        }
        return answer_with(ok, "Thành công");
    }

    Reply put_progress(const json::object& body) {
        for (const auto& item : data_of(body)) {
            const auto& o = item.get_object();
            check_progress(o);
            const auto code = text(o, "MaHoSo");
            if (ground_.memory.run("SELECT 1 FROM portal_dossier WHERE code = ?", {code}).empty())
                throw Wrong{unknown_key, "Chưa có hồ sơ: " + code};
            ground_.memory.run(
                "INSERT OR REPLACE INTO portal_progress VALUES (?, ?, ?, ?, ?)",
                {code, text(o, "ThoiDiemXuLy"), text(o, "NoiDungXuLy"), text(o, "PhongBanXuLy"), json::serialize(o)});
        }
        return answer_with(ok, "Thành công");
    }

    Ground ground_;
};

std::unique_ptr<Module> make_portal(Ground ground) {
    return std::make_unique<Portal>(std::move(ground));
}
const Registration here("portal", make_portal);

}  // namespace

}  // namespace sim
