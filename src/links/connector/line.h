// The wire to one partner: a connection that is kept open, TLS always verified, every exchange taken down for the
// journal with secrets blacked out. One thread at a time; a worker has its own.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/client.h"

namespace hl::connector {

struct Exchange {
    std::string operation;  // the partner's word: "DongBoHoSoMC"
    std::string url;        // without a query
    Instant at;
    int64_t took_ms = 0;
    int status = 0;       // HTTP; 0: no answer
    std::string problem;  // http.timeout, http.tls…; empty when there was an answer
    std::string request, response;
    std::string kept;  // both, packed as the journal keeps them; empty: it does that itself
};

/// How bytes travel; tests hand in their own.
using Transport = std::function<Result<http::Response>(const http::ClientRequest&)>;

class Line {
  public:
    /// Without a transport: libcurl, one kept connection.
    explicit Line(const Clock& clock, Transport transport = {});
    ~Line();
    Line(Line&&) noexcept;
    Line& operator=(Line&&) = delete;
    /// Errors: http.unreachable, http.timeout, http.tls, http.too_large.
    [[nodiscard]] Result<http::Response> send(const http::ClientRequest& request, std::string_view operation);
    /// From now on these characters are shown as "•••" in what is taken down: passwords, keys, sessions.
    void hide(std::string secret);
    /// Takes down an exchange over another wire than HTTP (mail), secrets blacked out alike.
    void note(Exchange exchange);
    /// What was taken down last; null: nothing since `take`. For who must not keep all of it: an answer about many
    /// people is nobody's to be erased with.
    [[nodiscard]] Exchange* last();
    /// What was exchanged since the last call.
    [[nodiscard]] std::vector<Exchange> take();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hl::connector
