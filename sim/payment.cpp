// The payment platform, from the shapes in docs/links-payment.md: INIT gives a page to pay on, QUERY says what became
// of it, GET_BILL gives a receipt, and whoever pays on the page makes it call back. Strict: every field of INIT, the
// hash, 24-hour times, sums that add up, a payer who is somebody.
//   options: secret, partner, callback (where it calls back), base (its own address, as people reach it)
//   POST /control/payment/do/pay   {"reference", "result": "paid"|"failed", "call": true, "transaction"}
//   POST /control/payment/do/tell  {"reference", "with": {field: value}, "sign": true}   calls back (again), as told
#include "payment_wire.h"

namespace sim {

namespace {

using namespace payment_wire;

std::string escaped(const std::string& s) {
    std::string out;
    for (const char c : s) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
    return out;
}

struct Order {
    std::string reference, body, state, transaction, paid_at;
    json::object message;
};

class Payment final : public Module {
  public:
    explicit Payment(Ground ground) : ground_(std::move(ground)) {
        ground_.memory.transaction([&] {
            ground_.memory.script(
                "CREATE TABLE IF NOT EXISTS payment_order (reference TEXT PRIMARY KEY, body TEXT NOT NULL, state TEXT "
                "NOT "
                "NULL, trans TEXT NOT NULL, paid_at TEXT NOT NULL, alter_field TEXT NOT NULL, alter_value TEXT NOT "
                "NULL);"
                "CREATE TABLE IF NOT EXISTS payment_told (reference TEXT NOT NULL, at TEXT NOT NULL, answer TEXT NOT "
                "NULL)");
        });
    }
    std::string name() const override { return "payment"; }
    std::string what() const override { return "payment platform: INIT, QUERY, GET_BILL, page, call-back"; }

    Reply answer(const Request& r) override {
        if (r.path.starts_with("/pay/")) return page(r);
        json::object o;
        if (auto wrong = read(r, o); !wrong.empty()) return said("9", wrong);
        if (r.path == "/init") return init(r, o);
        if (r.path == "/query") return query(o);
        if (r.path == "/bill") return bill(o);
        return reply_json(json::object{{"error", "no such service"}}, 404);
    }

