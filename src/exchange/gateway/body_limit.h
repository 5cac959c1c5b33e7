// A bound on the body of a REST message, as the gateway's settings set it. Belongs to one loop.
#pragma once
#include "exchange/gateway/faults_of.h"
#include "exchange/gateway/sources.h"

namespace hl::exchange::gateway {

[[nodiscard]] inline Error body_too_large(std::string_view code, int64_t most) {
    return carried({std::string(code),
                    fmt::format("The message's body is longer than the {} bytes that this gateway takes. Send less at "
                                "once, or ask its administrator for a larger max_body_bytes.",
                                most),
                    {},
                    code.starts_with(server_proxy)});
}
/// The sender's own mistake, whichever gateway finds it.
inline constexpr std::string_view request_too_large = "client.message_too_large";

/// What passes is counted; the piece that goes beyond is refused. 0: no bound.
class BodyLimit final : public PlainSource {
  public:
    BodyLimit(PlainSource& inner, int64_t most, std::string_view code) : inner_(inner), most_(most), code_(code) {}
    BodyLimit(std::unique_ptr<PlainSource> owned, int64_t most, std::string_view code)
        : owned_(std::move(owned)), inner_(*owned_), most_(most), code_(code) {}
    Awaitable<Result<Piece>> next() override {
        auto piece = co_await inner_.next();
        if (!piece.ok() || piece->kind != Piece::Kind::bytes || most_ <= 0) co_return piece;
        seen_ += static_cast<int64_t>(piece->bytes.size());
        if (seen_ > most_) co_return body_too_large(code_, most_);
        co_return piece;
    }

  private:
    std::unique_ptr<PlainSource> owned_;
    PlainSource& inner_;
    int64_t most_, seen_ = 0;
    std::string_view code_;
};

}  // namespace hl::exchange::gateway
