// A message between gateways as it goes out: whole in one write when it is small, in chunks while it is made when not,
// the signature last in either case. Belongs to the connection's loop.
#pragma once
#include "exchange/gateway/http_stream.h"
#include "exchange/gateway/sources.h"

namespace hl::exchange::gateway {

struct OutgoingStart {
    std::string http;                       // start line and headers without Content-Type and framing
    std::string head_type;                  // of the first part
    std::vector<http::Header> head_more{};  // its other headers
    std::string head;                       // its bytes
    std::vector<std::string> ocsp_responses;
};

struct SendState {
    bool begun = false;        // bytes have gone out
    bool interrupted = false;  // the peer answered before the end: nothing more was sent
    std::string whole;         // what was sent, when it went in one write: can be sent again elsewhere
};

/// Errors are those of the source (with `begun` telling whether an answer can still be changed) or of the connection.
/// `request`: a peer that answers early ends the sending; an answer that fails in the middle ends with a fault part.
[[nodiscard]] Awaitable<Result<void>> send_message(Connection& connection, const OutgoingStart& start,
                                                   SignedSource& source, bool request, size_t hold, SendState& state,
                                                   milliseconds pace);

}  // namespace hl::exchange::gateway
