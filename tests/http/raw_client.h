// A socket that says exactly what a test wants said, and a server on a free port to say it to.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <poll.h>

#include <string>
#include <thread>

#include "http/server.h"

namespace hl::http::testing {

class RawClient {
  public:
    explicit RawClient(unsigned short port) {
        fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    ~RawClient() { ::close(fd_); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    bool connected() const { return connected_; }
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<size_t>(n));
        }
        return true;
    }
    /// More bytes into `got`; false at the end, on an error or after the patience.
    bool more(int patience_ms = 5000) {
        pollfd p{fd_, POLLIN, 0};
        if (::poll(&p, 1, patience_ms) <= 0) return false;
        char buffer[16384];
        const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
        if (n <= 0) {
            ended_ = true;
            return false;
        }
        got.append(buffer, static_cast<size_t>(n));
        return true;
    }
    /// One whole answer with Content-Length, taken off the front of what came.
    std::string answer() {
        for (;;) {
            const auto end = got.find("\r\n\r\n");
            if (end != std::string::npos) {
                size_t length = 0;
                const auto at = got.find("Content-Length: ");
                if (at != std::string::npos && at < end) length = std::stoul(got.substr(at + 16));
                if (got.size() >= end + 4 + length) {
                    std::string one = got.substr(0, end + 4 + length);
                    got.erase(0, end + 4 + length);
                    return one;
                }
            }
            if (!more()) return got;
        }
    }
    /// Everything until the peer closes.
    std::string all() {
        while (more()) {
        }
        return got;
    }
    bool ended() const { return ended_; }

    std::string got;

  private:
    int fd_ = -1;
    bool connected_ = false, ended_ = false;
};

inline int status_in(const std::string& answer) {
    return answer.size() > 12 && answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}
inline std::string body_in(const std::string& answer) {
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "" : answer.substr(end + 4);
}

/// Options for tests: small limits, no access log.
inline ServerOptions small_options() {
    ServerOptions o;
    o.port = 0;
    o.io_threads = 2;
    o.workers = 2;
    o.access_log = false;
    return o;
}

class Running {
  public:
    explicit Running(Router router, ServerOptions options = small_options())
        : server(std::move(options), std::move(router), clock, random, metrics) {
        auto started = server.start();
        EXPECT_TRUE(started.ok()) << (started.ok() ? "" : started.error().en);
    }
    unsigned short port() const { return server.port(); }
    std::string get(const std::string& path, const std::string& headers = "") const {
        RawClient c(port());
        c.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
        return c.answer();
    }

    ManualClock clock{from_ms(1'800'000'000'000)};
    SystemRandom random;
    Metrics metrics;
    Server server;
};

inline Router echo_router() {
    Router r;
    r.get("/hello", [](const Request&) { return Response::text("hello"); });
    r.get("/things/{id}", [](const Request& q) {
        return Response::json({{"id", q.param("id")}, {"q", q.query_value("q").value_or("")}});
    });
    r.get("/things/special", [](const Request&) { return Response::text("special"); });
    r.add({"POST", "/echo", [](Request&& q, Responder respond) { respond(Response::text(std::move(q.body))); }, false,
           1000});
    r.get(
        "/slow",
        [](const Request&) {
            std::this_thread::sleep_for(std::chrono::milliseconds{300});
            return Response::text("slow done");
        },
        true);
    r.get("/throws", [](const Request&) -> Response { throw std::runtime_error("a bug"); });
    r.add({"GET", "/dropped", [](Request&&, const Responder&) {}});
    r.get("/big", [](const Request&) { return Response::text(std::string(200'000, 'x')); });
    r.get("/big-data", [](const Request&) { return Response::json({{"text", std::string(20'000, 'x')}}); });
    return r;
}

}  // namespace hl::http::testing
