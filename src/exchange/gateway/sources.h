// How a message flows through a gateway: as a source that the next one pulls. A plain source gives parts and bytes, and
// its end means that the message is whole and may be believed; a signed source gives the signature after that. Signing
// (OutgoingMessage) makes a signed source out of a plain one, checking (IncomingMessage) a plain one out of a signed
// one; between them lies a connection, or nothing when both sides are the same gateway. One thread: that of the loop.
#pragma once
#include "exchange/gateway/coroutine.h"
#include "exchange/trust/signature.h"
#include "http/message.h"

namespace hl::exchange::gateway {

/// A part begins (a REST body, an attachment with its head), bytes of it (valid until the next call), or the end.
struct Piece {
    enum class Kind { part, bytes, end } kind = Kind::end;
    std::vector<http::Header> head{};
    std::string_view bytes{};
};

class PlainSource {
  public:
    virtual ~PlainSource() = default;
    /// After the end: the end.
    [[nodiscard]] virtual Awaitable<Result<Piece>> next() = 0;
};

class SignedSource : public PlainSource {
  public:
    /// After the end of the parts, once.
    [[nodiscard]] virtual Awaitable<Result<MessageSignature>> signature() = 0;
};

/// A body as it will be written: for REST the one part's bytes, for SOAP with attachments the multipart around them.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    /// Valid until the next call; empty at the end, after which the message may be completed.
    [[nodiscard]] virtual Awaitable<Result<std::string_view>> next() = 0;
};

/// The bytes of a message's only part. `has_body` is known after the first call.
class OnePart final : public ByteSource {
  public:
    explicit OnePart(PlainSource& parts) : parts_(parts) {}
    [[nodiscard]] Awaitable<Result<std::string_view>> next() override;
    [[nodiscard]] bool has_body() const { return has_body_; }

  private:
    PlainSource& parts_;
    bool has_body_ = false;
};

/// Everything up to `limit` bytes held; `whole` when the end came before.
struct Held {
    std::string bytes;
    bool whole = false;
};
[[nodiscard]] Awaitable<Result<Held>> hold(ByteSource& source, size_t limit);

/// To its end, for nobody: the message is verified and logged like any other.
[[nodiscard]] Awaitable<Result<void>> read_out(ByteSource& source);

}  // namespace hl::exchange::gateway
