// HTTP/1.1 messages taken apart from pieces of any size: strict where programs disagree (lengths, folded lines), and
// nothing held but the head. Pure; one thread at a time.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace hl::exchange::gateway {

struct HttpHead {
    std::string method, target;  // of a request
    int status = 0;              // of a response
    std::string reason;
    int version = 11;
    std::vector<http::Header> headers;  // as sent, in order
    bool keep_alive = true;
    bool has_body = false;           // a length was given (0 too), or chunks, or the end of the connection ends it
    std::optional<uint64_t> length;  // when given
    bool expects_continue = false;
    [[nodiscard]] std::string_view header(std::string_view name) const;  // the first; "" when absent
};

class HttpParser {
  public:
    enum class Kind { request, response, response_to_head };
    explicit HttpParser(Kind kind, size_t head_limit = 64 * 1024);
    ~HttpParser();
    HttpParser(HttpParser&&) noexcept;
    HttpParser& operator=(HttpParser&&) noexcept;

    /// Takes from the front of `bytes` and says how much; 0: more bytes are needed. Stops after the head, and after
    /// each piece of the body, which `piece` then shows inside `bytes`. Error exchange.http.
    [[nodiscard]] Result<size_t> feed(std::string_view bytes);
    /// The connection's end: right only where the end may be the body's.
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] bool head_done() const;
    [[nodiscard]] bool done() const;
    [[nodiscard]] bool begun() const;
    [[nodiscard]] HttpHead& head();
    /// Of the last feed; empty when it brought none.
    [[nodiscard]] std::string_view piece() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// "name: value\r\n" lines; a value with a line break is left out.
void append_headers(std::string& out, const std::vector<http::Header>& headers);

}  // namespace hl::exchange::gateway
