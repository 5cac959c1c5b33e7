// A message between gateways as it comes over a connection: its head, its parts, its signature. Holds one read's worth
// of bytes. Belongs to the connection's loop.
#pragma once
#include <deque>

#include "exchange/gateway/http_stream.h"
#include "exchange/gateway/sources.h"
#include "exchange/protocol/transport.h"

namespace hl::exchange::gateway {

struct MessageStart {
    bool rest = true;
    std::string head;                     // the REST head or the SOAP message
    std::string content_type;             // of the SOAP part
    std::vector<http::Header> head_more;  // its other headers
};

class TransportSource final : public SignedSource {
  public:
    TransportSource(HttpReader& reader, std::string_view content_type, transport::Direction direction,
                    transport::Limits limits);
    [[nodiscard]] Awaitable<Result<MessageStart>> start();
    [[nodiscard]] Awaitable<Result<Piece>> next() override;
    /// Reads to the end of the HTTP message. Error: the fault that stood where the signature would, carried.
    [[nodiscard]] Awaitable<Result<MessageSignature>> signature() override;
    [[nodiscard]] const std::vector<std::string>& ocsp_responses() const { return ocsp_; }

  private:
    struct Event {
        bool part = false;  // else bytes
        std::vector<http::Header> head;
        std::string bytes;
    };
    [[nodiscard]] Awaitable<Result<void>> more();
    Result<void> on_part(transport::Part part, const std::vector<http::Header>& head);
    Result<void> on_bytes(transport::Part part, std::string_view piece);
    Result<void> on_part_end(transport::Part part);
    void add_bytes(std::string_view piece);

    HttpReader& reader_;
    MessageStart start_;
    std::deque<Event> waiting_;
    Event current_;
    std::vector<std::string> ocsp_;
    std::string chain_result_, chain_, signature_, fault_;
    bool started_ = false, parts_over_ = false, over_ = false;
    transport::Reader parts_;
};

}  // namespace hl::exchange::gateway
