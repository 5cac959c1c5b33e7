// The register of businesses as the province's sharing platform shows it: a token (OAuth client_credentials), three
// kinds of records by code, and the list of registration dossiers that the centre handles itself.
//
// Options: business.user, business.password. Commands: do/put {"kind": "enterprise|household|cooperative", "record":
// {…}}; do/dossier {"MaHoSo": …, …}; do/expire: every token ends.
#include "module.h"
#include "records.h"

namespace sim {

namespace {

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS business_record (kind TEXT NOT NULL, code TEXT NOT NULL, record TEXT NOT NULL, PRIMARY "
    "KEY (kind, code));"
    "CREATE TABLE IF NOT EXISTS business_dossier (code TEXT PRIMARY KEY, record TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS business_token (token TEXT PRIMARY KEY)";

struct Kind {
    const char *word, *path, *parameter, *list, *code;
};
constexpr Kind kinds[] = {
    {"enterprise", "/apiDKKD/DoanhNghiep/chiTietDoanhNghiep", "msdn", "GetEntCert", "MaSoDoanhNghiep"},
    {"household", "/apiDKKD/HoKinhDoanh/chiTietHoKinhDoanh", "mst", "HHCert", "MaSoHKD"},
    {"cooperative", "/apiDKKD/HopTacXa/chiTietHopTacXa", "mst", "GetCoopCert", "MaSoHTX"},
};

/// What a demonstration finds: made up, as every name says.
constexpr const char* first_enterprise =
    R"({"MaNoiBo":"1","MaSoDoanhNghiep":"3200000001","LoaiHinhDN":"Công ty trách nhiệm hữu hạn","TenTiengViet":"CÔNG TY TNHH MẪU THỬ NGHIỆM","TenVietTat":"MẪU","NgayDangKyLanDau":"01/07/2025","SoLanDangKyThayDoi":0,"TinhTrangPhapLy":[{"TinhTrangPhapLy":"Đang hoạt động","MaTinhTrangPhapLy":"1"}],"DaiDienPhapLuat":[{"ThongTinCaNhan":[{"HoVaTen":"Người Đại Diện Mẫu"}]}],"DiaChiTruSo":[{"DiaChi":[{"TenTinhThanh":"Tỉnh Quảng Trị","TenPhuongXa":"Phường Đông Hà","DiaChi":"Số 1 đường Mẫu"}]}],"NganhNgheKinhDoanh":[{"MaNganh":"4711","TenNganh":"Bán lẻ","LaNganhChinh":true}]})";

std::string base64(const std::string& bytes) {
    static const char* letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    size_t i = 0;
    for (; i + 2 < bytes.size(); i += 3) {
        const unsigned n = static_cast<unsigned char>(bytes[i]) << 16 | static_cast<unsigned char>(bytes[i + 1]) << 8 |
                           static_cast<unsigned char>(bytes[i + 2]);
        out += {letters[n >> 18], letters[n >> 12 & 63], letters[n >> 6 & 63], letters[n & 63]};
    }
    if (bytes.size() - i == 1) {
        const unsigned n = static_cast<unsigned char>(bytes[i]) << 16;
        out += {letters[n >> 18], letters[n >> 12 & 63], '=', '='};
    } else if (bytes.size() - i == 2) {
        const unsigned n = static_cast<unsigned char>(bytes[i]) << 16 | static_cast<unsigned char>(bytes[i + 1]) << 8;
        out += {letters[n >> 18], letters[n >> 12 & 63], letters[n >> 6 & 63], '='};
    }
    return out;
}

class Business final : public Module {
  public:
    explicit Business(Ground ground) : ground_(std::move(ground)) {
        ground_.memory.script(tables);
        ground_.memory.transaction([&] {
            ground_.memory.run("INSERT OR IGNORE INTO business_record VALUES ('enterprise', '3200000001', ?)",
                               {std::string{first_enterprise}});
        });
    }
    std::string name() const override { return "business"; }
    std::string what() const override { return "register of businesses: records by code, and dossiers handled there"; }

    Reply answer(const Request& request) override {
        auto& m = ground_.memory;
        const auto header = [&](const char* key) {
            const auto it = request.headers.find(key);
            return it == request.headers.end() ? std::string{} : it->second;
        };
        const auto query = [&](const char* key) {
            const auto it = request.query.find(key);
            return it == request.query.end() ? std::string{} : it->second;
        };
        if (request.path == "/token") {
            const auto expected = "Basic " + base64(ground_.option("user", "quangtri") + ":" +
                                                    ground_.option("password", "mat-khau-thu"));
            if (request.method != "POST" || header("authorization") != expected)
                return reply_json(json::object{{"error", "invalid_client"}}, 401);
            if (request.body != "grant_type=client_credentials")
                return reply_json(json::object{{"error", "unsupported_grant_type"}}, 400);
            return m.transaction([&] {
                const auto n = number_of(m.run("SELECT COUNT(*) FROM business_token")[0][0]);
                const auto token = "ma-truy-cap-" + std::to_string(n + 1);
                m.run("INSERT OR IGNORE INTO business_token VALUES (?)", {token});
                return reply_json(
                    json::object{{"access_token", token}, {"token_type", "Bearer"}, {"expires_in", 3600}});
            });
        }
        if (request.method != "GET") return reply_json(json::object{{"error", "GET"}}, 405);
        return m.transaction([&] {
            const auto bearer = header("authorization");
            if (!bearer.starts_with("Bearer ") ||
                m.run("SELECT 1 FROM business_token WHERE token = ?", {bearer.substr(7)}).empty())
                return reply_json(json::object{{"error", "invalid_token"}}, 401);
            for (const auto& kind : kinds) {
                if (request.path != kind.path) continue;
                const auto code = query(kind.parameter);
                if (code.empty() || code.find_first_not_of("0123456789-") != std::string::npos)
                    return reply_json(json::object{{"error", "bad code"}}, 400);
                json::array list;
                for (const auto& row : m.run("SELECT record FROM business_record WHERE kind = ? AND code = ?",
                                             {std::string{kind.word}, code}))
                    list.push_back(json::parse(text_of(row[0])));
                json::object out;
                out[kind.list] = list;
                return reply_json(out);
            }
            if (request.path == "/apiDKKD/HoSo/danhSach") {
                const int64_t page = std::atoi(query("trang").c_str()), size = std::atoi(query("soDong").c_str());
                if (page < 1 || size < 1 || size > 1000) return reply_json(json::object{{"error", "bad page"}}, 400);
                json::array list;
                for (const auto& row : m.run("SELECT record FROM business_dossier ORDER BY code LIMIT ? OFFSET ?",
                                             {size, (page - 1) * size}))
                    list.push_back(json::parse(text_of(row[0])));
                const auto total = number_of(m.run("SELECT COUNT(*) FROM business_dossier")[0][0]);
                return reply_json(json::object{{"TongSo", total}, {"DanhSachHoSo", list}});
            }
            return reply_json(json::object{{"error", "no such path"}}, 404);
        });
    }
    /// Somebody else's record under the code that was asked for.
    Reply lie(const Request&) override {
        return reply_json(json::object{{"GetEntCert", json::array{json::object{{"MaSoDoanhNghiep", "0000000000"},
                                                                               {"TenTiengViet", "AI ĐÓ KHÁC"}}}},
                                       {"TongSo", 0},
                                       {"DanhSachHoSo", json::array{}}});
    }
    Reply refuse(const Request&) override { return reply_json(json::object{{"error", "forbidden"}}, 403); }
    int64_t forget(const std::string& key) override {
        auto& m = ground_.memory;
        return m.transaction([&]() -> int64_t {
            const auto count = [&] {
                return number_of(
                    m.run("SELECT (SELECT COUNT(*) FROM business_dossier) + (SELECT COUNT(*) FROM "
                          "business_record)")[0][0]);
            };
            const auto before = count();
            if (key.empty()) {
                m.run("DELETE FROM business_dossier");
                m.run("DELETE FROM business_record");
            } else {
                m.run("DELETE FROM business_dossier WHERE code = ?", {key});
                m.run("DELETE FROM business_record WHERE code = ?", {key});
            }
            return before - count();
        });
    }
    bool alter(const std::string& key, const std::string& field, const json::value& value) override {
        return alter_records(ground_.memory, {"business_dossier", "business_record"}, key, field, value);
    }
    json::object holdings(const std::string& after, int limit) override {
        return list_records(ground_.memory, "business_dossier", after, limit);
    }
    std::optional<json::value> command(const std::string& word, const json::value& body) override {
        auto& m = ground_.memory;
        const auto& o = body.get_object();
        const auto text = [](const json::object& from, std::string_view key) {
            const auto* v = from.if_contains(key);
            return v && v->is_string() ? std::string{v->get_string()} : std::string{};
        };
        if (word == "expire") {
            m.transaction([&] { m.run("DELETE FROM business_token"); });
            return json::object{{"expired", true}};
        }
        if (word == "dossier") {
            const auto code = text(o, "MaHoSo");
            if (code.empty()) return json::object{{"kept", false}};
            m.transaction([&] {
                m.run("INSERT OR REPLACE INTO business_dossier VALUES (?, ?)", {code, json::serialize(o)});
            });
            return json::object{{"kept", true}};
        }
        if (word == "put") {
            const auto* record = o.if_contains("record");
            for (const auto& kind : kinds) {
                if (text(o, "kind") != kind.word || !record || !record->is_object()) continue;
                const auto code = text(record->get_object(), kind.code);
                m.transaction([&] {
                    m.run("INSERT OR REPLACE INTO business_record VALUES (?, ?, ?)",
                          {std::string{kind.word}, code, json::serialize(*record)});
                });
                return json::object{{"kept", !code.empty()}};
            }
            return json::object{{"kept", false}};
        }
        return std::nullopt;
    }

  private:
    Ground ground_;
};

std::unique_ptr<Module> make(Ground ground) {
    return std::make_unique<Business>(std::move(ground));
}
const Registration here("business", make);

}  // namespace

}  // namespace sim
