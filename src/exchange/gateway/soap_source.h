// SOAP over HTTP taken apart and put together: a message alone, or as the first part of a multipart with attachments
// (SwA, MTOM), the attachments as a stream. Belong to one loop.
#pragma once
#include <deque>

#include "exchange/gateway/sources.h"
#include "exchange/protocol/mime.h"

namespace hl::exchange::gateway {

struct SoapStart {
    std::string xml;
    std::string content_type;             // of the message itself
    std::vector<http::Header> head_more;  // other headers of its part
};

/// Gives the message first, then the attachments as parts.
class SoapSource final : public PlainSource {
  public:
    /// `bytes` is the HTTP body (of one part), `content_type` its type. Errors: exchange.invalid_content_type,
    /// exchange.mime, exchange.message_limit (the message is longer than `limit`), exchange.missing_message.
    SoapSource(std::unique_ptr<PlainSource> bytes, std::string content_type, size_t limit);
    [[nodiscard]] Awaitable<Result<SoapStart>> start();
    [[nodiscard]] Awaitable<Result<Piece>> next() override;

  private:
    struct Event {
        bool part = false;
        std::vector<http::Header> head;
        std::string bytes;
    };
    [[nodiscard]] Awaitable<Result<void>> more();
    Result<void> add(std::string_view piece);

    std::unique_ptr<PlainSource> source_;
    OnePart bytes_;
    std::string content_type_;
    size_t limit_;
    std::unique_ptr<MimeParser> parts_;
    SoapStart start_;
    size_t seen_parts_ = 0;
    std::deque<Event> waiting_;
    Event current_;
    bool started_ = false, over_ = false;
};

/// A SOAP message as an HTTP body of the type that the sender gave it: alone, or before `attachments` in a multipart
/// with the boundary that the type names.
class SoapBytes final : public ByteSource {
  public:
    SoapBytes(std::string xml, std::string_view part_type, const std::vector<http::Header>& head_more,
              std::string_view content_type, PlainSource& attachments);
    [[nodiscard]] Awaitable<Result<std::string_view>> next() override;

  private:
    std::string boundary_;
    PlainSource& attachments_;
    std::string current_;
    bool begun_ = false, over_ = false;
};

}  // namespace hl::exchange::gateway
