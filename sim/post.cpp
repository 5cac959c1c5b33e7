// The public postal service, from the shapes in docs/links-post.md: a token, orders, cancelling, and a list of
// movements that grows. Strict: every field of an order, numbers for province and district, the two ends whole.
//   options: key, secret, customer
//   POST /control/post/do/move {"order", "status": "200"|"300"|…, "words", "cod": true}   the piece moves
#include <openssl/evp.h>

#include <algorithm>
#include <mutex>

#include "module.h"

namespace sim {

namespace {

std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v && v->is_string() ? std::string{v->get_string()} : std::string{};
}

std::string base64(const std::string& text) {
    std::string out(4 * ((text.size() + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
    return out;
}

bool is_number(const std::string& s) {
    return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Post final : public Module {
  public:
    explicit Post(Ground ground) : ground_(std::move(ground)) {
        ground_.memory.transaction([&] {
            ground_.memory.script(
                "CREATE TABLE IF NOT EXISTS post_order (number TEXT PRIMARY KEY, body TEXT NOT NULL, item TEXT NOT "
                "NULL, "
                "status TEXT NOT NULL);"
                "CREATE TABLE IF NOT EXISTS post_movement (id INTEGER PRIMARY KEY, number TEXT NOT NULL, status TEXT "
                "NOT "
                "NULL, words TEXT NOT NULL, cod INTEGER)");
        });
    }
    std::string name() const override { return "post"; }
    std::string what() const override { return "public postal service: orders, cancelling, movements"; }

    Reply answer(const Request& r) override {
        if (r.path == "/token") return token(r);
        const auto it = r.headers.find("authorization");
        if (it == r.headers.end() || it->second != "Bearer " + session())
            return reply_json(json::object{{"Status", "401"}}, 401);
        if (r.path == "/order" && r.method == "POST") return order(r);
        if (r.path == "/cancel") return cancel(r);
        if (r.path == "/tracking") return tracking(r);
        return reply_json(json::object{{"Status", "404"}}, 404);
    }
    Reply lie(const Request& r) override {
        if (r.path == "/token") return reply_json(json::object{{"access_token", "khong-dung"}, {"expires_in", 3600}});
        if (r.path == "/tracking")
            return reply_json(
                json::object{{"_embedded", json::object{{"rh:doc", json::array{json::object{{"OrderNumber", 7}}}}}}});
        return reply_json(json::object{{"Status", "khong-biet"}, {"Message", "?"}});
    }
    Reply refuse(const Request& r) override {
        if (r.path == "/token") return reply_json(json::object{{"error", "invalid_client"}}, 401);
        return reply_json(json::object{{"Status", "3"}, {"Message", "tu choi"}});
    }
    int64_t forget(const std::string& key) override {
        return ground_.memory.transaction([&] {
            const auto n =
                number_of(ground_.memory.run("SELECT COUNT(*) FROM post_order WHERE ? = '' OR number = ?", {key, key})
                              .at(0)
                              .at(0));
            ground_.memory.run("DELETE FROM post_order WHERE ? = '' OR number = ?", {key, key});
            ground_.memory.run("DELETE FROM post_movement WHERE ? = '' OR number = ?", {key, key});
            return n;
        });
    }
    bool alter(const std::string& key, const std::string& field, const json::value& value) override {
        if (field != "StatusCode" || !value.is_string()) return false;
        return move(key, std::string{value.get_string()}, "", false);
    }
    json::object holdings(const std::string& after, int limit) override {
        return ground_.memory.transaction([&] {
            json::array items;
            std::string last;
            for (const auto& row : ground_.memory.run(
                     "SELECT number, body, item, status FROM post_order WHERE number > ? ORDER BY number LIMIT ?",
                     {after, int64_t{limit}})) {
                last = text_of(row[0]);
                items.push_back(json::object{{"key", last},
                                             {"item", text_of(row[2])},
                                             {"status", text_of(row[3])},
                                             {"order", json::parse(text_of(row[1]))}});
            }
            json::value next = static_cast<int>(items.size()) == limit ? json::value(last) : json::value();
            return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
        });
    }
    std::optional<json::value> command(const std::string& word, const json::value& body) override {
        if (word != "move") return std::nullopt;
        const auto& o = body.as_object();
        const auto* cod = o.if_contains("cod");
        return json::object{{"moved", move(member(o, "order"), member(o, "status"), member(o, "words"),
                                           cod && cod->is_bool() && cod->get_bool())}};
    }

  private:
    std::string session() const { return "phien-" + base64(ground_.option("secret", "mat-khau-thu")); }

    Reply token(const Request& r) const {
        const auto wanted =
            "Basic " + base64(ground_.option("key", "quangtri") + ":" + ground_.option("secret", "mat-khau-thu"));
        const auto it = r.headers.find("authorization");
        if (r.method != "POST" || r.body != "grant_type=client_credentials" || it == r.headers.end() ||
            it->second != wanted)
            return reply_json(json::object{{"error", "invalid_client"}}, 401);
        return reply_json(json::object{{"access_token", session()}, {"token_type", "Bearer"}, {"expires_in", 3600}});
    }

    static Reply said(const std::string& status, const std::string& words, const std::string& item = "") {
        json::object o{{"Status", status}, {"Message", words}};
        if (!item.empty()) o["ItemCode"] = item;
        return reply_json(o);
    }

    std::string wrong(const json::object& o) const {
        if (member(o, "CustomerCode") != ground_.option("customer", "QT001")) return "CustomerCode";
        for (const char* side : {"Sender", "Receiver"})
            for (const char* field : {"Name", "Address", "Tel"})
                if (member(o, std::string{side} + field).empty()) return std::string{side} + field;
        for (const char* side : {"Sender", "Receiver"})
            for (const char* field : {"Province", "District"})
                if (!is_number(member(o, std::string{side} + field))) return std::string{side} + field;
        for (const char* side : {"Sender", "Receiver"})
            if (!is_number(member(o, std::string{side} + "Tel"))) return std::string{side} + "Tel";
        const auto* cod = o.if_contains("CODAmount");
        if (!cod || !cod->is_int64() || cod->get_int64() < 0) return "CODAmount";
        const auto number = member(o, "OrderNumber");
        if (number.empty() || number.size() > 60) return "OrderNumber";
        return {};
    }

    Reply order(const Request& r) {
        boost::system::error_code failed;
        const auto value = json::parse(r.body, failed);
        if (failed || !value.is_object()) return said("3", "JSON");
        const auto& o = value.get_object();
        if (const auto field = wrong(o); !field.empty()) return said("3", field);
        const auto number = member(o, "OrderNumber");
        return ground_.memory.transaction([&]() -> Reply {
            const auto had = ground_.memory.run("SELECT item, body FROM post_order WHERE number = ?", {number});
            if (!had.empty())
                return text_of(had[0][1]) == r.body ? said("1", "da co", text_of(had[0][0])) : said("3", "OrderNumber");
            const auto count = number_of(ground_.memory.run("SELECT COUNT(*) FROM post_order").at(0).at(0));
            const auto item = "EQ" + std::to_string(100000000 + count) + "VN";
            ground_.memory.run("INSERT INTO post_order VALUES (?, ?, ?, '100')", {number, r.body, item});
            ground_.memory.run(
                "INSERT INTO post_movement (number, status, words, cod) VALUES (?, '100', 'Da nhan don', NULL)",
                {number});
            return said("0", "OK", item);
        });
    }

    Reply cancel(const Request& r) {
        const auto value = [&](const char* name) {
            const auto it = r.query.find(name);
            return it == r.query.end() ? std::string{} : it->second;
        };
        if (value("CustomerCode") != ground_.option("customer", "QT001")) return said("3", "CustomerCode");
        const auto number = value("OrderNumber");
        const auto status = ground_.memory.transaction([&] {
            const auto rows = ground_.memory.run("SELECT status FROM post_order WHERE number = ?", {number});
            return rows.empty() ? std::string{} : text_of(rows[0][0]);
        });
        if (status.empty()) return said("2", "khong co don");
        if (status == "400") return said("0", "da huy");
        if (status != "100") return said("3", "buu gui dang di");
        (void)move(number, "400", "Da huy", false);
        return said("0", "OK");
    }

    Reply tracking(const Request& r) {
        const auto value = [&](const char* name, const char* otherwise) {
            const auto it = r.query.find(name);
            return it == r.query.end() || it->second.empty() ? std::string{otherwise} : it->second;
        };
        const int64_t size = std::clamp<int64_t>(std::atoll(value("pagesize", "20").c_str()), 1, 1000);
        const int64_t after = std::atoll(value("lastId", "0").c_str());
        return ground_.memory.transaction([&]() -> Reply {
            json::array list;
            for (const auto& row : ground_.memory.run("SELECT m.id, m.number, m.status, m.words, m.cod, o.item FROM "
                                                      "post_movement m JOIN post_order o ON "
                                                      "o.number = m.number WHERE m.id > ? ORDER BY m.id LIMIT ?",
                                                      {after, size})) {
                json::object doc{{"_id", json::object{{"$oid", text_of(row[0])}}},
                                 {"OrderNumber", text_of(row[1])},
                                 {"StatusCode", text_of(row[2])},
                                 {"StatusMessage", text_of(row[3])},
                                 {"ItemCode", text_of(row[5])}};
                if (std::holds_alternative<int64_t>(row[4])) doc["CODAmount"] = number_of(row[4]);
                list.push_back(std::move(doc));
            }
            return reply_json(json::object{{"_embedded", json::object{{"rh:doc", std::move(list)}}}});
        });
    }

    bool move(const std::string& number, const std::string& status, const std::string& words, bool cod) {
        return ground_.memory.transaction([&] {
            const auto rows = ground_.memory.run("SELECT body FROM post_order WHERE number = ?", {number});
            if (rows.empty()) return false;
            Value collected = nullptr;
            if (cod) collected = json::parse(text_of(rows[0][0])).at("CODAmount").as_int64();
            ground_.memory.run("UPDATE post_order SET status = ? WHERE number = ?", {status, number});
            ground_.memory.run("INSERT INTO post_movement (number, status, words, cod) VALUES (?, ?, ?, ?)",
                               {number, status, words, collected});
            return true;
        });
    }

    Ground ground_;
};

std::unique_ptr<Module> make_post(Ground ground) {
    return std::make_unique<Post>(std::move(ground));
}
const Registration here("post", make_post);

}  // namespace

}  // namespace sim
