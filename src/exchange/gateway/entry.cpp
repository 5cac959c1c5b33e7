#include "exchange/gateway/entry.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/log.h"

namespace hl::exchange::gateway {

namespace {

constexpr size_t worth_reading = 256 * 1024;  // of a body that nobody wants, to keep its connection
constexpr milliseconds linger_time{2'000};    // after a refusal: time for the peer to read it

Error cannot_listen(const std::string& address, int port, const std::string& why) {
    return {ErrorKind::unavailable, "exchange.listen",
            fmt::format("Không mở được cổng {}:{}. Cổng có thể đang được chương trình khác dùng.", address, port),
            fmt::format("Cannot listen on {}:{}: {}. Is another program using the port?", address, port, why)};
}

/// The answer is out: say so, and let the peer read it before the socket goes (RFC 9112 9.6). A coroutine of its own,
/// so that idle connections do not carry its buffer.
Awaitable<void> linger(Connection& connection) {
    connection.shut_down();
    connection.expire_in(linger_time);
    std::array<char, 4096> nowhere;
    for (;;) {
        const auto n = co_await connection.read_some(nowhere);
        if (!n.ok() || n.value() == 0) break;
    }
}

}  // namespace

bool Admission::enter(const std::string& peer) {
    if (++count_ > all_) {
        --count_;
        return false;
    }
    std::scoped_lock lock(mutex_);
    auto& n = peers_[peer];
    if (n >= per_peer_) {
        --count_;
        return false;
    }
    ++n;
    return true;
}

void Admission::leave(const std::string& peer) {
    --count_;
    std::scoped_lock lock(mutex_);
    if (auto it = peers_.find(peer); it != peers_.end() && --it->second == 0) peers_.erase(it);
}

Entry::Entry(Loop& loop, Core& core, Admission& admission, std::shared_ptr<TlsContext> tls, Serve serve)
    : loop_(loop),
      core_(core),
      admission_(admission),
      tls_(std::move(tls)),
      serve_(std::move(serve)),
      acceptor_(loop.context()) {
    loop.on_drain([this] {
        ErrorCode ignored;
        acceptor_.close(ignored);
    });
}

Result<void> Entry::listen(const std::string& address, int port) {
    ErrorCode ec;
    const auto parsed = asio::ip::make_address(address, ec);
    if (ec) return cannot_listen(address, port, ec.message());
    const Tcp::endpoint endpoint(parsed, static_cast<unsigned short>(port));
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
    using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    if (!ec) acceptor_.set_option(ReusePort(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(4096, ec);
    if (ec) return cannot_listen(address, port, ec.message());
    port_ = acceptor_.local_endpoint().port();
    return {};
}

Result<void> Entry::probe(const std::string& address, int port) {
    ErrorCode ec;
    const auto parsed = asio::ip::make_address(address, ec);
    if (ec) return cannot_listen(address, port, ec.message());
    const Tcp::endpoint endpoint(parsed, static_cast<unsigned short>(port));
    asio::io_context context(1);
    Acceptor alone(context);
    alone.open(endpoint.protocol(), ec);
    if (!ec) alone.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) alone.bind(endpoint, ec);
    if (ec) return cannot_listen(address, port, ec.message());
    return {};
}

void Entry::begin() {
    asio::co_spawn(loop_.context().get_executor(), accept(), asio::detached);
}

Awaitable<void> Entry::accept() {
    for (;;) {
        ErrorCode ec;
        Socket socket = co_await acceptor_.async_accept(asio::redirect_error(awaiting, ec));
        if (loop_.draining() || ec == asio::error::operation_aborted) co_return;
        if (ec) {
            // Out of descriptors, most likely: wait a little instead of spinning.
            Timer pause(loop_.context(), milliseconds{50});
            co_await pause.async_wait(asio::redirect_error(awaiting, ec));
            continue;
        }
        auto session = std::make_unique<Session>(loop_, std::move(socket));
        if (!admission_.enter(session->connection.peer_address())) {
            ++core_.figures.refused;
            session->connection.abort();
            continue;
        }
        ++core_.figures.connections;
        asio::co_spawn(loop_.context().get_executor(), serve(std::move(session)), asio::detached);
    }
}

Awaitable<void> Entry::serve(std::unique_ptr<Session> session) {
    const std::string peer = session->connection.peer_address();
    try {
        co_await serve_all(*session);
    } catch (const std::exception& e) {
        log::error("exchange", "a request's work threw", {{"what", e.what()}});
        session->connection.abort();
    }
    session.reset();
    admission_.leave(peer);
}

Awaitable<void> Entry::serve_all(Session& session) {
    auto& connection = session.connection;
    const auto& settings = core_.settings;
    if (tls_) {
        connection.expire_in(settings.head_time);
        const auto shaken = co_await connection.handshake(tls_, {});
        if (!shaken.ok()) {
            ++core_.figures.refused;
            log::debug("exchange", "a TLS handshake failed", {{"why", shaken.error().en}});
            co_return;
        }
    }
    while (connection.is_open()) {
        if (!session.reader.has_bytes()) {
            // An idle connection holds its socket, this frame and nothing else.
            session.reader.release();
            connection.expire_in(settings.idle_time);
            connection.set_idle(true);
            if (loop_.draining()) break;
            const bool more = co_await connection.wait_for_more();
            connection.set_idle(false);
            if (!more) break;
        }
        connection.expire_in(settings.head_time);
        session.reader.begin(HttpParser::Kind::request, settings.max_head);
        auto head = co_await session.reader.head();
        if (!head.ok()) {
            if (head.error().code == "exchange.http") {
                session.keep_alive = false;
                ++core_.figures.refused;
                (void)co_await answer_with(session, 400, "text/plain; charset=utf-8", head.error().en);
            }
            break;
        }
        session.head = std::move(head).value();
        session.keep_alive = session.head.keep_alive && !loop_.draining();
        session.reader.set_pace(settings.pace);
        connection.never_expire();
        co_await serve_(session);
        session.head = {};
        if (!session.keep_alive || !connection.is_open()) break;
    }
    if (!connection.is_open()) co_return;
    co_await linger(connection);
}

Awaitable<Result<void>> answer_with(Session& session, int status, std::string_view content_type, std::string_view body,
                                    std::string_view headers) {
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
    if (!content_type.empty()) head.append("Content-Type: ").append(content_type).append("\r\n");
    head += headers;
    if (!session.keep_alive) head += "Connection: close\r\n";
    session.connection.expire_in(std::chrono::seconds{60});
    if (session.head.method != "HEAD") co_return co_await write_whole(session.connection, std::move(head), body);
    head += fmt::format("Content-Length: {}\r\n", body.size());
    co_return co_await write_whole(session.connection, std::move(head), std::nullopt);
}

Awaitable<void> finish_request(Session& session) {
    size_t read = 0;
    // A client that waits for 100 Continue has not sent its body and need not.
    if (session.head.expects_continue && !session.reader.done()) session.keep_alive = false;
    if (session.head.length && *session.head.length > worth_reading) session.keep_alive = false;
    while (session.keep_alive && !session.reader.done()) {
        const auto piece = co_await session.reader.piece();
        if (!piece.ok()) {
            session.keep_alive = false;
            break;
        }
        read += piece.value().size();
        if (piece.value().empty()) break;
        if (read > worth_reading) session.keep_alive = false;
    }
}

}  // namespace hl::exchange::gateway
