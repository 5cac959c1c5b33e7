#include "portal_store.h"

#include <set>

#include "portal_check.h"

namespace sim::portal {

namespace {

using Names = std::set<std::string, std::less<>>;

void only(const json::object& o, const Names& names) {
    for (const auto& member : o)
        if (!names.contains(std::string_view{member.key()}))
            throw Wrong{wrong_field, "Trường không có trong đặc tả: " + std::string{member.key()}};
}

std::string must(const json::object& o, const char* name) {
    auto value = text(o, name);
    if (value.empty()) throw Wrong{wrong_field, "Thiếu " + std::string{name}};
    return value;
}

void must_be_person(const json::object& o, const char* name) {
    const auto number = must(o, name);
    if (number.size() != 12 || number.find_first_not_of("0123456789") != std::string::npos || number == "000000000000")
        throw Wrong{wrong_field, std::string{name} + " không phải số định danh cá nhân"};
}

json::value parsed(const Value& v) {
    return json::parse(text_of(v));
}

}  // namespace

void keep_results(Memory& memory, const json::object& dossier) {
    const auto code = text(dossier, "MaHoSo");
    memory.run("DELETE FROM portal_result WHERE dossier = ?", {code});
    const auto* results = dossier.if_contains("DanhSachGiayToKetQua");
    const auto* ids = dossier.if_contains("DinhDanhCHS");
    if (!results || !results->is_array() || !ids || !ids->is_array()) return;
    for (const auto& id : ids->get_array()) {
        if (!id.is_object() || text(id.get_object(), "LoaiDinhDanh") != "1") continue;
        for (const auto& r : results->get_array()) {
            const auto& o = r.get_object();
            // It says no more than it was told: of a number of the paper it was told nothing.
            json::object record{{"MaKetQua", text(o, "MaGiayToKetQua")},
                                {"TenGiayTo", text(o, "TenGiayTo")},
                                {"SoKyHieu", ""},
                                {"CoQuanChuQuan", text(dossier, "DonViXuLy")},
                                {"DanhSachTepDinhKem", json::array{}}};
            if (const auto path = text(o, "DuongDanTepTinKetQua"); !path.empty())
                record["DanhSachTepDinhKem"] =
                    json::array{json::object{{"TenTep", path.substr(path.rfind('/') + 1)}, {"DuongDan", path}}};
            memory.run("INSERT OR REPLACE INTO portal_result VALUES (?, ?, ?, ?)",
                       {text(id.get_object(), "SoDinhDanh"), must(o, "GiayToId"), code, json::serialize(record)});
        }
    }
}

void check_replaced(Memory& memory, const json::object& dossier) {
    const auto* papers = dossier.if_contains("TaiLieuNop");
    if (!papers || !papers->is_array()) return;
    for (const auto& paper : papers->get_array()) {
        const auto code = text(paper.get_object(), "MaKetQuaThayThe");
        if (!code.empty() &&
            memory.run("SELECT 1 FROM portal_result WHERE json_extract(record, '$.MaKetQua') = ? LIMIT 1", {code})
                .empty())
            throw Wrong{wrong_field, "MaKetQuaThayThe không có trong kho: " + code};
    }
}

json::value find_results(Memory& memory, const json::object& body) {
    only(body, {"session", "madonvi", "service", "SoDinhDanhChuSoHuu", "HoTenNguoiYeuCau", "KenhThucHien",
                "SoDinhDanhNguoiYeuCau", "MaThuTuc", "DanhSachDanhMucKetQua"});
    must_be_person(body, "SoDinhDanhChuSoHuu");
    must_be_person(body, "SoDinhDanhNguoiYeuCau");
    (void)must(body, "HoTenNguoiYeuCau");
    (void)must(body, "MaThuTuc");
    const auto channel = must(body, "KenhThucHien");
    if (channel != "1" && channel != "2" && channel != "3") throw Wrong{wrong_field, "KenhThucHien ngoài danh mục"};
    const auto* kinds = body.if_contains("DanhSachDanhMucKetQua");
    if (!kinds || !kinds->is_array()) throw Wrong{wrong_field, "Thiếu DanhSachDanhMucKetQua"};
    for (const auto& k : kinds->get_array()) {
        if (!k.is_object()) throw Wrong{wrong_field, "DanhSachDanhMucKetQua phải gồm đối tượng"};
        only(k.get_object(), {"MaKetQua", "SoKyHieu"});
        (void)must(k.get_object(), "MaKetQua");
    }
    const auto wanted = [&](const json::object& record) {
        if (kinds->get_array().empty()) return true;
        for (const auto& k : kinds->get_array()) {
            const auto number = text(k.get_object(), "SoKyHieu");
            if (text(k.get_object(), "MaKetQua") == text(record, "MaKetQua") &&
                (number.empty() || number == text(record, "SoKyHieu")))
                return true;
        }
        return false;
    };
    json::array found;
    for (const auto& row : memory.run("SELECT record FROM portal_result WHERE owner = ? ORDER BY id",
                                      {text(body, "SoDinhDanhChuSoHuu")})) {
        auto record = parsed(row[0]);
        if (wanted(record.get_object())) found.push_back(std::move(record));
    }
    return json::object{{"DanhSachGiayToKetQua", std::move(found)}};
}

json::value list_questions(Memory& memory) {
    json::array list;
    for (const auto& row : memory.run("SELECT q.record, a.number, a.record FROM portal_question q LEFT JOIN "
                                      "portal_answer a ON a.question = q.id ORDER BY q.id")) {
        auto record = parsed(row[0]).get_object();
        if (const auto number = number_of(row[1]); number > 0) {
            record["TRALOIID"] = number;
            record["NOIDUNGTRALOI"] = text(parsed(row[2]).get_object(), "NOIDUNGTRALOI");
        }
        list.push_back(std::move(record));
    }
    return list;
}

json::value answers_of(Memory& memory, const json::object& body) {
    only(body, {"session", "madonvi", "service", "cauhoiid"});
    const auto question = must(body, "cauhoiid");
    if (memory.run("SELECT 1 FROM portal_question WHERE id = ?", {question}).empty())
        throw Wrong{unknown_key, "Không có câu hỏi này"};
    json::array list;
    for (const auto& row : memory.run("SELECT number, record FROM portal_answer WHERE question = ?", {question}))
        list.push_back(
            {{"TRALOIID", number_of(row[0])}, {"NOIDUNGTRALOI", text(parsed(row[1]).get_object(), "NOIDUNGTRALOI")}});
    return list;
}

void put_answer(Memory& memory, const json::object& record, bool updating) {
    only(record, {"HOIDAPID", "MADONVI", "NGUOITRALOI", "CHUCVUNGUOITRALOI", "NGAYTRALOI", "NOIDUNGTRALOI"});
    for (const auto* name : {"HOIDAPID", "MADONVI", "NGUOITRALOI", "NGAYTRALOI", "NOIDUNGTRALOI"})
        (void)must(record, name);
    const auto date = text(record, "NGAYTRALOI");
    if (date.size() != 14 || date.find_first_not_of("0123456789") != std::string::npos)
        throw Wrong{wrong_field, "NGAYTRALOI không phải ngày giờ yyyyMMddHHmmss"};
    const auto question = text(record, "HOIDAPID");
    const auto asked = memory.run("SELECT record FROM portal_question WHERE id = ?", {question});
    if (asked.empty()) throw Wrong{unknown_key, "Không có câu hỏi này"};
    if (text(record, "MADONVI") != text(parsed(asked.front()[0]).get_object(), "MADONVI"))
        throw Wrong{wrong_field, "MADONVI không phải đơn vị được hỏi"};
    const bool have = !memory.run("SELECT 1 FROM portal_answer WHERE question = ?", {question}).empty();
    if (have && !updating) throw Wrong{exists, "Câu hỏi đã có trả lời: " + question};
    if (!have && updating) throw Wrong{unknown_key, "Câu hỏi chưa có trả lời: " + question};
    memory.run(
        "INSERT INTO portal_answer SELECT ?, COALESCE(MAX(number), 0) + 1, ?, 1 FROM portal_answer WHERE true ON "
        "CONFLICT (question) DO UPDATE SET record = excluded.record, changes = changes + 1",
        {question, json::serialize(record)});
}

bool do_there(Memory& memory, const std::string& word, const json::object& body) {
    if (word == "question") {
        memory.run("INSERT OR REPLACE INTO portal_question VALUES (?, ?)",
                   {must(body, "HOIDAPID"), json::serialize(body)});
        return true;
    }
    if (word == "answer") {
        memory.run(
            "INSERT OR REPLACE INTO portal_answer SELECT ?, COALESCE(MAX(number), 0) + 1, ?, 1 FROM "
            "portal_answer",
            {must(body, "HOIDAPID"), json::serialize(body)});
        return true;
    }
    if (word == "result") {
        auto record = body;
        record.erase("owner");
        memory.run("INSERT OR REPLACE INTO portal_result VALUES (?, ?, '', ?)",
                   {must(body, "owner"), "khac/" + must(body, "owner") + "/" + must(body, "MaKetQua"),
                    json::serialize(record)});
        return true;
    }
    return false;
}

void lay_out_samples(Memory& memory, const std::string& unit) {
    const auto ask = [&](const char* id, const std::string& of, const char* name, const char* text) {
        memory.run("INSERT OR IGNORE INTO portal_question VALUES (?, ?)",
                   {std::string{id}, json::serialize(json::object{{"HOIDAPID", id},
                                                                  {"MADONVI", of},
                                                                  {"TENDONVI", name},
                                                                  {"HOVATEN", "Người hỏi (mẫu)"},
                                                                  {"THUDIENTU", "nguoi-hoi@example.vn"},
                                                                  {"NOIDUNG", text},
                                                                  {"TRANGTHAI", 1}})});
    };
    ask("mau-1", unit, "Cơ quan mẫu",
        "(Câu hỏi mẫu) Tôi đăng ký thành lập hộ kinh doanh thì cần những giấy tờ gì, có nộp trực tuyến được không?");
    ask("mau-2", unit, "Cơ quan mẫu", "(Câu hỏi mẫu) Hồ sơ của tôi đã quá ngày hẹn trả. Tôi hỏi ở đâu?");
    ask("mau-3", "H50.MAU", "Đơn vị không có trong bảng mã (mẫu)", "(Câu hỏi mẫu) Phí cấp lại giấy phép là bao nhiêu?");
    memory.run("INSERT OR IGNORE INTO portal_result VALUES (?, ?, '', ?)",
               {std::string{"045185000001"}, std::string{"mau/giay-phep"},
                json::serialize(json::object{{"MaKetQua", "KQ.MAU"},
                                             {"TenGiayTo", "Giấy phép (mẫu)"},
                                             {"SoKyHieu", "01/GP-MAU"},
                                             {"CoQuanChuQuan", "Cơ quan mẫu"},
                                             {"DanhSachTepDinhKem", json::array{}}})});
}

int64_t forget_store(Memory& memory, const std::string& key) {
    const auto n = memory.run("SELECT COUNT(*) FROM portal_answer WHERE ? = '' OR question = ?", {key, key});
    memory.run("DELETE FROM portal_answer WHERE ? = '' OR question = ?", {key, key});
    memory.run("DELETE FROM portal_result WHERE ? = '' OR dossier = ?", {key, key});
    return number_of(n.front().front());
}

json::array list_answers(Memory& memory) {
    json::array out;
    for (const auto& row : memory.run("SELECT question, changes, record FROM portal_answer ORDER BY question"))
        out.push_back({{"question", text_of(row[0])}, {"changes", number_of(row[1])}, {"record", parsed(row[2])}});
    return out;
}

}  // namespace sim::portal
