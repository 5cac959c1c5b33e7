// multipart/mixed and multipart/related as a stream: a parser that is fed pieces of any size and reports part heads,
// body pieces and part ends, and a writer of the boundaries and heads. Never holds a body. One thread at a time.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace hl::exchange {

struct MimeLimits {
    size_t head = 16 * 1024;  // bytes of one part's head
    size_t parts = 1000;
};

class MimeParser {
  public:
    struct Events {
        std::function<Result<void>(const std::vector<http::Header>& head)> part;
        std::function<Result<void>(std::string_view piece)> body;
        std::function<Result<void>()> part_end;
    };
    MimeParser(std::string boundary, Events events, MimeLimits limits = {});
    /// Errors: exchange.mime (malformed), exchange.mime_limit, or what an event returned.
    [[nodiscard]] Result<void> feed(std::string_view bytes);
    /// At the end of the stream: error exchange.mime when the closing boundary has not come.
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] bool closed() const;

  private:
    Result<void> take(std::string_view bytes);
    Result<void> take_body(std::string_view& bytes);
    Result<void> take_after_boundary(std::string_view& bytes);
    Result<void> take_head(std::string_view& bytes);
    Result<void> begin_body(const std::vector<http::Header>& head);
    Result<void> emit(std::string_view piece);

    std::string delimiter_;
    Events events_;
    MimeLimits limits_;
    std::string held_;  // at most a boundary and its line ends, or one head
    enum class State { preamble, head, body, after_boundary, closed, failed } state_ = State::preamble;
    bool preamble_ = true;  // the boundary just read came before any part
    bool borrowed_ = true;  // the CR LF of the delimiter belongs to what came before: it is no body when it fails
    size_t parts_ = 0;
};

/// The boundary parameter of a multipart content type; empty when it is none.
[[nodiscard]] std::string boundary_of(std::string_view content_type);
/// "--boundary\r\ncontent-type:…\r\n\r\n" (after the first part a CRLF comes before).
[[nodiscard]] std::string part_head(std::string_view boundary, std::string_view content_type, bool first,
                                    const std::vector<http::Header>& more = {});
[[nodiscard]] std::string closing(std::string_view boundary);

}  // namespace hl::exchange
