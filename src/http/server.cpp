#include "http/server.h"

#include <thread>

#include "base/crypto.h"
#include "base/log.h"
#include "http/session.h"

namespace hl::http {

namespace {

constexpr std::chrono::milliseconds sweep_interval{100};
constexpr std::string_view busy_answer =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";

Error cannot_listen(const ServerOptions& o, const std::string& why) {
    return {ErrorKind::unavailable, "http.listen",
            fmt::format("Không mở được cổng {}:{}. Cổng có thể đang được chương trình khác dùng.", o.address, o.port),
            fmt::format("Cannot listen on {}:{}: {}. Is another program using the port?", o.address, o.port, why)};
}

std::unique_ptr<asio::ssl::context> make_tls(const ServerOptions& o) {
    auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                     asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 |
                     SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    tls->use_certificate_chain_file(o.tls_certificate.string());
    tls->use_private_key_file(o.tls_key.string(), asio::ssl::context::pem);
    SSL_CTX_set_cipher_list(tls->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_alpn_select_cb(
        tls->native_handle(),
        [](SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in, unsigned int in_length,
           void*) {
            static constexpr unsigned char http11[] = "\x08http/1.1";
            return SSL_select_next_proto(const_cast<unsigned char**>(out), out_length, http11, 9, in, in_length) ==
                           OPENSSL_NPN_NEGOTIATED
                       ? SSL_TLSEXT_ERR_OK
                       : SSL_TLSEXT_ERR_NOACK;
        },
        nullptr);
    return tls;
}

void accept_next(Loop& loop);

void admit(Loop& loop, Socket socket) {
    Shared& shared = loop.shared;
    beast::error_code ec;
    const auto endpoint = socket.remote_endpoint(ec);
    if (ec) return;
    std::string peer = endpoint.address().to_string();
    bool welcome = ++shared.connections <= shared.options.max_connections;
    if (welcome) {
        std::scoped_lock lock(shared.peers_mutex);
        auto& count = shared.peers[peer];
        welcome = ++count <= shared.options.max_connections_per_peer;
        if (!welcome && --count == 0) shared.peers.erase(peer);
    }
    if (!welcome) {
        --shared.connections;
        ++*shared.refused;
        socket.non_blocking(true, ec);
        if (!shared.tls) socket.write_some(asio::buffer(busy_answer), ec);
        return;
    }
    start_session(loop, std::move(socket), std::move(peer));
}

void accept_next(Loop& loop) {
    loop.acceptor.async_accept(loop.context, [&loop](beast::error_code ec, Socket socket) {
        if (loop.draining || ec == asio::error::operation_aborted) return;
        if (ec) {
            // Out of descriptors, most likely: wait a little instead of spinning.
            auto pause = std::make_shared<decltype(loop.sweep)>(loop.context, std::chrono::milliseconds{50});
            pause->async_wait([&loop, pause](beast::error_code) {
                if (!loop.draining) accept_next(loop);
            });
            return;
        }
        admit(loop, std::move(socket));
        accept_next(loop);
    });
}

void sweep(Loop& loop) {
    loop.sweep.expires_after(sweep_interval);
    loop.sweep.async_wait([&loop](beast::error_code ec) {
        // A timer that has fired already cannot be cancelled: it must not begin again by itself.
        if (ec || loop.ended) return;
        const auto now = std::chrono::steady_clock::now();
        // A check may end a session and so change the set.
        const auto sessions = loop.snapshot();
        for (auto* s : sessions)
            if (loop.has(s)) s->check(now);
        sweep(loop);
    });
}

}  // namespace

struct Server::State {
    State(ServerOptions o, Router r, const Clock& c, Random& ra, Metrics& m)
        : shared(std::move(o), std::move(r), c, ra, m) {}
    Shared shared;
    std::vector<std::unique_ptr<Loop>> loops;
    std::vector<std::thread> threads;
    unsigned short port = 0;
    std::mutex stop_mutex;
    bool started = false, stopped = false;
};

Server::Server(ServerOptions options, Router router, const Clock& clock, Random& random, Metrics& metrics)
    : state_(std::make_shared<State>(std::move(options), std::move(router), clock, random, metrics)) {
    auto& shared = state_->shared;
    shared.boot = crypto::to_hex(crypto::random_bytes(random, 6));
    const auto counters = [&](const std::string& method, const std::string& route) {
        Shared::RouteMetrics m;
        for (size_t c = 1; c <= 5; ++c)
            m.by_class[c] = &metrics.counter("hienluong_http_requests", "Requests answered",
                                             {{"method", method}, {"route", route}, {"class", fmt::format("{}xx", c)}});
        return m;
    };
    for (const auto& route : shared.router.routes()) {
        auto m = counters(route.method, route.pattern);
        m.duration = &metrics.histogram("hienluong_http_request_seconds", "Time from the request's head to its answer",
                                        {{"method", route.method}, {"route", route.pattern}});
        shared.route_metrics.emplace(&route, m);
    }
    shared.unmatched = counters("", "");
    shared.bytes_out = &metrics.counter("hienluong_http_sent_bytes", "Bytes of answers");
    shared.refused = &metrics.counter("hienluong_http_refused",
                                      "Connections and requests refused for their size, speed, form or number");
    std::weak_ptr<State> weak = state_;
    metrics.gauge("hienluong_http_connections", "Open connections", [weak]() -> double {
        const auto state = weak.lock();
        return state ? static_cast<double>(state->shared.connections.load()) : 0;
    });
}

Server::~Server() {
    stop();
}

Result<void> Server::start() {
    auto& shared = state_->shared;
    const auto& o = shared.options;
    try {
        if (!o.tls_certificate.empty()) shared.tls = make_tls(o);
    } catch (const std::exception& e) {
        return Error{ErrorKind::unavailable, "http.tls", "Không đọc được chứng thư hoặc khoá TLS.",
                     fmt::format("The TLS certificate or key cannot be used: {}", e.what())};
    }
    beast::error_code ec;
    const auto address = asio::ip::make_address(o.address, ec);
    if (ec) return cannot_listen(o, ec.message());
    const int count =
        o.io_threads > 0 ? o.io_threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    shared.workers = std::make_unique<asio::thread_pool>(static_cast<size_t>(o.workers));
    state_->port = o.port;
    if (o.port != 0) {
        // The loops share the port among themselves; one that another program holds must not be shared with it.
        asio::io_context context;
        asio::basic_socket_acceptor<asio::ip::tcp, Executor> probe(context);
        probe.open(asio::ip::tcp::endpoint(address, o.port).protocol(), ec);
        if (!ec) probe.set_option(asio::socket_base::reuse_address(true), ec);
        if (!ec) probe.bind({address, o.port}, ec);
        if (ec) return cannot_listen(o, ec.message());
    }
    for (int i = 0; i < count; ++i) {
        auto loop = std::make_unique<Loop>(shared);
        loop->owner = state_;
        const asio::ip::tcp::endpoint endpoint(address, state_->port);
        loop->acceptor.open(endpoint.protocol(), ec);
        if (!ec) loop->acceptor.set_option(asio::socket_base::reuse_address(true), ec);
        // Every loop accepts for itself; the kernel shares the connections out.
        using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
        if (!ec) loop->acceptor.set_option(ReusePort(true), ec);
        if (!ec) loop->acceptor.bind(endpoint, ec);
        if (!ec) loop->acceptor.listen(4096, ec);
        if (ec) return cannot_listen(o, ec.message());
        if (i == 0) state_->port = loop->acceptor.local_endpoint().port();
        state_->loops.push_back(std::move(loop));
    }
    for (auto& loop : state_->loops) {
        accept_next(*loop);
        sweep(*loop);
        state_->threads.emplace_back([l = loop.get()] {
            for (;;) {
                try {
                    l->context.run();
                    return;
                } catch (const std::exception& e) {
                    log::error("http", "a connection's handler threw", {{"what", e.what()}});
                }
            }
        });
    }
    state_->started = true;
    return Nothing{};
}

unsigned short Server::port() const {
    return state_->port;
}

void Server::stop() {
    std::scoped_lock lock(state_->stop_mutex);
    if (state_->stopped || !state_->started) return;
    state_->stopped = true;
    state_->shared.stopping = true;
    for (auto& loop : state_->loops)
        asio::post(loop->context, [l = loop.get()] {
            l->draining = true;
            beast::error_code ignored;
            l->acceptor.close(ignored);
            const auto sessions = l->snapshot();
            for (auto* s : sessions)
                if (l->has(s)) s->drain();
        });
    const auto until = std::chrono::steady_clock::now() + state_->shared.options.stop_time;
    while (state_->shared.connections > 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    state_->shared.workers->join();
    for (auto& loop : state_->loops)
        asio::post(loop->context, [l = loop.get()] {
            const auto sessions = l->snapshot();
            for (auto* s : sessions)
                if (l->has(s)) s->kill();
            l->ended = true;
            l->sweep.cancel();
        });
    for (auto& t : state_->threads) t.join();
    state_->threads.clear();
}

void add_health(Router& router, std::function<boost::json::object()> check) {
    router.get("/healthz", [check = std::move(check)](const Request&) {
        auto status = check();
        const bool well = status.contains("status") && status.at("status") == "ok";
        return Response::json(std::move(status), well ? 200 : 503).set("Cache-Control", "no-store");
    });
}

void add_metrics(Router& router, const Metrics& metrics) {
    router.get("/metrics", [&metrics](const Request&) {
        return Response::text(metrics.text(), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    });
}

}  // namespace hl::http
