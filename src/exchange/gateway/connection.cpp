#include "exchange/gateway/connection.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace hl::exchange::gateway {

namespace {
constexpr size_t tls_record = 16 * 1024;  // the most that one holds
}

Connection::Connection(Loop& loop, Socket socket)
    : Watched(loop), owner_(loop), socket_(std::move(socket)), descriptor_(socket_.native_handle()) {
    ErrorCode ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(Tcp::no_delay(true), ignored);
    const auto peer = socket_.remote_endpoint(ignored);
    if (!ignored) peer_address_ = peer.address().to_string();
}

Connection::~Connection() {
    close();
    if (ssl_ != nullptr) SSL_free(ssl_);
}

Error Connection::broken(std::string_view what) const {
    if (expired())
        return {ErrorKind::unavailable, "exchange.timeout", "Bên kia không trả lời kịp thời hạn.",
                fmt::format("{} did not answer in time", peer_address_)};
    return {ErrorKind::unavailable, "exchange.connection", "Kết nối bị ngắt giữa chừng.",
            fmt::format("The connection with {} broke: {}", peer_address_, what)};
}

Awaitable<bool> Connection::wait(Socket::wait_type what) {
    if (!open_) co_return false;
    ErrorCode ec;
    co_await socket_.async_wait(what, asio::redirect_error(awaiting, ec));
    co_return !ec && open_;
}

Awaitable<bool> Connection::wait_for_more() {
    if (ssl_ != nullptr && SSL_has_pending(ssl_) == 1) co_return open_;
    co_return co_await wait(Socket::wait_read);
}

Connection::Step Connection::tls_step(int result) {
    if (result > 0) return Step::done;
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ:
            return Step::read;
        case SSL_ERROR_WANT_WRITE:
            return Step::write;
        case SSL_ERROR_ZERO_RETURN:
            tls_problem_.clear();
            return Step::failed;
        default: {
            const long verdict = SSL_get_verify_result(ssl_);
            const auto reason = gateway::tls_problem();
            tls_problem_ =
                verdict != X509_V_OK ? fmt::format("{} ({})", reason, X509_verify_cert_error_string(verdict)) : reason;
            return Step::failed;
        }
    }
}

Awaitable<Result<void>> Connection::handshake(std::shared_ptr<TlsContext> context, std::string host) {
    context_ = std::move(context);
    ssl_ = context_->open(descriptor_, host);
    if (ssl_ == nullptr) co_return broken("OpenSSL has no memory");
    for (;;) {
        if (!open_) co_return broken("closed");
        ERR_clear_error();
        const auto step = tls_step(SSL_do_handshake(ssl_));
        if (step == Step::done) break;
        if (step == Step::failed)
            co_return Error{ErrorKind::unavailable, "exchange.tls_handshake",
                            "Không thiết lập được kết nối TLS. Kiểm tra chứng thư hai bên.",
                            fmt::format("TLS with {} failed: {}", peer_address_, tls_problem_)};
        const bool ready = co_await wait(step == Step::read ? Socket::wait_read : Socket::wait_write);
        if (!ready) co_return broken("closed during the TLS handshake");
    }
    peer_certificate_ = gateway::peer_certificate(ssl_);
    co_return Nothing{};
}

std::optional<Result<size_t>> Connection::try_read(std::span<char> into) {
    if (!open_) return Result<size_t>{broken("closed")};
    if (ssl_ != nullptr) {
        ERR_clear_error();
        const int n = SSL_read(ssl_, into.data(), static_cast<int>(into.size()));
        const auto step = tls_step(n);
        if (step == Step::done) return Result<size_t>{static_cast<size_t>(n)};
        if (step == Step::failed) {
            if (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) return Result<size_t>{size_t{0}};
            return Result<size_t>{broken(tls_problem_)};
        }
        return std::nullopt;
    }
    const ssize_t n = ::recv(descriptor_, into.data(), into.size(), 0);
    if (n >= 0) return Result<size_t>{static_cast<size_t>(n)};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return std::nullopt;
    return Result<size_t>{broken(std::generic_category().message(errno))};
}

Awaitable<Result<size_t>> Connection::read_some(std::span<char> into) {
    for (;;) {
        if (auto n = try_read(into)) co_return std::move(*n);
        const bool ready = co_await wait(Socket::wait_read);
        if (!ready) co_return broken("closed while waiting");
    }
}

Awaitable<Result<void>> Connection::write(std::string_view first, std::string_view second, std::string_view third) {
    std::string joined;  // what goes into one TLS record from several pieces
    std::array<std::string_view, 4> pieces = {std::string_view{}, first, second, third};
    size_t at = 0;
    for (;;) {
        while (at < pieces.size() && pieces[at].empty()) ++at;
        if (at == pieces.size()) co_return Nothing{};
        if (!open_) co_return broken("closed");
        const bool last = std::all_of(pieces.begin() + static_cast<std::ptrdiff_t>(at) + 1, pieces.end(),
                                      [](auto piece) { return piece.empty(); });
        if (ssl_ != nullptr && at > 0 && !last && pieces[at].size() < tls_record) {
            joined.clear();
            for (size_t i = at; i < pieces.size() && joined.size() < tls_record; ++i) {
                const auto taken = pieces[i].substr(0, tls_record - joined.size());
                joined += taken;
                pieces[i].remove_prefix(taken.size());
            }
            pieces[0] = joined;
            at = 0;
        }
        if (ssl_ != nullptr) {
            ERR_clear_error();
            const int n =
                SSL_write(ssl_, pieces[at].data(), static_cast<int>(std::min<size_t>(pieces[at].size(), 1u << 30)));
            const auto step = tls_step(n);
            if (step == Step::done) {
                pieces[at].remove_prefix(static_cast<size_t>(n));
                continue;
            }
            if (step == Step::failed) co_return broken(tls_problem_);
            const bool ready = co_await wait(step == Step::read ? Socket::wait_read : Socket::wait_write);
            if (!ready) co_return broken("closed while writing");
            continue;
        }
        std::array<iovec, 4> parts{};
        size_t count = 0;
        for (size_t i = at; i < pieces.size(); ++i)
            parts[count++] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = count;
        const ssize_t n = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN && errno != EWOULDBLOCK) co_return broken(std::generic_category().message(errno));
            const bool ready = co_await wait(Socket::wait_write);
            if (!ready) co_return broken("closed while writing");
            continue;
        }
        auto left = static_cast<size_t>(n);
        for (size_t i = at; i < pieces.size() && left > 0; ++i) {
            const size_t taken = std::min(left, pieces[i].size());
            pieces[i].remove_prefix(taken);
            left -= taken;
        }
    }
}

bool Connection::quiet() {
    if (!open_) return false;
    char byte = 0;
    if (ssl_ != nullptr) {
        // Session tickets come after the handshake: let OpenSSL eat them.
        ERR_clear_error();
        const int n = SSL_peek(ssl_, &byte, 1);
        return n <= 0 && tls_step(n) == Step::read;
    }
    return ::recv(descriptor_, &byte, 1, MSG_PEEK) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Connection::shut_down() {
    if (!open_) return;
    if (ssl_ != nullptr) {
        ERR_clear_error();
        SSL_shutdown(ssl_);
    }
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Connection::close() {
    if (!std::exchange(open_, false)) return;
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1) {
        ERR_clear_error();
        SSL_shutdown(ssl_);
        ERR_clear_error();
    }
    ErrorCode ignored;
    socket_.close(ignored);
}

void Connection::abort() {
    if (!open_) return;
    ErrorCode ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    open_ = false;
    socket_.close(ignored);
}

}  // namespace hl::exchange::gateway
