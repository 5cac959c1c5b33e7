// Outgoing connections of one loop, kept alive between requests: to other gateways and to information systems. No lock:
// every loop has a pool of its own. Names are resolved once in a while, not at every connection.
#pragma once
#include <deque>

#include "exchange/gateway/http_stream.h"

namespace hl::exchange::gateway {

struct Link {
    Link(Loop& loop, Socket socket) : connection(loop, std::move(socket)), reader(connection) {}
    Connection connection;
    HttpReader reader;
    bool reused = false;
};

struct Destination {
    std::string key;  // what may share connections
    std::string host;
    unsigned short port = 0;
    std::shared_ptr<TlsContext> tls;  // none: plain
    milliseconds connect_time{3'000};
    std::string server_name;  // for TLS; empty: `host`
};
/// "host:port" and "[v6]:port". Error exchange.address.
[[nodiscard]] Result<std::pair<std::string, unsigned short>> split_address(std::string_view text);

class LinkPool {
  public:
    LinkPool(Loop& loop, size_t idle_per_destination, milliseconds idle_time);
    /// A quiet one that was kept, or a new one. Errors: exchange.unknown_host, exchange.connection, exchange.timeout,
    /// exchange.tls_handshake.
    [[nodiscard]] Awaitable<Result<std::unique_ptr<Link>>> take(const Destination& to, bool fresh = false);
    /// After a whole answer, for the next request.
    void give_back(const std::string& key, std::unique_ptr<Link> link);
    [[nodiscard]] uint64_t opened() const { return opened_; }
    [[nodiscard]] uint64_t reused() const { return reused_; }
    [[nodiscard]] Loop& loop() { return loop_; }

  private:
    struct Idle {
        std::unique_ptr<Link> link;
        SteadyTime since;
    };
    struct Resolved {
        std::vector<Tcp::endpoint> endpoints;
        SteadyTime at;
    };
    [[nodiscard]] Awaitable<Result<std::vector<Tcp::endpoint>>> resolve(const Destination& to);
    [[nodiscard]] Awaitable<Result<std::unique_ptr<Link>>> open(const Destination& to);

    Loop& loop_;
    size_t idle_per_destination_;
    milliseconds idle_time_;
    std::unordered_map<std::string, std::deque<Idle>> idle_;
    std::unordered_map<std::string, Resolved> resolved_;
    std::atomic<uint64_t> opened_{0}, reused_{0};
};

}  // namespace hl::exchange::gateway
