#include "exchange/gateway/transport_source.h"

#include "exchange/gateway/faults_of.h"
#include "http/parse.h"

namespace hl::exchange::gateway {

using transport::Part;

TransportSource::TransportSource(HttpReader& reader, std::string_view content_type, transport::Direction direction,
                                 transport::Limits limits)
    : reader_(reader),
      parts_(content_type, direction,
             {[this](Part part, const auto& head) { return on_part(part, head); },
              [this](Part part, std::string_view piece) { return on_bytes(part, piece); },
              [this](Part part) { return on_part_end(part); }},
             limits) {}

Result<void> TransportSource::on_part(Part part, const std::vector<http::Header>& head) {
    switch (part) {
        case Part::ocsp_response:
            ocsp_.emplace_back();
            break;
        case Part::soap:
            start_.rest = false;
            for (const auto& h : head) {
                if (http::equal_ignoring_case(h.name, "content-type"))
                    start_.content_type = h.value;
                else
                    start_.head_more.push_back(h);
            }
            break;
        case Part::rest_request:
        case Part::rest_response:
            break;
        case Part::rest_body:
            waiting_.push_back({true, {}, {}});
            break;
        case Part::attachment:
            waiting_.push_back({true, head, {}});
            break;
        default:
            parts_over_ = true;
    }
    return {};
}

void TransportSource::add_bytes(std::string_view piece) {
    if (waiting_.empty() || waiting_.back().part) waiting_.push_back({});
    waiting_.back().bytes += piece;
}

Result<void> TransportSource::on_bytes(Part part, std::string_view piece) {
    switch (part) {
        case Part::ocsp_response:
            ocsp_.back() += piece;
            break;
        case Part::soap:
        case Part::rest_request:
        case Part::rest_response:
            start_.head += piece;
            break;
        case Part::rest_body:
        case Part::attachment:
            add_bytes(piece);
            break;
        case Part::hash_chain_result:
            chain_result_ += piece;
            break;
        case Part::hash_chain:
            chain_ += piece;
            break;
        case Part::signature:
            signature_ += piece;
            break;
        case Part::fault:
            fault_ += piece;
            break;
    }
    return {};
}

Result<void> TransportSource::on_part_end(Part part) {
    if (part == Part::soap || part == Part::rest_request || part == Part::rest_response) started_ = true;
    return {};
}

Awaitable<Result<void>> TransportSource::more() {
    CO_TRY(const std::string_view piece, co_await reader_.piece());
    if (!piece.empty()) co_return parts_.feed(piece);
    CO_TRY_VOID(parts_.finish());
    over_ = parts_over_ = true;
    co_return Nothing{};
}

Awaitable<Result<MessageStart>> TransportSource::start() {
    while (!started_) {
        CO_TRY_VOID(co_await more());
        if (over_ && !started_)
            co_return Error{ErrorKind::malformed, "exchange.missing_message", "Thông điệp không có nội dung.",
                            "The message has no SOAP or REST part"};
    }
    co_return std::move(start_);
}

Awaitable<Result<Piece>> TransportSource::next() {
    while (waiting_.empty()) {
        if (parts_over_) co_return Piece{};
        CO_TRY_VOID(co_await more());
    }
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    if (current_.part) co_return Piece{Piece::Kind::part, std::move(current_.head), {}};
    co_return Piece{Piece::Kind::bytes, {}, current_.bytes};
}

Awaitable<Result<MessageSignature>> TransportSource::signature() {
    while (!over_) {
        CO_TRY_VOID(co_await more());
        if (!waiting_.empty()) {
            // Who asks for the signature has all parts, or wants none of them.
            waiting_.clear();
        }
    }
    if (!fault_.empty()) {
        CO_TRY(auto fault, parse_soap_fault(fault_));
        fault.from_server_side = true;
        co_return carried(std::move(fault));
    }
    MessageSignature out;
    out.xml = std::make_shared<const std::string>(std::move(signature_));
    if (!chain_result_.empty()) out.chain_result = std::make_shared<const std::string>(std::move(chain_result_));
    out.chain = std::move(chain_);
    co_return out;
}

}  // namespace hl::exchange::gateway
