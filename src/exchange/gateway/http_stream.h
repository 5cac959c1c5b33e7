// HTTP messages over a connection: a reader that gives the head and then the body piece by piece, and a writer of whole
// or chunked messages. Neither holds a body. Belong to the connection's thread.
#pragma once
#include "exchange/gateway/connection.h"
#include "exchange/gateway/http_parser.h"

namespace hl::exchange::gateway {

class HttpReader {
  public:
    explicit HttpReader(Connection& connection) : connection_(connection) {}
    /// Before each message.
    void begin(HttpParser::Kind kind, size_t head_limit = 64 * 1024);
    /// Is a part of the next message here already?
    [[nodiscard]] bool has_bytes() const { return from_ < to_; }
    /// Nothing buffered: gives the memory back.
    void release();
    /// The head (of a response: the final one, interim ones are skipped). Error exchange.closed: the end came before
    /// the first byte; exchange.http; those of the connection.
    [[nodiscard]] Awaitable<Result<HttpHead>> head();
    /// The next piece, valid until the next call; empty at the body's end. Answers an expected 100-continue first.
    [[nodiscard]] Awaitable<Result<std::string_view>> piece();
    [[nodiscard]] bool done() const { return parser_->done(); }
    /// Where the whole body is in the buffer already: reads it without waiting.
    [[nodiscard]] Connection& connection() { return connection_; }
    /// Each read of the message that has begun may take this long (0: the connection's deadline is not touched).
    void set_pace(milliseconds pace) { pace_ = pace; }

  private:
    [[nodiscard]] Awaitable<Result<size_t>> fill();

    Connection& connection_;
    std::optional<HttpParser> parser_;
    HttpParser::Kind kind_ = HttpParser::Kind::request;
    size_t head_limit_ = 64 * 1024;
    bool continue_owed_ = false;
    milliseconds pace_{0};
    std::unique_ptr<char[]> buffer_;
    size_t size_ = 0, from_ = 0, to_ = 0;
};

/// `head` is a start line and header lines, each with its CRLF, without the empty line and without what frames the
/// body. A whole message in one write; no Content-Length when `body` is none.
[[nodiscard]] Awaitable<Result<void>> write_whole(Connection& connection, std::string head,
                                                  std::optional<std::string_view> body);
/// The head of a message whose body follows in chunks.
[[nodiscard]] Awaitable<Result<void>> write_chunked_head(Connection& connection, std::string head);
[[nodiscard]] Awaitable<Result<void>> write_chunk(Connection& connection, std::string_view piece);
/// The last chunk: the message is complete. `piece` goes before it.
[[nodiscard]] Awaitable<Result<void>> write_last_chunk(Connection& connection, std::string_view piece = {});

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace hl::exchange::gateway
