// Mail and short messages: an SMTP server on a port of its own, and an HTTP gateway for SMS (POST /messages/send) and
// Zalo (POST /messages/message). Strict about envelopes, headers, line ends, lengths and numbers; remembers mails by
// Message-ID and short messages by their request number, so that one sent twice is seen as one.
//
// Options: messages.smtp-port (0: any free one), messages.secret (Bearer of the gateway), messages.domain.
// Commands: do/ports → {"smtp": N}; do/smtp {"fault": "busy|tempfail|unknown|drop|none", "times": N}.
#include "module.h"
#include "smtp.h"

namespace sim {

namespace {

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS messages_mail (id TEXT PRIMARY KEY, sender TEXT NOT NULL, recipient TEXT NOT NULL, "
    "data TEXT NOT NULL, times INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS messages_brief (id TEXT PRIMARY KEY, way TEXT NOT NULL, phone TEXT NOT NULL, text TEXT "
    "NOT NULL, times INTEGER NOT NULL)";

class Messages final : public Module {
  public:
    explicit Messages(Ground ground) : ground_(std::move(ground)) {
        ground_.memory.script(tables);
        smtp_ = std::make_unique<SmtpServer>(std::stoi(ground_.option("smtp-port", "0")),
                                             [this](const Mail& mail) { keep(mail); });
    }
    std::string name() const override { return "messages"; }
    std::string what() const override { return "mail server (SMTP) and gateway for SMS and Zalo"; }

    Reply answer(const Request& request) override {
        const bool sms = request.path == "/send", zalo = request.path == "/message";
        if (request.method != "POST" || (!sms && !zalo))
            return reply_json(json::object{{"error", "no such path"}}, 404);
        const auto authorization = request.headers.find("authorization");
        if (authorization == request.headers.end() ||
            authorization->second != "Bearer " + ground_.option("secret", "mat-khau-thu"))
            return reply_json(json::object{{"code", "5"}, {"error", -124}, {"message", "who are you"}}, 401);
        boost::system::error_code failed;
        const auto body = json::parse(request.body, failed);
        if (failed || !body.is_object()) return reply_json(json::object{{"message", "not JSON"}}, 400);
        const auto& o = body.get_object();
        const auto text = [](const json::object& from, std::string_view key) {
            const auto* v = from.if_contains(key);
            return v && v->is_string() ? std::string{v->get_string()} : std::string{};
        };
        std::string phone, words, id;
        if (sms) {
            if (o.size() != 4) return said("31", -108, "unknown members");
            phone = text(o, "to"), words = text(o, "text"), id = text(o, "request_id");
        } else {
            const auto* data = o.if_contains("template_data");
            phone = text(o, "phone"), id = text(o, "tracking_id");
            if (data && data->is_object()) words = text(data->get_object(), "noi_dung");
        }
        const bool number =
            phone.size() == 11 && phone.starts_with("84") && phone.find_first_not_of("0123456789") == std::string::npos;
        if (!number || phone.ends_with("0000404")) return said("21", -118, "no such number");
        if (words.empty() || id.empty()) return said("31", -131, "text or number is missing");
        if (sms) {
            if (words.size() > 480) return said("31", -131, "longer than three messages");
            for (const char c : words)
                if (static_cast<signed char>(c) < 0) return said("31", -131, "letters outside the alphabet");
        }
        return ground_.memory.transaction([&] {
            auto& m = ground_.memory;
            if (!m.run("SELECT 1 FROM messages_brief WHERE id = ?", {id}).empty()) {
                m.run("UPDATE messages_brief SET times = times + 1 WHERE id = ?", {id});
                return said("1", -109, "known already");
            }
            m.run("INSERT INTO messages_brief VALUES (?, ?, ?, ?, 1)", {id, sms ? "sms" : "zalo", phone, words});
            return said("0", 0, "");
        });
    }
    /// "Sent", and nothing was.
    Reply lie(const Request&) override { return said("0", 0, ""); }
    Reply refuse(const Request&) override { return said("31", -108, "told to refuse"); }

    int64_t forget(const std::string& key) override {
        return ground_.memory.transaction([&]() -> int64_t {
            int64_t n = 0;
            for (const char* table : {"messages_mail", "messages_brief"}) {
                const std::string of = key.empty() ? "" : " WHERE id = ?";
                const Values values = key.empty() ? Values{} : Values{key};
                n += number_of(ground_.memory.run("SELECT COUNT(*) FROM " + std::string{table} + of, values)[0][0]);
                ground_.memory.run("DELETE FROM " + std::string{table} + of, values);
            }
            return n;
        });
    }
    bool alter(const std::string& key, const std::string& field, const json::value& value) override {
        if (field != "text" || !value.is_string()) return false;
        return ground_.memory.transaction([&] {
            if (ground_.memory.run("SELECT 1 FROM messages_brief WHERE id = ?", {key}).empty()) return false;
            ground_.memory.run("UPDATE messages_brief SET text = ? WHERE id = ?",
                               {std::string{value.get_string()}, key});
            return true;
        });
    }
    json::object holdings(const std::string& after, int limit) override {
        json::array items;
        const auto rows = ground_.memory.transaction([&] {
            return ground_.memory.run(
                "SELECT id, way, phone, text, times FROM (SELECT id, way, phone, text, times FROM messages_brief UNION "
                "ALL SELECT id, 'mail', recipient, data, times FROM messages_mail) WHERE id > ? ORDER BY id LIMIT ?",
                {after, int64_t{limit}});
        });
        for (const auto& r : rows)
            items.push_back({{"key", text_of(r[0])},
                             {"way", text_of(r[1])},
                             {"to", text_of(r[2])},
                             {"text", text_of(r[3])},
                             {"times", number_of(r[4])}});
        const bool more = static_cast<int>(rows.size()) == limit;
        return {{"items", items}, {"next", more ? json::value(text_of(rows.back()[0])) : json::value()}};
    }
    std::optional<json::value> command(const std::string& word, const json::value& body) override {
        if (word == "ports") return json::object{{"smtp", smtp_->port()}};
        if (word == "smtp") {
            const auto* fault = body.get_object().if_contains("fault");
            const auto* times = body.get_object().if_contains("times");
            const std::string told = fault && fault->is_string() ? std::string{fault->get_string()} : "none";
            smtp_->misbehave(told, times && times->is_int64() ? times->get_int64() : -1);
            return json::object{{"fault", told}};
        }
        return std::nullopt;
    }

  private:
    static Reply said(const std::string& code, int error, const std::string& message) {
        return reply_json(json::object{{"code", code}, {"error", error}, {"message", message}});
    }
    void keep(const Mail& mail) {
        ground_.memory.transaction([&] {
            auto& m = ground_.memory;
            if (!m.run("SELECT 1 FROM messages_mail WHERE id = ?", {mail.id}).empty())
                m.run("UPDATE messages_mail SET times = times + 1 WHERE id = ?", {mail.id});
            else
                m.run("INSERT INTO messages_mail VALUES (?, ?, ?, ?, 1)", {mail.id, mail.from, mail.to, mail.data});
        });
    }

    Ground ground_;
    std::unique_ptr<SmtpServer> smtp_;  // last: its thread writes into the memory
};

std::unique_ptr<Module> make(Ground ground) {
    return std::make_unique<Messages>(std::move(ground));
}
const Registration here("messages", make);

}  // namespace

}  // namespace sim
