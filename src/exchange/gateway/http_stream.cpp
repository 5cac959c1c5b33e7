#include "exchange/gateway/http_stream.h"

#include <boost/beast/http/status.hpp>
#include <cstring>

namespace hl::exchange::gateway {

namespace {
constexpr size_t small_buffer = 16 * 1024, large_buffer = 64 * 1024;
}

void HttpReader::begin(HttpParser::Kind kind, size_t head_limit) {
    kind_ = kind;
    head_limit_ = head_limit;
    parser_.emplace(kind, head_limit);
    continue_owed_ = false;
    pace_ = milliseconds{0};
}

void HttpReader::release() {
    parser_.reset();
    if (from_ < to_) return;
    buffer_.reset();
    size_ = from_ = to_ = 0;
}

/// Reads behind what is there; the buffer grows only for a head that does not fit or a body that goes on.
Awaitable<Result<size_t>> HttpReader::fill() {
    if (from_ == to_) from_ = to_ = 0;
    const bool body = parser_->head_done();
    if (size_ == 0 || (body && size_ < large_buffer) || (to_ == size_ && from_ == 0)) {
        const size_t wanted = size_ == 0 && !body ? small_buffer : std::max(large_buffer, body ? 0 : size_ * 2);
        if (wanted > size_) {
            auto grown = std::make_unique_for_overwrite<char[]>(wanted);
            if (to_ > from_) std::memcpy(grown.get(), buffer_.get() + from_, to_ - from_);
            to_ -= from_;
            from_ = 0;
            buffer_ = std::move(grown);
            size_ = wanted;
        }
    }
    if (from_ > 0 && size_ - to_ < size_ / 4) {
        std::memmove(buffer_.get(), buffer_.get() + from_, to_ - from_);
        to_ -= from_;
        from_ = 0;
    }
    if (pace_.count() > 0) connection_.expire_in(pace_);
    const std::span<char> room(buffer_.get() + to_, size_ - to_);
    auto n = connection_.try_read(room);
    if (!n) n = co_await connection_.read_some(room);
    // What comes next may wait for somebody else; that is not this peer's time.
    if (pace_.count() > 0) connection_.never_expire();
    if (n->ok()) to_ += **n;
    co_return std::move(*n);
}

Awaitable<Result<HttpHead>> HttpReader::head() {
    for (;;) {
        while (!parser_->head_done()) {
            if (from_ < to_) {
                CO_TRY(const size_t taken, parser_->feed({buffer_.get() + from_, to_ - from_}));
                from_ += taken;
                if (parser_->head_done()) break;
            }
            CO_TRY(const size_t n, co_await fill());
            if (n == 0) {
                if (!parser_->begun())
                    co_return Error{ErrorKind::unavailable, "exchange.closed", "Bên kia đã đóng kết nối.",
                                    "The other side closed the connection before it sent anything"};
                CO_TRY_VOID(parser_->finish());
            }
        }
        auto& head = parser_->head();
        if (kind_ != HttpParser::Kind::request && head.status < 200 && head.status != 101) {
            begin(kind_, head_limit_);
            continue;
        }
        continue_owed_ = head.expects_continue && head.has_body;
        co_return std::move(head);
    }
}

Awaitable<Result<std::string_view>> HttpReader::piece() {
    if (continue_owed_) {
        continue_owed_ = false;
        if (from_ == to_) CO_TRY_VOID(co_await connection_.write("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    while (!parser_->done()) {
        if (from_ < to_) {
            CO_TRY(const size_t taken, parser_->feed({buffer_.get() + from_, to_ - from_}));
            from_ += taken;
            if (!parser_->piece().empty()) co_return parser_->piece();
            if (taken > 0) continue;
        }
        if (parser_->done()) break;
        CO_TRY(const size_t n, co_await fill());
        if (n == 0) {
            CO_TRY_VOID(parser_->finish());
            break;
        }
    }
    co_return std::string_view{};
}

Awaitable<Result<void>> write_whole(Connection& connection, std::string head, std::optional<std::string_view> body) {
    if (body)
        fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n\r\n", body->size());
    else
        head += "\r\n";
    co_return co_await connection.write(head, body ? *body : std::string_view{});
}

Awaitable<Result<void>> write_chunked_head(Connection& connection, std::string head) {
    head += "Transfer-Encoding: chunked\r\n\r\n";
    co_return co_await connection.write(head);
}

Awaitable<Result<void>> write_chunk(Connection& connection, std::string_view piece) {
    if (piece.empty()) co_return Nothing{};
    std::array<char, 24> size{};
    const auto end = fmt::format_to(size.data(), "{:x}\r\n", piece.size());
    co_return co_await connection.write({size.data(), static_cast<size_t>(end - size.data())}, piece, "\r\n");
}

Awaitable<Result<void>> write_last_chunk(Connection& connection, std::string_view piece) {
    if (piece.empty()) co_return co_await connection.write("0\r\n\r\n");
    std::array<char, 24> size{};
    const auto end = fmt::format_to(size.data(), "{:x}\r\n", piece.size());
    co_return co_await connection.write({size.data(), static_cast<size_t>(end - size.data())}, piece, "\r\n0\r\n\r\n");
}

std::string_view reason_phrase(int status) {
    const auto text = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    return {text.data(), text.size()};
}

}  // namespace hl::exchange::gateway
