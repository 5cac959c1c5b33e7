// What the gateway's entries have in common: a connection served request after request, within limits of number, size
// and time. Each session is a coroutine on its loop.
#pragma once
#include <atomic>

#include "exchange/gateway/core.h"
#include "exchange/gateway/http_stream.h"

namespace hl::exchange::gateway {

/// One connection of an entry, as long as it lives.
struct Session {
    Session(Loop& loop, Socket socket) : connection(loop, std::move(socket)), reader(connection) {}
    Connection connection;
    HttpReader reader;
    HttpHead head;           // of the request that is being answered
    bool keep_alive = true;  // after this answer
};

/// Answers one request whose head has been read. The body is read from `session.reader`.
using Serve = std::function<Awaitable<void>(Session& session)>;

/// Connections of all loops and entries, counted.
class Admission {
  public:
    Admission(size_t all, size_t per_peer) : all_(all), per_peer_(per_peer) {}
    [[nodiscard]] bool enter(const std::string& peer);
    void leave(const std::string& peer);
    [[nodiscard]] size_t count() const { return count_; }

  private:
    size_t all_, per_peer_;
    std::atomic<size_t> count_{0};
    std::mutex mutex_;
    std::unordered_map<std::string, size_t> peers_;
};

class Entry {
  public:
    Entry(Loop& loop, Core& core, Admission& admission, std::shared_ptr<TlsContext> tls, Serve serve);
    /// Port 0: any free one; the kernel shares one port among the loops. Error exchange.listen.
    [[nodiscard]] Result<void> listen(const std::string& address, int port);
    [[nodiscard]] int port() const { return port_; }
    void begin();
    /// Could one program alone have this port? Error exchange.listen.
    [[nodiscard]] static Result<void> probe(const std::string& address, int port);

  private:
    [[nodiscard]] Awaitable<void> accept();
    [[nodiscard]] Awaitable<void> serve(std::unique_ptr<Session> session);
    [[nodiscard]] Awaitable<void> serve_all(Session& session);

    Loop& loop_;
    Core& core_;
    Admission& admission_;
    std::shared_ptr<TlsContext> tls_;
    Serve serve_;
    Acceptor acceptor_;
    int port_ = 0;
};

/// A whole answer of the gateway's own. `headers` are lines with CRLF.
[[nodiscard]] Awaitable<Result<void>> answer_with(Session& session, int status, std::string_view content_type,
                                                  std::string_view body, std::string_view headers = {});
/// Reads what is left of the request's body when that is little; else the connection will not be used again.
[[nodiscard]] Awaitable<void> finish_request(Session& session);

}  // namespace hl::exchange::gateway
