// The codes of units that use the budget: units and projects by their seven digits, and applications handled at the
// centre. Codes are checked as Circular 185/2015/TT-BTC writes them.
//
// Option: budget.token (given for any client). Commands: do/put {"ma": …, "ten": …, …}; do/dossier {"ma_ho_so": …, …}.
#include "module.h"
#include "records.h"

namespace sim {

namespace {

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS budget_unit (code TEXT PRIMARY KEY, record TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS budget_dossier (code TEXT PRIMARY KEY, record TEXT NOT NULL)";

class Budget final : public Module {
  public:
    explicit Budget(Ground ground) : ground_(std::move(ground)) {
        ground_.memory.script(tables);
        ground_.memory.transaction([&] {
            ground_.memory.run(
                "INSERT OR IGNORE INTO budget_unit VALUES ('1000001', ?)",
                {std::string{
                    R"({"ma":"1000001","ten":"Đơn vị mẫu","loai_hinh":"Đơn vị sự nghiệp","ma_chuong":"422","da_dong":false})"}});
        });
    }
    std::string name() const override { return "budget"; }
    std::string what() const override {
        return "budget-unit codes: units and projects, and applications handled there";
    }

    Reply answer(const Request& request) override {
        auto& m = ground_.memory;
        const auto token = ground_.option("token", "ma-ngan-sach");
        const auto query = [&](const char* key) {
            const auto it = request.query.find(key);
            return it == request.query.end() ? std::string{} : it->second;
        };
        const auto authorization = request.headers.find("authorization");
        const auto given = authorization == request.headers.end() ? std::string{} : authorization->second;
        if (request.path == "/token") {
            if (request.method != "POST" || !given.starts_with("Basic "))
                return reply_json(json::object{{"error", "invalid_client"}}, 401);
            return reply_json(json::object{{"access_token", token}, {"expires_in", 600}});
        }
        if (given != "Bearer " + token) return reply_json(json::object{{"error", "invalid_token"}}, 401);
        if (request.method != "GET") return reply_json(json::object{{"error", "GET"}}, 405);
        const bool unit = request.path == "/dvqhns/don-vi", project = request.path == "/dvqhns/du-an";
        if (unit || project) {
            const auto code = query("ma");
            const std::string_view leads = unit ? "123" : "78";
            if (code.size() != 7 || code.find_first_not_of("0123456789") != std::string::npos ||
                leads.find(code[0]) == std::string_view::npos)
                return reply_json(json::object{{"error", "mã sai"}}, 400);
            return m.transaction([&] {
                const auto rows = m.run("SELECT record FROM budget_unit WHERE code = ?", {code});
                json::object out;
                out[unit ? "don_vi" : "du_an"] = rows.empty() ? json::value() : json::parse(text_of(rows[0][0]));
                return reply_json(out);
            });
        }
        if (request.path != "/dvqhns/ho-so") return reply_json(json::object{{"error", "no such path"}}, 404);
        return m.transaction([&] {
            const int64_t page = std::atoi(query("trang").c_str()), size = std::atoi(query("so_dong").c_str());
            if (page < 1 || size < 1 || size > 1000) return reply_json(json::object{{"error", "bad page"}}, 400);
            json::array list;
            for (const auto& row :
                 m.run("SELECT record FROM budget_dossier ORDER BY code LIMIT ? OFFSET ?", {size, (page - 1) * size}))
                list.push_back(json::parse(text_of(row[0])));
            const auto total = number_of(m.run("SELECT COUNT(*) FROM budget_dossier")[0][0]);
            return reply_json(json::object{{"tong_so", total}, {"ho_so", list}});
        });
    }
    Reply lie(const Request&) override {
        return reply_json(json::object{{"don_vi", json::object{{"ma", "1999999"}, {"ten", "Đơn vị khác"}}},
                                       {"du_an", json::object{{"ma", "7999999"}, {"ten", "Dự án khác"}}},
                                       {"tong_so", 0},
                                       {"ho_so", json::array{}}});
    }
    Reply refuse(const Request&) override { return reply_json(json::object{{"error", "forbidden"}}, 403); }
    int64_t forget(const std::string& key) override {
        auto& m = ground_.memory;
        return m.transaction([&]() -> int64_t {
            const auto before = number_of(m.run("SELECT COUNT(*) FROM budget_dossier")[0][0]);
            if (key.empty())
                m.run("DELETE FROM budget_dossier");
            else
                m.run("DELETE FROM budget_dossier WHERE code = ?", {key});
            return before - number_of(m.run("SELECT COUNT(*) FROM budget_dossier")[0][0]);
        });
    }
    bool alter(const std::string& key, const std::string& field, const json::value& value) override {
        return alter_records(ground_.memory, {"budget_dossier", "budget_unit"}, key, field, value);
    }
    json::object holdings(const std::string& after, int limit) override {
        return list_records(ground_.memory, "budget_dossier", after, limit);
    }
    std::optional<json::value> command(const std::string& word, const json::value& body) override {
        const bool put = word == "put", dossier = word == "dossier";
        if (!put && !dossier) return std::nullopt;
        const auto& o = body.get_object();
        const auto* code = o.if_contains(put ? "ma" : "ma_ho_so");
        if (!code || !code->is_string() || code->get_string().empty()) return json::object{{"kept", false}};
        ground_.memory.transaction([&] {
            ground_.memory.run(
                std::string{"INSERT OR REPLACE INTO "} + (put ? "budget_unit" : "budget_dossier") + " VALUES (?, ?)",
                {std::string{code->get_string()}, json::serialize(o)});
        });
        return json::object{{"kept", true}};
    }

  private:
    Ground ground_;
};

std::unique_ptr<Module> make(Ground ground) {
    return std::make_unique<Budget>(std::move(ground));
}
const Registration here("budget", make);

}  // namespace

}  // namespace sim
