// One TCP connection, plain or TLS, as a coroutine sees it: read what there is, write all of it, wait. OpenSSL works on
// the descriptor itself, so an idle connection holds no buffer of ours. Belongs to its loop's thread.
#pragma once
#include "exchange/gateway/loop.h"
#include "exchange/gateway/tls.h"

namespace hl::exchange::gateway {

class Connection final : public Watched {
  public:
    Connection(Loop& loop, Socket socket);
    ~Connection() override;

    /// Before the first byte. `host` is what a client's side expects.
    [[nodiscard]] Awaitable<Result<void>> handshake(std::shared_ptr<TlsContext> context, std::string host);
    /// At least one byte; 0 at the end. Errors: exchange.connection (reset, closed by us), exchange.timeout.
    [[nodiscard]] Awaitable<Result<size_t>> read_some(std::span<char> into);
    /// What has come already, without waiting: nothing there is no value.
    [[nodiscard]] std::optional<Result<size_t>> try_read(std::span<char> into);
    /// All of it.
    [[nodiscard]] Awaitable<Result<void>> write(std::string_view first, std::string_view second = {},
                                                std::string_view third = {});
    /// Until there is something to read, or the end. False: the connection was ended or expired.
    [[nodiscard]] Awaitable<bool> wait_for_more();
    /// While this is so, a stop closes the connection at once.
    void set_idle(bool idle) { idle_ = idle; }
    /// Nothing has come and the peer has not gone: fit for a new request.
    [[nodiscard]] bool quiet();

    /// The peer learns that nothing more comes, and can still read what went out.
    void shut_down();
    void close();
    /// Closed so that the peer sees an error, not an end.
    void abort();
    [[nodiscard]] bool is_open() const { return open_; }
    [[nodiscard]] bool secure() const { return ssl_ != nullptr; }
    /// SHA-256 hex of the certificate that the peer showed; "" when none.
    [[nodiscard]] const std::string& peer_certificate() const { return peer_certificate_; }
    [[nodiscard]] const std::string& peer_address() const { return peer_address_; }
    [[nodiscard]] Loop& loop() { return owner_; }

  private:
    void on_expired() override { abort(); }
    void on_drain() override {
        if (idle_) close();
    }
    void on_kill() override { abort(); }
    [[nodiscard]] Error broken(std::string_view what) const;
    [[nodiscard]] Awaitable<bool> wait(Socket::wait_type what);
    enum class Step { done, read, write, failed };
    [[nodiscard]] Step tls_step(int result);

    Loop& owner_;
    Socket socket_;
    int descriptor_;
    SSL* ssl_ = nullptr;
    std::shared_ptr<TlsContext> context_;
    std::string peer_certificate_, peer_address_, tls_problem_;
    bool open_ = true, idle_ = false;
};

}  // namespace hl::exchange::gateway
