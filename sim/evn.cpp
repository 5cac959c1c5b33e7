// The power company: takes requests for supply, tells its progress in numbered movements. Strict about the token and
// the members of a request; the same dossier twice is told so.
//
// Option: evn.token. Commands: do/move {"ma_ho_so": …, "buoc": "khao_sat|…|dong_dien|tu_choi", "luc": RFC 3339}.
#include "module.h"

namespace sim {

namespace {

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS evn_request (code TEXT PRIMARY KEY, record TEXT NOT NULL, state TEXT NOT NULL, times "
    "INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS evn_movement (number INTEGER PRIMARY KEY, code TEXT NOT NULL, word TEXT NOT NULL, at "
    "TEXT "
    "NOT NULL)";

class Evn final : public Module {
  public:
    explicit Evn(Ground ground) : ground_(std::move(ground)) { ground_.memory.script(tables); }
    std::string name() const override { return "evn"; }
    std::string what() const override { return "power company: requests for supply and their progress"; }

    Reply answer(const Request& request) override {
        const auto authorization = request.headers.find("authorization");
        if (authorization == request.headers.end() ||
            authorization->second != "Bearer " + ground_.option("token", "mat-khau-thu"))
            return said("5", "token", 401);
        auto& m = ground_.memory;
        const auto query = [&](const char* key) {
            const auto it = request.query.find(key);
            return it == request.query.end() ? std::string{} : it->second;
        };
        if (request.method == "GET" && request.path == "/yeu-cau")
            return m.transaction([&] {
                const auto rows = m.run("SELECT state FROM evn_request WHERE code = ?", {query("ma_ho_so")});
                if (rows.empty()) return said("4", "không có", 404);
                return reply_json(json::object{{"ma", "0"}, {"trang_thai", text_of(rows[0][0])}});
            });
        if (request.method == "GET" && request.path == "/tien-do")
            return m.transaction([&] {
                json::array items;
                for (const auto& r : m.run("SELECT number, code, word, at FROM evn_movement WHERE number > ? ORDER BY "
                                           "number LIMIT 200",
                                           {int64_t{std::atoll(query("sau").c_str())}}))
                    items.push_back({{"so", number_of(r[0])},
                                     {"ma_ho_so", text_of(r[1])},
                                     {"buoc", text_of(r[2])},
                                     {"luc", text_of(r[3])}});
                return reply_json(json::object{{"ma", "0"}, {"tien_do", items}});
            });
        if (request.method != "POST") return said("9", "đường dẫn", 404);
        boost::system::error_code failed;
        const auto body = json::parse(request.body, failed);
        if (failed || !body.is_object()) return said("10", "không phải JSON");
        const auto& o = body.get_object();
        const auto text = [&](std::string_view key) {
            const auto* v = o.if_contains(key);
            return v && v->is_string() ? std::string{v->get_string()} : std::string{};
        };
        const auto code = text("ma_ho_so");
        if (code.empty()) return said("10", "thiếu ma_ho_so");
        if (request.path == "/yeu-cau/huy")
            return m.transaction([&] {
                if (m.run("SELECT 1 FROM evn_request WHERE code = ?", {code}).empty())
                    return said("12", "chưa có yêu cầu");
                m.run("UPDATE evn_request SET state = 'huy' WHERE code = ?", {code});
                return said("0", "");
            });
        if (request.path != "/yeu-cau") return said("9", "đường dẫn", 404);
        for (const char* member : {"ma_thu_tuc", "khach_hang", "dien_thoai", "ngay_gui"})
            if (text(member).empty()) return said("10", std::string{"thiếu "} + member);
        if (!o.contains("thong_tin") || !o.at("thong_tin").is_object()) return said("10", "thiếu thong_tin");
        return m.transaction([&] {
            if (!m.run("SELECT 1 FROM evn_request WHERE code = ?", {code}).empty()) {
                m.run("UPDATE evn_request SET times = times + 1 WHERE code = ?", {code});
                return said("1", "đã có");
            }
            m.run("INSERT INTO evn_request VALUES (?, ?, 'tiep_nhan', 1)", {code, json::serialize(body)});
            return said("0", "");
        });
    }
    Reply lie(const Request& request) override {
        return request.method == "GET" ? reply_json(json::object{{"ma", "0"}, {"tien_do", json::array{}}}, 200)
                                       : said("0", "");
    }
    Reply refuse(const Request&) override { return said("11", "từ chối theo lệnh"); }
    int64_t forget(const std::string& key) override {
        auto& m = ground_.memory;
        return m.transaction([&]() -> int64_t {
            const auto before = number_of(m.run("SELECT COUNT(*) FROM evn_request")[0][0]);
            if (key.empty())
                m.run("DELETE FROM evn_request");
            else
                m.run("DELETE FROM evn_request WHERE code = ?", {key});
            return before - number_of(m.run("SELECT COUNT(*) FROM evn_request")[0][0]);
        });
    }
    bool alter(const std::string& key, const std::string& field, const json::value& value) override {
        if (field != "trang_thai" || !value.is_string()) return false;
        auto& m = ground_.memory;
        return m.transaction([&] {
            if (m.run("SELECT 1 FROM evn_request WHERE code = ?", {key}).empty()) return false;
            m.run("UPDATE evn_request SET state = ? WHERE code = ?", {std::string{value.get_string()}, key});
            return true;
        });
    }
    json::object holdings(const std::string& after, int limit) override {
        json::array items;
        const auto rows = ground_.memory.transaction([&] {
            return ground_.memory.run(
                "SELECT code, record, state, times FROM evn_request WHERE code > ? ORDER BY code LIMIT ?",
                {after, int64_t{limit}});
        });
        for (const auto& r : rows) {
            auto item = json::parse(text_of(r[1])).as_object();
            item["key"] = text_of(r[0]);
            item["trang_thai"] = text_of(r[2]);
            item["times"] = number_of(r[3]);
            items.push_back(std::move(item));
        }
        const bool more = static_cast<int>(rows.size()) == limit;
        return {{"items", items}, {"next", more ? json::value(text_of(rows.back()[0])) : json::value()}};
    }
    std::optional<json::value> command(const std::string& word, const json::value& body) override {
        if (word != "move") return std::nullopt;
        const auto& o = body.get_object();
        const auto text = [&](std::string_view key) {
            const auto* v = o.if_contains(key);
            return v && v->is_string() ? std::string{v->get_string()} : std::string{};
        };
        return ground_.memory.transaction([&]() -> std::optional<json::value> {
            auto& m = ground_.memory;
            const auto next = number_of(m.run("SELECT COALESCE(MAX(number), 0) + 1 FROM evn_movement")[0][0]);
            m.run("INSERT INTO evn_movement VALUES (?, ?, ?, ?)", {next, text("ma_ho_so"), text("buoc"), text("luc")});
            m.run("UPDATE evn_request SET state = ? WHERE code = ?", {text("buoc"), text("ma_ho_so")});
            return json::object{{"so", next}};
        });
    }

  private:
    static Reply said(const std::string& code, const std::string& message, int status = 200) {
        return reply_json(json::object{{"ma", code}, {"thong_bao", message}}, status);
    }
    Ground ground_;
};

std::unique_ptr<Module> make(Ground ground) {
    return std::make_unique<Evn>(std::move(ground));
}
const Registration here("evn", make);

}  // namespace

}  // namespace sim
