#include "exchange/gateway/sources.h"

namespace hl::exchange::gateway {

Awaitable<Result<std::string_view>> OnePart::next() {
    for (;;) {
        CO_TRY(const Piece piece, co_await parts_.next());
        if (piece.kind == Piece::Kind::end) co_return std::string_view{};
        if (piece.kind == Piece::Kind::part) {
            has_body_ = true;
            continue;
        }
        if (!piece.bytes.empty()) co_return piece.bytes;
    }
}

Awaitable<Result<Held>> hold(ByteSource& source, size_t limit) {
    Held held;
    for (;;) {
        CO_TRY(const std::string_view piece, co_await source.next());
        if (piece.empty()) {
            held.whole = true;
            co_return held;
        }
        held.bytes += piece;
        if (held.bytes.size() > limit) co_return held;
    }
}

Awaitable<Result<void>> read_out(ByteSource& source) {
    for (;;) {
        CO_TRY(const std::string_view rest, co_await source.next());
        if (rest.empty()) co_return Nothing{};
    }
}

}  // namespace hl::exchange::gateway