    Reply lie(const Request& r) override {
        if (r.path == "/init")
            return reply_json(
                json::object{{"error_code", "0"}, {"message", R"({"UrlThanhToan":"http://pay.invalid/x"})"}});
        if (r.path == "/bill") return reply_json(json::object{{"error_code", "0"}, {"message", "khong phai PDF"}});
        json::object o;
        (void)read(r, o);
        // Paid, says who does not know the secret.
        auto notice = notice_of({member(o, "MaThamChieu"), "", "paid", "GIA", time_now(), {}});
        notice["SoTien"] = "1";
        notice["MaXacThuc"] = std::string(64, '0');
        return reply_json(notice);
    }
    Reply refuse(const Request&) override { return said("5", "tu choi"); }

    int64_t forget(const std::string& key) override {
        return ground_.memory.transaction([&] {
            const auto n = number_of(
                ground_.memory.run("SELECT COUNT(*) FROM payment_order WHERE ? = '' OR reference = ?", {key, key})
                    .at(0)
                    .at(0));
            ground_.memory.run("DELETE FROM payment_order WHERE ? = '' OR reference = ?", {key, key});
            return n;
        });
    }
    bool alter(const std::string& key, const std::string& field, const json::value& value) override {
        const auto text = value.is_string() ? std::string{value.get_string()} : json::serialize(value);
        return ground_.memory.transaction([&] {
            if (ground_.memory.run("SELECT 1 FROM payment_order WHERE reference = ?", {key}).empty()) return false;
            ground_.memory.run("UPDATE payment_order SET alter_field = ?, alter_value = ? WHERE reference = ?",
                               {field, text, key});
            return true;
        });
    }
    json::object holdings(const std::string& after, int limit) override {
        return ground_.memory.transaction([&] {
            json::array items;
            std::string last;
            for (const auto& row : ground_.memory.run(
                     "SELECT reference FROM payment_order WHERE reference > ? ORDER BY reference LIMIT ?",
                     {after, int64_t{limit}})) {
                last = text_of(row[0]);
                const auto o = find(last);
                items.push_back(
                    json::object{{"key", last},
                                 {"state", o->state},
                                 {"SoTien", member(o->message, "SoTien")},
                                 {"MaTienTe", member(o->message, "MaTienTe")},
                                 {"MaGiaoDich", o->transaction},
                                 {"MaHoSo", member(o->message.at("ThongTinBienLai").as_object(), "MaHoSo")}});
            }
            json::value next = static_cast<int>(items.size()) == limit ? json::value(last) : json::value();
            return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
        });
    }
    std::optional<json::value> command(const std::string& word, const json::value& body) override {
        const auto& o = body.as_object();
        const auto reference = member(o, "reference");
        if (word == "pay") {
            if (!settle(reference, member(o, "result") == "failed" ? "failed" : "paid", member(o, "transaction")))
                return json::object{{"error", "no such reference"}};
            const auto* call = o.if_contains("call");
            if (call && call->is_bool() && !call->get_bool()) return json::object{{"paid", true}};
            return json::object{{"paid", true}, {"answer", tell(reference, {}, true)}};
        }
        if (word == "tell") {
            const auto* with = o.if_contains("with");
            const auto* sign = o.if_contains("sign");
            return json::object{
                {"answer", tell(reference, with && with->is_object() ? with->get_object() : json::object{},
                                !sign || !sign->is_bool() || sign->get_bool())}};
        }
        return std::nullopt;
    }

  private:
    std::string secret() const { return ground_.option("secret", "mat-khau-thu"); }

    static Reply said(const std::string& code, const std::string& words) {
        return reply_json(json::object{{"error_code", code}, {"message", words}});
    }

    /// Empty: it is in `out` and signed; else what is wrong.
    std::string read(const Request& r, json::object& out) const {
        boost::system::error_code failed;
        auto value = json::parse(r.body, failed);
        if (failed || !value.is_object()) return "khong phai JSON";
        out = std::move(value.get_object());
        if (r.method != "POST") return "POST";
        if (member(out, "MaDoiTac") != ground_.option("partner", "QUANGTRI")) return "MaDoiTac";
        if (member(out, "PhienBan") != "1.0.6") return "PhienBan";
        if (!is_time(member(out, "ThoiGianGD"))) return "ThoiGianGD";
        const auto reference = member(out, "MaThamChieu");
        if (reference.empty() || reference.size() > 50 ||
            !std::all_of(reference.begin(), reference.end(), [](unsigned char c) { return std::isalnum(c); }))
            return "MaThamChieu";
        const auto& order = r.path == "/init" ? order_init : order_query;
        for (const auto& name : order)
            if (member(out, name).empty() || member(out, name).find('|') != std::string::npos) return name;
        if (hash_of(out, order, secret()) != member(out, "MaXacThuc")) return "MaXacThuc";
        return {};
    }

    std::optional<Order> find(const std::string& reference) {
        const auto rows = ground_.memory.run(
            "SELECT body, state, trans, paid_at, alter_field, alter_value FROM payment_order WHERE reference = ?",
            {reference});
        if (rows.empty()) return std::nullopt;
        const auto& row = rows[0];
        Order o{reference, text_of(row[0]), text_of(row[1]), text_of(row[2]), text_of(row[3]), {}};
        o.message = json::parse(o.body).as_object();
        if (const auto field = text_of(row[4]); field == "MaGiaoDich")
            o.transaction = text_of(row[5]);
        else if (!field.empty())
            o.message[field] = text_of(row[5]);
        return o;
    }

    Reply init(const Request& r, const json::object& o) {
        if (member(o, "LoaiBanTin") != "INIT" || member(o, "MaTienTe") != "VND")
            return said("9", "LoaiBanTin, MaTienTe");
        if (const auto wrong = wrong_bill(o); !wrong.empty()) return said("9", wrong);
        const auto reference = member(o, "MaThamChieu");
        return ground_.memory.transaction([&]() -> Reply {
            const auto had = ground_.memory.run("SELECT body FROM payment_order WHERE reference = ?", {reference});
            // The same bytes again are the same wish; others under the same reference are not.
            if (!had.empty() && text_of(had[0][0]) != r.body) return said("2", "MaThamChieu da dung");
            if (had.empty())
                ground_.memory.run("INSERT INTO payment_order VALUES (?, ?, 'waiting', '', '', '', '')",
                                   {reference, r.body});
            const auto host = r.headers.find("host");
            const auto base = ground_.option(
                "base", "http://" + (host == r.headers.end() ? std::string{"127.0.0.1"} : host->second) + "/payment");
            return said("0", json::serialize(json::object{{"UrlThanhToan", base + "/pay/" + reference}}));
        });
    }

    json::object notice_of(const Order& o) const {
        const bool paid = o.state == "paid";
        json::object n{{"LoaiBanTin", "CONFIRM"},
                       {"MaLoi", paid                  ? "00"
                                 : o.state == "failed" ? "02"
                                                       : "01"},
                       {"MoTaLoi", ""},
                       {"MaDoiTac", ground_.option("partner", "QUANGTRI")},
                       {"MaThamChieu", o.reference},
                       {"SoTien", member(o.message, "SoTien")},
                       {"MaTienTe", o.message.empty() ? std::string{"VND"} : member(o.message, "MaTienTe")},
                       {"MaGiaoDich", o.transaction},
                       {"MaNganHang", paid ? "NGANHANGMAU" : ""},
                       {"ThoiGianGD", o.paid_at.empty() ? time_now() : o.paid_at},
                       {"ThongTinGiaoDich", member(o.message, "ThongTinGiaoDich")}};
        n["MaXacThuc"] = hash_of(n, order_confirm, secret());
        return n;
    }

    Reply query(const json::object& o) {
        if (member(o, "LoaiBanTin") != "QUERY") return said("9", "LoaiBanTin");
        return ground_.memory.transaction([&]() -> Reply {
            const auto order = find(member(o, "MaThamChieu"));
            if (order) return reply_json(notice_of(*order));
            auto none = notice_of({member(o, "MaThamChieu"), "", "waiting", "", "", {}});
            none["MaLoi"] = "03";
            none["MaXacThuc"] = hash_of(none, order_confirm, secret());
            return reply_json(none);
        });
    }

    Reply bill(const json::object& o) {
        if (member(o, "LoaiBanTin") != "GET_BILL") return said("9", "LoaiBanTin");
        return ground_.memory.transaction([&]() -> Reply {
            const auto order = find(member(o, "MaThamChieu"));
            if (!order || order->state != "paid") return said("3", "chua co bien lai");
            return {200,
                    "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n% Bien lai mau " + order->reference + " " +
                        order->transaction + " " + member(order->message, "SoTien") +
                        "\ntrailer<</Root 1 0 R>>\n%%EOF\n",
                    "application/pdf",
                    {}};
        });
    }

    bool settle(const std::string& reference, const std::string& state, std::string transaction) {
        return ground_.memory.transaction([&] {
            const auto order = find(reference);
            if (!order) return false;
            if (transaction.empty()) transaction = "GD" + digest(reference).substr(0, 12);
            ground_.memory.run("UPDATE payment_order SET state = ?, trans = ?, paid_at = ? WHERE reference = ?",
                               {state, state == "paid" ? transaction : std::string{}, time_now(), reference});
            return true;
        });
    }

    /// Calls back; what was answered, and whether its signature fits.
    json::object tell(const std::string& reference, const json::object& with, bool sign) {
        auto notice = ground_.memory.transaction([&] {
            const auto order = find(reference);
            return notice_of(order ? *order : Order{reference, "", "paid", "GDLAC", time_now(), {}});
        });
        for (const auto& m : with) notice[m.key()] = m.value();
        notice["MaXacThuc"] = sign ? hash_of(notice, order_confirm, secret()) : std::string(64, 'a');
        json::object out;
        try {
            const auto [status, body] =
                post(ground_.option("callback", "http://127.0.0.1:8080/api/v1/links/payment/confirm"),
                     json::serialize(notice));
            out["status"] = status;
            boost::system::error_code failed;
            auto value = json::parse(body, failed);
            if (!failed && value.is_object()) {
                const auto& a = value.get_object();
                out["signed"] =
                    hash_of(a, {"MaLoi", "MoTaLoi", "MaDoiTac", "ThoiGianGD"}, secret()) == member(a, "MaXacThuc");
                out["body"] = std::move(value);
            }
        } catch (const std::exception& e) {
            out["status"] = 0;
            out["problem"] = e.what();
        }
        ground_.memory.transaction([&] {
            ground_.memory.run("INSERT INTO payment_told VALUES (?, ?, ?)",
                               {reference, time_now(), json::serialize(out)});
        });
        return out;
    }

    Reply page(const Request& r) {
        const auto reference = r.path.substr(5);
        const auto order = ground_.memory.transaction([&] { return find(reference); });
        constexpr const char* html = "text/html; charset=utf-8";
        if (!order) return {404, "<!doctype html><title>404</title><h1>Không có giao dịch này</h1>", html, {}};
        std::string words = "Đang chờ thanh toán.";
        if (r.method == "POST" && order->state != "paid") {
            const bool pays = r.body.find("tra=khong") == std::string::npos;
            (void)settle(reference, pays ? "paid" : "failed", "");
            (void)tell(reference, {}, true);
            words = pays ? "Đã thanh toán." : "Giao dịch không thành công.";
        } else if (order->state == "paid") {
            words = "Đã thanh toán.";
        }
        const bool open = words.starts_with("Đang");
        return {
            200,
            "<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            "<title>Nền tảng thanh toán (mô phỏng)</title><main style='max-width:36rem;margin:2rem auto;font:1.1rem "
            "sans-serif'><p><strong>MÔ PHỎNG – không có tiền thật</strong></p><h1>Nền tảng thanh toán</h1><p>" +
                escaped(member(order->message, "ThongTinGiaoDich")) + "</p><p>Số tiền: <strong>" +
                escaped(member(order->message, "SoTien")) + " đồng</strong></p><p id=status>" + words + "</p>" +
                (open ? "<form method=post><button name=tra value=co>Thanh toán</button> <button name=tra "
                        "value=khong>Giao dịch hỏng</button></form>"
                      : "<p>Có thể đóng trang này và quay lại trang hồ sơ.</p>") +
                "</main></html>",
            html,
            {}};
    }

    Ground ground_;
};

std::unique_ptr<Module> make_payment(Ground ground) {
    return std::make_unique<Payment>(std::move(ground));
}
const Registration here("payment", make_payment);

}  // namespace

}  // namespace sim
