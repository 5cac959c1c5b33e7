// The National Public Service Portal as published one-stop software speaks to it (docs/links.md): a session, one
// address for all services, dossiers and progress up, look-up, the catalogue and filed dossiers down. Strict: a field
// that it does not know, a date that is none, a status out of order is refused and says why.
#include <ctime>

#include "portal_check.h"
#include "portal_store.h"

namespace sim {

namespace {

using namespace portal;

Reply answer_with(int code, std::string_view message, json::value result = nullptr) {
    return reply_json(json::object{{"error_code", code}, {"message", message}, {"result", std::move(result)}});
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
        ground_.memory.script(store_tables);
        if (const auto unit = ground_.option("sample", ""); !unit.empty())
            ground_.memory.transaction([&] { lay_out_samples(ground_.memory, unit); });
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
            return number_of(n.front().front()) + forget_store(ground_.memory, key);
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
        if (word == "answers")
            return ground_.memory.transaction([&] {
                return json::value(json::object{{"items", list_answers(ground_.memory)}});
            });
        // Lies about progress alone: the dossier's record stays as it was told.
        if (word == "forget_progress" || word == "alter_progress")
            return json::object{{"done", ground_.memory.transaction([&] {
                                     return lie_about_progress(word == "alter_progress", body.as_object());
                                 })}};
        if (body.is_object() &&
            ground_.memory.transaction([&] { return do_there(ground_.memory, word, body.get_object()); }))
            return json::object{{"done", true}};
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
    /// Lines of one dossier ("key"), from the newest: "lines" of them, one unless told, -1 for all. How many.
    int64_t lie_about_progress(bool alter, const json::object& o) {
        const auto* lines = o.if_contains("lines");
        const int64_t most = lines ? lines->to_number<int64_t>() : 1;
        int64_t done = 0;
        for (const auto& row : ground_.memory.run("SELECT rowid, record FROM portal_progress WHERE code = ? ORDER BY "
                                                  "at DESC, what DESC, unit DESC LIMIT ?",
                                                  {text(o, "key"), most})) {
            if (alter) {
                auto record = json::parse(text_of(row[1])).get_object();
                record[text(o, "field")] = o.at("value");
                ground_.memory.run("UPDATE portal_progress SET record = ? WHERE rowid = ?",
                                   {json::serialize(record), number_of(row[0])});
            } else {
                ground_.memory.run("DELETE FROM portal_progress WHERE rowid = ?", {number_of(row[0])});
            }
            ++done;
        }
        return done;
    }
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
        if (service == "GetDanhSachKetQua") return answer_with(ok, "Thành công", find_results(ground_.memory, body));
        if (service == "LayDanhSachHoiDapGuiTuDVCQG")
            return answer_with(ok, "Thành công", list_questions(ground_.memory));
        if (service == "LayNoiDungTraLoiTheoCauHoi")
            return answer_with(ok, "Thành công", answers_of(ground_.memory, body));
        if (service == "DongBoKetQuaHoiDapGuiTuDVCQG" || service == "DongBoHoiDap") return put_answers(body);
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
            check_replaced(ground_.memory, o);
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
            keep_results(ground_.memory, o);
            // Its catalogue: what it was given, and the procedures of dossiers that it took.
            ground_.memory.run("INSERT OR IGNORE INTO portal_procedure VALUES (?, ?)",
                               {text(o, "MaTTHC"), json::serialize(json::object{{"MATTHC", text(o, "MaTTHC")},
                                                                                {"TENTTHC", text(o, "TenTTHC")}})});
        }
        return answer_with(ok, "Thành công");
    }

    Reply put_answers(const json::object& body) {
        const auto updating = text(body, "isUpdating");
        if (updating != "True" && updating != "False") throw Wrong{bad_request, "isUpdating là True hoặc False"};
        for (const auto& item : data_of(body)) put_answer(ground_.memory, item.get_object(), updating == "True");
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
