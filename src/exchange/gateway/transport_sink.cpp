#include "exchange/gateway/transport_sink.h"

#include "exchange/gateway/faults_of.h"
#include "exchange/protocol/content_type.h"
#include "exchange/protocol/transport.h"

namespace hl::exchange::gateway {

namespace {

/// The parts of the message, as transport::compose would write them all at once.
class Encoder {
  public:
    Encoder(const OutgoingStart& start, std::string boundary) : start_(start), boundary_(std::move(boundary)) {}
    [[nodiscard]] std::string beginning() const {
        std::string out;
        for (const auto& o : start_.ocsp_responses)
            out += part_head(boundary_, transport::type::ocsp_response, out.empty()) + o;
        out += part_head(boundary_, start_.head_type, out.empty(), start_.head_more) + start_.head;
        return out;
    }
    void append(std::string& out, const Piece& piece) {
        if (piece.kind == Piece::Kind::bytes) {
            out += piece.bytes;
        } else if (piece.kind == Piece::Kind::part) {
            if (start_.head_type.starts_with("application/x-road-rest")) {
                out += part_head(boundary_, transport::type::rest_body, false);
                return;
            }
            if (nested_.empty()) {
                nested_ = fmt::format("xatt{}", std::string_view(boundary_).substr(4));
                out += part_head(boundary_, fmt::format("multipart/mixed; boundary={}", nested_), false);
                out += fmt::format("--{}\r\n", nested_);
            } else {
                out += fmt::format("\r\n--{}\r\n", nested_);
            }
            for (const auto& h : piece.head) out.append(h.name).append(":").append(h.value).append("\r\n");
            out += "\r\n";
        } else if (!nested_.empty()) {
            out += fmt::format("\r\n--{}--\r\n", nested_);
        }
    }
    void append_end(std::string& out, const MessageSignature& signature) const {
        transport::Message m;
        if (signature.chain_result) m.hash_chain_result = *signature.chain_result;
        m.hash_chain = signature.chain;
        if (signature.xml) m.signature = *signature.xml;
        transport::append_end(out, m, boundary_);
    }
    void append_failure(std::string& out, const Error& error) const {
        const auto fault = soap_fault(fault_for(error, server_proxy), Dialect::snake_case);
        transport::Message m;
        m.fault = fault.body;
        transport::append_end(out, m, boundary_);
    }
    [[nodiscard]] const std::string& boundary() const { return boundary_; }

  private:
    const OutgoingStart& start_;
    std::string boundary_, nested_;
};

}  // namespace

Awaitable<Result<void>> send_message(Connection& connection, const OutgoingStart& start, SignedSource& source,
                                     bool request, size_t hold, SendState& state, milliseconds pace) {
    Encoder encoder(start, transport::make_boundary("xtop", connection.loop().random()));
    std::string out = encoder.beginning();
    std::string http = start.http;
    http += "Content-Type: " + transport::content_type(encoder.boundary()) + "\r\n";
    const size_t limit = out.size() + hold;
    for (;;) {
        const auto piece = co_await source.next();
        if (!piece.ok()) {
            if (state.begun && !request) {
                encoder.append_failure(out, piece.error());
                (void)co_await write_last_chunk(connection, out);
            }
            co_return piece.error();
        }
        const bool ended = piece.value().kind == Piece::Kind::end;
        encoder.append(out, piece.value());
        if (ended) break;
        if (!state.begun && out.size() <= limit) continue;
        if (request && state.begun && !connection.quiet()) {
            state.interrupted = true;
            co_return Nothing{};
        }
        connection.expire_in(pace);
        if (!std::exchange(state.begun, true)) CO_TRY_VOID(co_await write_chunked_head(connection, http));
        CO_TRY_VOID(co_await write_chunk(connection, out));
        connection.never_expire();
        out.clear();
    }
    const auto signature = co_await source.signature();
    if (!signature.ok()) {
        if (state.begun && !request) {
            encoder.append_failure(out, signature.error());
            (void)co_await write_last_chunk(connection, out);
        }
        co_return signature.error();
    }
    encoder.append_end(out, signature.value());
    connection.expire_in(pace);
    if (state.begun) co_return co_await write_last_chunk(connection, out);
    state.begun = true;
    fmt::format_to(std::back_inserter(http), "Content-Length: {}\r\n\r\n", out.size());
    if (!request) co_return co_await connection.write(http, out);
    state.whole = std::move(http);
    state.whole += out;
    co_return co_await connection.write(state.whole);
}

}  // namespace hl::exchange::gateway
