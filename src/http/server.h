// The HTTP/1.1 server: keep-alive, TLS, limits, graceful stop, compression, server-sent events, metrics.
// start() returns when it listens; handlers run on its I/O threads, slow ones on its workers.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "base/ids.h"
#include "http/events.h"
#include "http/metrics.h"
#include "http/router.h"

namespace hl::http {

struct ServerOptions {
    std::string address = "127.0.0.1";
    unsigned short port = 8080;  // 0 = any free one
    int io_threads = 0;          // 0 = number of cores
    int workers = 8;
    size_t max_connections = 10'000;
    size_t max_connections_per_peer = 2'000;
    size_t max_header_bytes = 16 * 1024;
    std::chrono::milliseconds header_time{10'000};  // whole header must be here by then (slow-loris)
    std::chrono::milliseconds body_time{60'000};    // and the body by then, however it trickles
    std::chrono::milliseconds idle_time{75'000};
    std::chrono::milliseconds write_time{60'000};
    std::chrono::milliseconds stop_time{10'000};  // graceful stop: running requests get this long
    size_t compress_from = 1024;                  // gzip bodies of at least this many bytes when accepted
    std::filesystem::path tls_certificate;        // both empty = plain HTTP (loopback or behind a proxy)
    std::filesystem::path tls_key;
    std::vector<std::string> trusted_proxies;  // addresses whose X-Forwarded-For/-Proto are believed
    bool access_log = true;
};

class Server {
  public:
    Server(ServerOptions options, Router router, const Clock& clock, Random& random, Metrics& metrics);
    ~Server();
    [[nodiscard]] Result<void> start();
    [[nodiscard]] unsigned short port() const;
    /// Stops accepting, lets running requests finish, then closes. Safe to call twice and from a signal-handling
    /// thread.
    void stop();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// GET /healthz: 200 when `status` is "ok" in what `check` says, else 503.
void add_health(Router& router, std::function<boost::json::object()> check);
/// GET /metrics in OpenMetrics text.
void add_metrics(Router& router, const Metrics& metrics);

/// Files of a directory at `prefix`, with ETag, precompressed .br/.gz neighbours, and immutable caching for names that
/// carry a hash. Never leaves the directory.
[[nodiscard]] Route static_files(std::string prefix, std::filesystem::path directory);

}  // namespace hl::http
