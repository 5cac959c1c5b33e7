// HTTP requests and responses as the rooms see them: plain values, no sockets. Header names compare without case.
#pragma once
#include <atomic>
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hl::http {

struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method;  // upper case
    std::string path;    // decoded, normalised ("/a/../b" is refused before it gets here)
    std::string target;  // as sent
    std::vector<Header> headers;
    std::string body;
    std::string request_id;  // from X-Request-Id when well-formed, else made here; echoed and logged
    std::string remote;      // peer address, or the forwarded one when the peer is a trusted proxy
    bool secure = false;     // came over TLS (or a trusted proxy says so)
    Instant at;
    std::vector<std::pair<std::string, std::string>> path_params;  // {code} → value, decoded
    std::vector<std::pair<std::string, std::string>> query;        // decoded, in order

    [[nodiscard]] std::string_view header(std::string_view name) const;  // "" when absent
    [[nodiscard]] std::string_view param(std::string_view name) const;   // path parameter
    [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
    [[nodiscard]] std::string_view cookie(std::string_view name) const;
    /// Body as JSON; errors json.malformed, http.media_type (not application/json).
    [[nodiscard]] Result<boost::json::value> json() const;
    /// "vi" (default) or "en", from Accept-Language.
    [[nodiscard]] std::string_view language() const;
};

/// A body that goes on: the server opens it with a sender and closes it when the peer has gone. `send` may be called
/// from any thread and gives false when the subscriber is gone or too slow; it was cut then. An empty chunk: the end.
class Stream {
  public:
    using Send = std::function<bool(std::string chunk)>;
    virtual ~Stream() = default;
    virtual void open(Send send) = 0;
    virtual void closed() = 0;
    [[nodiscard]] virtual std::string heartbeat() const { return {}; }
};

struct Response {
    int status = 200;
    std::vector<Header> headers;
    std::string body;
    std::shared_ptr<Stream> stream{};  // instead of a body

    [[nodiscard]] static Response json(const boost::json::value& value, int status = 200);
    [[nodiscard]] static Response text(std::string body, std::string_view type = "text/plain; charset=utf-8",
                                       int status = 200);
    [[nodiscard]] static Response no_content();
    /// RFC 9457 problem document: type, title, status, detail, instance (request id), code, errors[{pointer,…}], rule.
    [[nodiscard]] static Response problem(const Error& error, const Request& request);
    [[nodiscard]] static Response problem(const std::vector<Error>& errors, const Request& request);
    Response& set(std::string_view name, std::string value) &;
    Response&& set(std::string_view name, std::string value) &&;
};

[[nodiscard]] int status_of(ErrorKind kind);

/// Answers one request, once, from any thread. Dropped unanswered, it sends 500 so that nobody waits for ever.
class Responder {
  public:
    using Send = std::function<void(Response&&)>;
    explicit Responder(Send send) : send_(std::make_shared<Once>(std::move(send))) {}
    void operator()(Response&& response) const { send_->fire(std::move(response)); }

  private:
    struct Once {
        explicit Once(Send s) : send(std::move(s)) {}
        ~Once();
        void fire(Response&& response);
        Send send;
        std::atomic<bool> fired = false;
    };
    std::shared_ptr<Once> send_;
};

}  // namespace hl::http
