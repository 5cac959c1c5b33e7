#include "smtp.h"

#include <poll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cctype>
#include <stdexcept>
#include <string_view>

namespace sim {

namespace {

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

void say(int s, const std::string& line) {
    const auto bytes = line + "\r\n";
    (void)::send(s, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace

SmtpServer::SmtpServer(int port, std::function<void(const Mail&)> keep) : keep_(std::move(keep)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0)
        throw std::runtime_error("messages: the SMTP port is taken");
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

SmtpServer::~SmtpServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
}

void SmtpServer::misbehave(const std::string& fault, int64_t times) {
    const std::scoped_lock lock(mutex_);
    fault_ = fault;
    times_ = times;
}

std::string SmtpServer::fault() {
    const std::scoped_lock lock(mutex_);
    if (fault_ == "none" || times_ == 0) return "none";
    if (times_ > 0) --times_;
    return fault_;
}
void SmtpServer::serve() {
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
bool SmtpServer::hear(int s, std::string& rest, std::string& line) const {
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
void SmtpServer::talk(int s) {
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
            keep_({header(data, "Message-ID"), from, to, data});
            if (act == "drop") return;
            say(s, "250 kept");
            from.clear(), to.clear();
        } else {
            say(s, "502 unknown command");
        }
    }
}

}  // namespace sim
