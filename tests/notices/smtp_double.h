// A mail server on a port of this machine: speaks real SMTP, remembers what it took, and fails as it is told.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hl::notices::test {

class SmtpDouble {
  public:
    struct Taken {
        std::string from, to, data;
    };
    SmtpDouble() {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        ::listen(listener_, 8);
        thread_ = std::thread([this] { serve(); });
    }
    ~SmtpDouble() {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
    }
    [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
    /// What happens at the next talks, one each: "rcpt550", "rcpt451", "mail550", "data554", "data451", "hangup" (takes
    /// the mail and hangs up before it says so), "silent", "busy", "half" (half an answer); "" is well.
    void next(std::deque<std::string> acts) {
        std::scoped_lock lock(mutex_);
        acts_ = std::move(acts);
    }
    [[nodiscard]] std::vector<Taken> taken() {
        std::scoped_lock lock(mutex_);
        return taken_;
    }
    [[nodiscard]] std::string said() {
        std::scoped_lock lock(mutex_);
        return said_;
    }
    bool starttls = false, login = false;

  private:
    void serve() {
        while (!stopping_) {
            pollfd p{listener_, POLLIN, 0};
            if (::poll(&p, 1, 20) != 1) continue;
            const int s = ::accept(listener_, nullptr, nullptr);
            if (s < 0) continue;
            talk(s);
            ::close(s);
        }
    }
    static bool say(int s, const std::string& line) {
        const auto bytes = line + "\r\n";
        return ::send(s, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
    }
    bool hear(int s, std::string& line) {
        for (;;) {
            if (const auto end = rest_.find("\r\n"); end != std::string::npos) {
                line = rest_.substr(0, end);
                rest_.erase(0, end + 2);
                return true;
            }
            char bytes[4096];
            pollfd p{s, POLLIN, 0};
            if (stopping_ || ::poll(&p, 1, 2000) != 1) return false;
            const auto n = ::recv(s, bytes, sizeof bytes, 0);
            if (n <= 0) return false;
            rest_.append(bytes, static_cast<size_t>(n));
        }
    }
    void talk(int s) {
        std::string act;
        {
            std::scoped_lock lock(mutex_);
            if (!acts_.empty()) {
                act = acts_.front();
                acts_.pop_front();
            }
        }
        rest_.clear();
        std::string line;
        if (act == "silent") {
            for (int i = 0; i < 60 && !stopping_; ++i) {
                pollfd p{s, POLLIN, 0};
                if (::poll(&p, 1, 20) == 1) return;
            }
            return;
        }
        if (act == "half") {
            ::send(s, "22", 2, MSG_NOSIGNAL);
            return;
        }
        say(s, act == "busy" ? "421 too busy" : "220 test ready");
        Taken mail;
        while (hear(s, line)) {
            {
                std::scoped_lock lock(mutex_);
                said_ += line + "\n";
            }
            if (line.starts_with("EHLO")) {
                say(s, "250-test");
                if (starttls) say(s, "250-STARTTLS");
                if (login) say(s, "250-AUTH PLAIN");
                say(s, "250 8BITMIME");
            } else if (line.starts_with("AUTH")) {
                if (line == "AUTH PLAIN") {
                    say(s, "334 ");
                    if (!hear(s, line)) return;
                }
                say(s, act == "auth535" ? "535 wrong" : "235 ok");
            } else if (line.starts_with("MAIL FROM:")) {
                mail.from = line.substr(10);
                say(s, act == "mail550" ? "550 not you" : "250 ok");
            } else if (line.starts_with("RCPT TO:")) {
                mail.to = line.substr(8);
                say(s, act == "rcpt550" ? "550 5.1.1 no " + mail.to : act == "rcpt451" ? "451 greylisted" : "250 ok");
            } else if (line == "DATA") {
                say(s, "354 go on");
                while (hear(s, line) && line != ".")
                    mail.data += (line.starts_with("..") ? line.substr(1) : line) + "\r\n";
                if (act == "data554" || act == "data451") {
                    say(s, act.substr(4) + " content");
                    continue;
                }
                {
                    std::scoped_lock lock(mutex_);
                    taken_.push_back(mail);
                }
                if (act == "hangup") return;
                say(s, "250 taken");
            } else if (line == "QUIT") {
                say(s, "221 bye");
                return;
            } else {
                say(s, "500 what");
            }
        }
    }

    int listener_ = -1;
    unsigned short port_ = 0;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
    std::mutex mutex_;
    std::deque<std::string> acts_;
    std::vector<Taken> taken_;
    std::string rest_, said_;
};

}  // namespace hl::notices::test
