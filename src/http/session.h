// One connection of the server, from accept to close. Lives on the I/O thread that accepted it; only `answer` and
// stream sends come from other threads and are posted back. Private to the http room.
#pragma once
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <deque>
#include <unordered_set>

#include "http/server.h"

namespace hl::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket>;
using SteadyTime = std::chrono::steady_clock::time_point;

class SessionBase;

/// What one server shares between its connections.
struct Shared {
    Shared(ServerOptions o, Router r, const Clock& c, Random& ra, Metrics& m)
        : options(std::move(o)), router(std::move(r)), clock(c), random(ra), metrics(m) {}
    ServerOptions options;
    Router router;
    const Clock& clock;
    Random& random;
    Metrics& metrics;
    std::unique_ptr<asio::ssl::context> tls;
    std::unique_ptr<asio::thread_pool> workers;
    std::atomic<size_t> connections{0};
    std::atomic<bool> stopping{false};
    std::mutex peers_mutex;
    std::unordered_map<std::string, size_t> peers;
    std::atomic<uint64_t> request_number{0};
    std::string boot;  // makes request ids differ between starts

    struct RouteMetrics {
        std::array<std::atomic<uint64_t>*, 6> by_class{};  // [1] = 1xx … [5] = 5xx
        Metrics::Histogram* duration = nullptr;
    };
    std::unordered_map<const Route*, RouteMetrics> route_metrics;
    RouteMetrics unmatched;
    std::atomic<uint64_t>* bytes_out = nullptr;
    std::atomic<uint64_t>* refused = nullptr;
};

/// What one I/O thread owns.
struct Loop {
    explicit Loop(Shared& s) : context(1), acceptor(context), sweep(context), shared(s) {}
    asio::io_context context;
    asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor;
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor> sweep;
    Shared& shared;
    std::mutex sessions_mutex;
    std::unordered_set<SessionBase*> sessions;
    std::weak_ptr<void> owner;  // the server's state, which holds this loop
    [[nodiscard]] std::vector<SessionBase*> snapshot() {
        std::scoped_lock lock(sessions_mutex);
        return {sessions.begin(), sessions.end()};
    }
    [[nodiscard]] bool has(SessionBase* session) {
        std::scoped_lock lock(sessions_mutex);
        return sessions.contains(session);
    }
    bool draining = false;
    bool ended = false;  // nothing is begun any more: the loop runs out
};

class SessionBase {
  public:
    virtual ~SessionBase() = default;
    /// Called by the loop's sweep on its own thread.
    virtual void check(SteadyTime now) = 0;
    /// Graceful stop: idle ones close now, busy ones after their answer.
    virtual void drain() = 0;
    virtual void kill() = 0;
};

void start_session(Loop& loop, Socket socket, std::string peer);

/// What the peer gets for a request that cannot be routed to a handler; nothing when the request is fine.
struct Prepared {
    std::optional<Response> answer;
    const Route* route = nullptr;
    bool head = false;
};
/// Turns a parsed head into a Request and finds its route. Pure but for request ids; the fuzz target runs it too.
[[nodiscard]] Prepared prepare(Shared& shared, const beast::http::request<beast::http::string_body>& head,
                               std::string_view peer, bool secure, Request& out);
/// Status line and headers, and the body as it goes on the wire (compressed, or none for 304 and HEAD).
struct Wire {
    std::string head;
    std::string body;
};
[[nodiscard]] Wire to_wire(const ServerOptions& options, const Request& request, Response&& response, bool head,
                           bool keep_alive);

}  // namespace hl::http
