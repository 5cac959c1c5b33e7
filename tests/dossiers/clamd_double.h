// A small real server that speaks clamd's INSTREAM, well or badly, over TCP or a unix socket, for tests.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace hl::dossiers::test {

class ClamdDouble {
  public:
    enum class Mood {
        honest,    // FOUND when the stream holds "VIRUS"
        hangs_up,  // closes after the command
        nonsense,  // an answer that is none
        limit,     // too large for it: says so and closes before it has read everything
        silent,    // reads and never answers
        endless,   // answers without an end
    };
    explicit ClamdDouble(Mood mood = Mood::honest, std::string path = "") : mood_(mood), path_(std::move(path)) {
        listener_ = ::socket(path_.empty() ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (path_.empty()) {
            sockaddr_in a{};
            a.sin_family = AF_INET;
            a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            socklen_t size = sizeof a;
            if (::bind(listener_, reinterpret_cast<sockaddr*>(&a), size) != 0 ||
                ::getsockname(listener_, reinterpret_cast<sockaddr*>(&a), &size) != 0)
                throw std::runtime_error("no port");
            port_ = ntohs(a.sin_port);
        } else {
            sockaddr_un a{};
            a.sun_family = AF_UNIX;
            std::strncpy(a.sun_path, path_.c_str(), sizeof a.sun_path - 1);
            if (::bind(listener_, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0)
                throw std::runtime_error("no socket");
        }
        ::listen(listener_, 8);
        thread_ = std::thread([this] { serve(); });
    }
    ~ClamdDouble() { stop(); }
    ClamdDouble(const ClamdDouble&) = delete;
    ClamdDouble& operator=(const ClamdDouble&) = delete;

    [[nodiscard]] std::string address() const { return path_.empty() ? "127.0.0.1:" + std::to_string(port_) : path_; }
    [[nodiscard]] std::string last() {
        std::scoped_lock lock(mutex_);
        return last_;
    }
    void stop() {
        if (stopping_.exchange(true)) return;
        thread_.join();
        ::close(listener_);
    }

  private:
    bool readable(int fd) {
        while (!stopping_) {
            pollfd p{fd, POLLIN, 0};
            if (::poll(&p, 1, 20) > 0) return true;
        }
        return false;
    }
    bool take(int fd, char* into, size_t n) {
        while (n > 0) {
            if (!readable(fd)) return false;
            const ssize_t got = ::recv(fd, into, n, 0);
            if (got <= 0) return false;
            into += got;
            n -= static_cast<size_t>(got);
        }
        return true;
    }
    static void say(int fd, const std::string& text) {
        [[maybe_unused]] const auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    }
    void talk(int fd) {
        using namespace std::string_literals;
        char command[10];
        if (!take(fd, command, sizeof command) || std::memcmp(command, "zINSTREAM\0", 10) != 0) return;
        if (mood_ == Mood::hangs_up) return;
        std::string stream;
        for (;;) {
            unsigned char length[4];
            if (!take(fd, reinterpret_cast<char*>(length), 4)) return;
            const size_t n =
                (size_t{length[0]} << 24) | (size_t{length[1]} << 16) | (size_t{length[2]} << 8) | length[3];
            if (n == 0) break;
            const size_t at = stream.size();
            stream.resize(at + n);
            if (!take(fd, stream.data() + at, n)) return;
            if (mood_ == Mood::limit) return say(fd, "INSTREAM size limit exceeded. ERROR\0"s);
        }
        {
            std::scoped_lock lock(mutex_);
            last_ = stream;
        }
        switch (mood_) {
            case Mood::honest:
                return say(fd, stream.find("VIRUS") == std::string::npos ? "stream: OK\0"s
                                                                         : "stream: Thu.Nghiem.VIRUS FOUND\0"s);
            case Mood::nonsense:
                return say(fd, "HTTP/1.1 200 OK\0"s);
            case Mood::endless:
                while (!stopping_ && ::send(fd, "stream: OK", 10, MSG_NOSIGNAL) > 0) {
                }
                return;
            default:
                while (!stopping_) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }
    void serve() {
        while (readable(listener_)) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) continue;
            talk(fd);
            ::close(fd);
        }
    }

    Mood mood_;
    std::string path_, last_;
    int listener_ = -1;
    unsigned short port_ = 0;
    std::mutex mutex_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace hl::dossiers::test
