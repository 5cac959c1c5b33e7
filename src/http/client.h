// A small blocking HTTP client over libcurl for connectors, OpenID Connect and tests. TLS is always verified.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "http/message.h"

namespace hl::http {

struct ClientRequest {
    std::string method = "GET";
    std::string url;
    std::vector<Header> headers;
    std::string body;
    std::chrono::milliseconds timeout{10'000};
    size_t max_response = 32u << 20;
    std::string ca_file{};  // extra trust anchor
};
/// Errors: http.unreachable, http.timeout, http.tls, http.too_large.
[[nodiscard]] Result<Response> send(const ClientRequest& request);

/// The same over a connection that is kept open between requests. One thread at a time.
class KeptConnection {
  public:
    KeptConnection();
    ~KeptConnection();
    KeptConnection(KeptConnection&&) noexcept;
    KeptConnection& operator=(KeptConnection&&) = delete;
    [[nodiscard]] Result<Response> send(const ClientRequest& request);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hl::http
