// Mail and short messages: an SMTP server on a port of its own, and an HTTP gateway for SMS (POST /messages/send) and
// Zalo (POST /messages/message). Strict about envelopes, headers, line ends, lengths and numbers; remembers mails by
// Message-ID and short messages by their request number, so that one sent twice is seen as one.
//
// Options: messages.smtp-port (0: any free one), messages.secret (Bearer of the gateway), messages.domain.
// Commands: do/ports → {"smtp": N}; do/smtp {"fault": "busy|tempfail|unknown|drop|none", "times": N}.
#include <poll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "module.h"

namespace sim {

namespace {

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS messages_mail (id TEXT PRIMARY KEY, sender TEXT NOT NULL, recipient TEXT NOT NULL, "
    "data TEXT NOT NULL, times INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS messages_brief (id TEXT PRIMARY KEY, way TEXT NOT NULL, phone TEXT NOT NULL, text TEXT "
    "NOT NULL, times INTEGER NOT NULL)";

bool starts(std::string_view line, std::string_view word) {
    if (line.size() < word.size()) return false;
    for (size_t i = 0; i < word.size(); ++i)
        if (std::toupper(static_cast<unsigned char>(line[i])) != word[i]) return false;
    return true;
}

/// "<a@b.c>" → "a@b.c"; anything odd → "".
std::string path_of(std::string_view text) {
    const auto open = text.find('<'), close = text.find('>');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
    const auto inner = text.substr(open + 1, close - open - 1);
    const auto at = inner.find('@');
    if (at == std::string_view::npos || at == 0 || inner.find('.', at) == std::string_view::npos) return {};
    for (const char c : inner)
        if (c <= ' ' || c > '~') return {};
    return std::string{inner};
}

std::string header(const std::string& data, const std::string& name) {
    size_t from = 0;
    while (from < data.size()) {
        auto end = data.find("\r\n", from);
        if (end == std::string::npos || end == from) return {};
        // Folded lines belong to the one before.
        size_t stop = end;
        while (stop + 2 < data.size() && (data[stop + 2] == ' ' || data[stop + 2] == '\t')) {
            stop = data.find("\r\n", stop + 2);
            if (stop == std::string::npos) return {};
        }
        const auto line = data.substr(from, stop - from);
        if (line.size() > name.size() && line[name.size()] == ':') {
            bool same = true;
            for (size_t i = 0; i < name.size(); ++i)
                same = same && std::tolower(static_cast<unsigned char>(line[i])) ==
                                   std::tolower(static_cast<unsigned char>(name[i]));
            if (same) {
                auto value = line.substr(name.size() + 1);
                value.erase(0, value.find_first_not_of(' '));
                return value;
            }
        }
        from = stop + 2;
    }
    return {};
}

/// Empty: well formed. Else why not.
std::string fault_in(const std::string& data) {
    size_t from = 0;
    for (size_t end; (end = data.find("\r\n", from)) != std::string::npos; from = end + 2)
        if (end - from > 998) return "a line is longer than 998";
    for (size_t i = 0; i < data.size(); ++i) {
        if (data[i] == '\n' && (i == 0 || data[i - 1] != '\r')) return "a bare line feed";
        if (static_cast<signed char>(data[i]) < 0) return "a byte that is not ASCII";
    }
    for (const char* name : {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"})
        if (header(data, name).empty()) return std::string{name} + " is missing";
    const auto type = header(data, "Content-Type");
    if (!type.starts_with("multipart/alternative")) return "not multipart/alternative";
    const auto at = type.find("boundary=\"");
    if (at == std::string::npos) return "no boundary";
    const auto boundary = type.substr(at + 10, type.find('"', at + 10) - at - 10);
    if (data.find("--" + boundary + "--\r\n") == std::string::npos) return "the last part does not end";
    if (data.find("Content-Type: text/plain; charset=utf-8") == std::string::npos) return "no plain text";
    if (data.find("Content-Type: text/html; charset=utf-8") == std::string::npos) return "no HTML";
    return {};
}

class Messages final : public Module {
  public:
    explicit Messages(Ground ground) : ground_(std::move(ground)) {
        ground_.memory.script(tables);
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int yes = 1;
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<uint16_t>(std::stoi(ground_.option("smtp-port", "0"))));
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0)
            throw std::runtime_error("messages: the SMTP port is taken");
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~Messages() override {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
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
        if (word == "ports") return json::object{{"smtp", port_}};
        if (word == "smtp") {
            const std::scoped_lock lock(mutex_);
            const auto* fault = body.get_object().if_contains("fault");
            const auto* times = body.get_object().if_contains("times");
            fault_ = fault && fault->is_string() ? std::string{fault->get_string()} : "none";
            times_ = times && times->is_int64() ? times->get_int64() : -1;
            return json::object{{"fault", fault_}};
        }
        return std::nullopt;
    }

  private:
    static Reply said(const std::string& code, int error, const std::string& message) {
        return reply_json(json::object{{"code", code}, {"error", error}, {"message", message}});
    }
    std::string fault() {
        const std::scoped_lock lock(mutex_);
        if (fault_ == "none" || times_ == 0) return "none";
        if (times_ > 0) --times_;
        return fault_;
    }
    void serve() {
        while (!stopping_) {
            pollfd waiting{listener_, POLLIN, 0};
            if (::poll(&waiting, 1, 100) != 1) continue;
            const int s = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (s < 0) continue;
            try {
                talk(s);
            } catch (const std::exception&) {
                // The peer sees the line go; what was not said to be kept is not kept.
            }
            ::close(s);
        }
    }
    static void say(int s, const std::string& line) {
        const auto bytes = line + "\r\n";
        (void)::send(s, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    bool hear(int s, std::string& rest, std::string& line) const {
        for (;;) {
            if (const auto end = rest.find("\r\n"); end != std::string::npos) {
                line = rest.substr(0, end);
                rest.erase(0, end + 2);
                return true;
            }
            pollfd waiting{s, POLLIN, 0};
            if (stopping_ || rest.size() > (1u << 20) || ::poll(&waiting, 1, 10'000) != 1) return false;
            char bytes[8192];
            const auto n = ::recv(s, bytes, sizeof bytes, 0);
            if (n <= 0) return false;
            rest.append(bytes, static_cast<size_t>(n));
        }
    }
    void talk(int s) {
        const auto act = fault();
        if (act == "busy") return say(s, "421 come back later");
        say(s, "220 hienluong-sim");
        std::string rest, line, from, to;
        bool greeted = false;
        while (hear(s, rest, line)) {
            if (starts(line, "EHLO")) {
                greeted = true;
                say(s, "250-hienluong-sim");
                say(s, "250 8BITMIME");
            } else if (starts(line, "QUIT")) {
                return say(s, "221 bye");
            } else if (!greeted) {
                say(s, "503 say EHLO first");
            } else if (starts(line, "MAIL FROM:")) {
                from = path_of(line);
                say(s, from.empty() ? "501 no address" : "250 ok");
            } else if (starts(line, "RCPT TO:")) {
                to = from.empty() ? "" : path_of(line);
                if (act == "tempfail") {
                    say(s, "451 4.7.1 later");
                } else if (act == "unknown" || to.starts_with("khong-co")) {
                    say(s, "550 5.1.1 nobody here");
                    to.clear();
                } else {
                    say(s, to.empty() ? "501 no address" : "250 ok");
                }
            } else if (starts(line, "DATA")) {
                if (from.empty() || to.empty()) {
                    say(s, "503 MAIL and RCPT first");
                    continue;
                }
                say(s, "354 end with a dot");
                std::string data;
                bool ended = false;
                while (hear(s, rest, line) && !(ended = line == "."))
                    data += (line.starts_with(".") ? line.substr(1) : line) + "\r\n";
                if (!ended) return;
                if (const auto wrong = fault_in(data); !wrong.empty()) {
                    say(s, "554 " + wrong);
                    continue;
                }
                keep(header(data, "Message-ID"), from, to, data);
                if (act == "drop") return;
                say(s, "250 kept");
                from.clear(), to.clear();
            } else {
                say(s, "502 unknown command");
            }
        }
    }
    void keep(const std::string& id, const std::string& from, const std::string& to, const std::string& data) {
        ground_.memory.transaction([&] {
            auto& m = ground_.memory;
            if (!m.run("SELECT 1 FROM messages_mail WHERE id = ?", {id}).empty())
                m.run("UPDATE messages_mail SET times = times + 1 WHERE id = ?", {id});
            else
                m.run("INSERT INTO messages_mail VALUES (?, ?, ?, ?, 1)", {id, from, to, data});
        });
    }

    Ground ground_;
    int listener_ = -1;
    uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
    std::mutex mutex_;
    std::string fault_ = "none";
    int64_t times_ = -1;
};

std::unique_ptr<Module> make(Ground ground) {
    return std::make_unique<Messages>(std::move(ground));
}
const Registration here("messages", make);

}  // namespace

}  // namespace sim
