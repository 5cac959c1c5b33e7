#include "dossiers/virus_scan.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <semaphore>

#include "base/log.h"
#include "base/text.h"

namespace hl::dossiers {

namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr size_t chunk_size = 64 * 1024;
constexpr size_t longest_answer = 4096;
constexpr int most_at_once = 64;

/// People hear that it will pass; the log hears why.
Error unavailable(std::string_view why) {
    log::warning("scan", "a file could not be scanned", {{"why", std::string{why}}});
    return {ErrorKind::unavailable, "scan.unavailable",
            "Chưa quét được vi-rút nên tệp chưa được nhận. Hãy thử lại sau ít phút.",
            "The file could not be scanned for viruses and was not taken. Try again in a few minutes."};
}

class Connection {
  public:
    explicit Connection(int fd) : fd_(fd) {}
    ~Connection() {
        if (fd_ >= 0) ::close(fd_);
    }
    Connection(Connection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Connection& operator=(Connection&&) = delete;
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

/// True when `events` (or an error, which the next call will show) came before the deadline.
bool wait_for(int fd, short events, Deadline deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd p{fd, events, 0};
        const int n = ::poll(&p, 1, static_cast<int>(std::min<int64_t>(left.count(), 60'000)));
        if (n > 0) return true;
        if (n < 0 && errno != EINTR) return false;
    }
}

Result<Connection> connect_to(const sockaddr* address, socklen_t size, Deadline deadline) {
    Connection connection(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (connection.get() < 0) return unavailable(std::strerror(errno));
    if (::connect(connection.get(), address, size) == 0) return connection;
    if (errno != EINPROGRESS) return unavailable(std::strerror(errno));
    if (!wait_for(connection.get(), POLLOUT, deadline)) return unavailable("connecting took too long");
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0)
        return unavailable(std::strerror(error != 0 ? error : errno));
    return connection;
}

enum class Sent { all, cut, late };

Sent send_all(int fd, std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n > 0) {
            bytes.remove_prefix(static_cast<size_t>(n));
        } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!wait_for(fd, POLLOUT, deadline)) return Sent::late;
        } else if (n < 0 && errno != EINTR) {
            return Sent::cut;
        }
    }
    return Sent::all;
}

class Clamd final : public VirusScanner {
  public:
    Clamd(ClamdOptions options, std::string host, std::string port)
        : options_(std::move(options)),
          host_(std::move(host)),
          port_(std::move(port)),
          places_(std::clamp(options_.at_once, 1, most_at_once)) {}

    Result<ScanVerdict> scan(std::string_view bytes) const override {
        if (!places_.try_acquire_for(options_.turn_time)) return unavailable("too many scans at a time");
        struct Leave {
            std::counting_semaphore<most_at_once>& places;
            ~Leave() { places.release(); }
        } const leave{places_};
        TRY(const auto connection, connect());
        const Deadline deadline = std::chrono::steady_clock::now() + options_.scan_time;
        const auto sent = send_stream(connection.get(), bytes, deadline);
        if (sent == Sent::late) return unavailable("sending took too long");
        // Cut off while sending: clamd may have said why before it closed (its own limit of size).
        return receive(connection.get(), deadline);
    }

  private:
    Result<Connection> connect() const {
        const Deadline deadline = std::chrono::steady_clock::now() + options_.connect_time;
        if (host_.empty()) {
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            std::memcpy(address.sun_path, options_.address.c_str(), options_.address.size() + 1);
            return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline);
        }
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* list = nullptr;
        if (const int failed = ::getaddrinfo(host_.c_str(), port_.c_str(), &hints, &list); failed != 0)
            return unavailable(::gai_strerror(failed));
        const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(list, &::freeaddrinfo);
        for (const auto* a = list; a; a = a->ai_next) {
            auto connection = connect_to(a->ai_addr, a->ai_addrlen, deadline);
            if (connection.ok() || !a->ai_next) return connection;
        }
        return unavailable("the host has no address");
    }

    /// "z" = NUL-terminated command; then chunks, each after its length in network order; a length of 0 ends.
    static Sent send_stream(int fd, std::string_view bytes, Deadline deadline) {
        using namespace std::string_view_literals;
        auto sent = send_all(fd, "zINSTREAM\0"sv, deadline);
        std::string frame;
        while (sent == Sent::all && !bytes.empty()) {
            const auto chunk = bytes.substr(0, chunk_size);
            const auto n = static_cast<uint32_t>(chunk.size());
            frame.assign({static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
                          static_cast<char>(n)});
            frame += chunk;
            sent = send_all(fd, frame, deadline);
            bytes.remove_prefix(chunk.size());
        }
        return sent == Sent::all ? send_all(fd, "\0\0\0\0"sv, deadline) : sent;
    }

    static Result<ScanVerdict> receive(int fd, Deadline deadline) {
        std::string answer;
        std::array<char, 512> buffer{};
        for (;;) {
            const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
            if (n > 0) {
                answer.append(buffer.data(), static_cast<size_t>(n));
                if (const auto end = answer.find('\0'); end != std::string::npos)
                    return read_clamd_answer(std::string_view{answer}.substr(0, end));
                if (answer.size() > longest_answer) return unavailable("the answer has no end");
            } else if (n == 0) {
                return unavailable("the scanner closed the connection: " + answer);
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                if (!wait_for(fd, POLLIN, deadline)) return unavailable("no verdict in time");
            } else if (errno != EINTR) {
                return unavailable(std::strerror(errno));
            }
        }
    }

    ClamdOptions options_;
    std::string host_, port_;
    mutable std::counting_semaphore<most_at_once> places_;
};

}  // namespace

Result<ScanVerdict> read_clamd_answer(std::string_view answer) {
    constexpr std::string_view begin = "stream: ", found = " FOUND";
    if (answer == "stream: OK") return ScanVerdict{};
    if (answer.starts_with(begin) && answer.ends_with(found) && answer.size() > begin.size() + found.size()) {
        ScanVerdict verdict;
        for (const char c : answer.substr(begin.size(), answer.size() - begin.size() - found.size()).substr(0, 200))
            verdict.signature += c > ' ' && c < 0x7f ? c : '?';
        return verdict;
    }
    return unavailable("the scanner says: " + std::string{answer.substr(0, 200)});
}

Result<std::unique_ptr<VirusScanner>> make_clamd(ClamdOptions options) {
    const auto wrong = [&] {
        return Error{
            ErrorKind::invalid, "scan.address",
            fmt::format("Địa chỉ clamd «{}» phải là đường dẫn bắt đầu bằng / hoặc máy:cổng.", options.address),
            fmt::format("The address of clamd '{}' must be a path that begins with / or host:port.", options.address)};
    };
    std::string host, port;
    if (!options.address.starts_with('/')) {
        const auto colon = options.address.rfind(':');
        if (colon == std::string::npos || colon == 0) return wrong();
        host = options.address.substr(0, colon);
        port = options.address.substr(colon + 1);
        if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
        const bool digits = !port.empty() && port.size() <= 5 &&
                            std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!digits || std::stoi(port) < 1 || std::stoi(port) > 65535) return wrong();
    } else if (options.address.size() >= sizeof(sockaddr_un{}.sun_path)) {
        return wrong();
    }
    return std::unique_ptr<VirusScanner>(std::make_unique<Clamd>(std::move(options), std::move(host), std::move(port)));
}

}  // namespace hl::dossiers
