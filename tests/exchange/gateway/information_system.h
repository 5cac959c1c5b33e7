// An information system behind a gateway, as a test wants it: a real socket that answers real HTTP, or breaks it. Every
// request is kept as it came. Its own threads; `answer` may be called from several at once.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hl::exchange::test {

class InformationSystem {
  public:
    struct Asked {
        std::string line, head, body;  // request line, header lines, body without its chunks
        [[nodiscard]] std::string header(const std::string& name) const {
            // Names compare without case.
            const auto lower = [](std::string s) {
                for (char& c : s) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
                return s;
            };
            const auto where = "\n" + lower(name) + ": ";
            const auto at = lower("\n" + head).find(where);
            if (at == std::string::npos) return {};
            const auto from = at + where.size() - 1;
            return head.substr(from, head.find('\r', from) - from);
        }
    };
    /// Bytes for the wire; the connection is closed after them when `close`.
    struct Said {
        std::string bytes;
        bool close = false;
        std::string piece{};  // sent after them, so often
        size_t times = 0;
        std::string end{};
    };
    using Answer = std::function<Said(const Asked&)>;

    explicit InformationSystem(Answer answer) : answer_(std::move(answer)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at);
        ::listen(listener_, 512);
        socklen_t size = sizeof at;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this] { accept_all(); });
    }
    ~InformationSystem() {
        stopping_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        {
            std::scoped_lock lock(mutex_);
            for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
        }
        thread_.join();
        for (auto& t : serving_) t.join();
        ::close(listener_);
    }
    [[nodiscard]] unsigned short port() const { return port_; }
    [[nodiscard]] std::string url(const std::string& path = "") const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    void answer_with(Answer answer) {
        std::scoped_lock lock(mutex_);
        answer_ = std::move(answer);
    }
    [[nodiscard]] std::vector<Asked> asked() const {
        std::scoped_lock lock(mutex_);
        return asked_;
    }
    void forget() {
        std::scoped_lock lock(mutex_);
        asked_.clear();
    }
    [[nodiscard]] int connections() const { return connections_; }
    /// Bytes of bodies that came, whether their message was whole or not.
    [[nodiscard]] uint64_t received() const { return received_; }
    void keep_bodies(bool keep) { keep_ = keep; }

  private:
    class Wire {
      public:
        explicit Wire(int fd, std::atomic<uint64_t>& received) : fd_(fd), received_(received) {}
        bool line(std::string& out) {
            out.clear();
            for (;;) {
                const auto end = buffer_.find("\r\n", at_);
                if (end != std::string::npos) {
                    out = buffer_.substr(at_, end - at_);
                    at_ = end + 2;
                    return true;
                }
                if (!more()) return false;
            }
        }
        bool take(size_t n, std::string& out, bool keep) {
            while (n > 0) {
                if (at_ == buffer_.size() && !more()) return false;
                const size_t some = std::min(n, buffer_.size() - at_);
                if (keep) out.append(buffer_, at_, some);
                received_ += some;
                at_ += some;
                n -= some;
            }
            return true;
        }

      private:
        bool more() {
            if (at_ == buffer_.size()) {
                buffer_.clear();
                at_ = 0;
            }
            char piece[65536];
            const auto n = ::recv(fd_, piece, sizeof piece, 0);
            if (n <= 0) return false;
            buffer_.append(piece, static_cast<size_t>(n));
            return true;
        }
        int fd_;
        std::atomic<uint64_t>& received_;
        std::string buffer_;
        size_t at_ = 0;
    };

    void accept_all() {
        for (;;) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) {
                if (stopping_) return;
                continue;
            }
            if (stopping_) {
                ::close(fd);
                return;
            }
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ++connections_;
            std::scoped_lock lock(mutex_);
            open_.push_back(fd);
            serving_.emplace_back([this, fd] { serve(fd); });
        }
    }
    void serve(int fd) {
        Wire wire(fd, received_);
        for (;;) {
            Asked asked;
            if (!read(wire, asked)) break;
            Answer answer;
            {
                std::scoped_lock lock(mutex_);
                asked_.push_back(asked);
                answer = answer_;
            }
            const auto said = answer(asked);
            bool well = send(fd, said.bytes);
            for (size_t i = 0; well && i < said.times; ++i) well = send(fd, said.piece);
            well = well && send(fd, said.end);
            if (said.close || !well) break;
        }
        std::scoped_lock lock(mutex_);
        open_.remove(fd);
        ::close(fd);
    }
    static bool send(int fd, std::string_view left) {
        while (!left.empty()) {
            const auto n = ::send(fd, left.data(), left.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            left.remove_prefix(static_cast<size_t>(n));
        }
        return true;
    }
    bool read(Wire& wire, Asked& asked) {
        if (!wire.line(asked.line)) return false;
        std::string line;
        while (wire.line(line)) {
            if (line.empty()) return read_body(wire, asked);
            asked.head += line + "\r\n";
        }
        return false;
    }
    bool read_body(Wire& wire, Asked& asked) {
        std::string ignored;
        if (asked.header("Transfer-Encoding").empty()) {
            const auto length = asked.header("Content-Length");
            return length.empty() || wire.take(std::stoul(length), asked.body, keep_);
        }
        for (;;) {
            std::string size;
            if (!wire.line(size)) return false;
            const auto n = std::stoul(size, nullptr, 16);
            if (!wire.take(n, asked.body, keep_)) return false;
            if (!wire.take(2, ignored, false)) return false;
            received_ -= 2;
            if (n == 0) return true;
        }
    }

    Answer answer_;
    int listener_ = -1;
    unsigned short port_ = 0;
    std::atomic<bool> stopping_ = false, keep_ = true;
    std::atomic<int> connections_ = 0;
    std::atomic<uint64_t> received_ = 0;
    mutable std::mutex mutex_;
    std::list<int> open_;
    std::vector<Asked> asked_;
    std::list<std::thread> serving_;
    std::thread thread_;
};

inline std::string answer(int status, const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 " + std::to_string(status) + " Said\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace hl::exchange::test
