// The body of a client's request as a source of one part. Belongs to the connection's loop.
#pragma once
#include "exchange/gateway/faults_of.h"
#include "exchange/gateway/http_stream.h"
#include "exchange/gateway/sources.h"

namespace hl::exchange::gateway {

class HttpBody final : public PlainSource {
  public:
    HttpBody(HttpReader& reader, bool has_body) : reader_(reader), part_owed_(has_body), over_(!has_body) {}
    Awaitable<Result<Piece>> next() override {
        if (std::exchange(part_owed_, false)) co_return Piece{Piece::Kind::part, {}, {}};
        if (over_) co_return Piece{};
        const auto piece = co_await reader_.piece();
        if (!piece.ok()) {
            // Carried, so that nobody takes the client's trouble for the provider's.
            auto fault = fault_for(piece.error(), client_proxy);
            fault.code = fmt::format("{}.io_error", client_proxy);
            fault.text = fmt::format("The request's body broke off: {}", piece.error().en);
            co_return carried(std::move(fault));
        }
        if (!piece.value().empty()) co_return Piece{Piece::Kind::bytes, {}, piece.value()};
        over_ = true;
        co_return Piece{};
    }

  private:
    HttpReader& reader_;
    bool part_owed_, over_;
};

}  // namespace hl::exchange::gateway
