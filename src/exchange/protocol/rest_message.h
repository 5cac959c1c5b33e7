// The head of a REST message as X-Road signs, hashes, logs and transports it (PR-REST 4; PR-MESSTRANSP), and which
// headers pass. Values; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/protocol/identifiers.h"
#include "http/message.h"

namespace hl::exchange {

struct RestRequest {
    std::string method;
    std::string target;                 // "/r1/…[?query]" as sent by the client
    std::vector<http::Header> headers;  // those that pass, X-Road-* among them, in order
    ClientId client;
    RestTarget service;
    std::string id;          // X-Road-Id, made here when the client sent none
    std::string request_id;  // X-Road-Request-Id: UUID of this attempt, made by the client's gateway
    std::optional<ServerId> security_server;
    std::string user_id, issue, represented_party;
};

/// From what a client sent. Errors are faults' causes: exchange.bad_request, exchange.missing_header,
/// exchange.duplicate_header, exchange.identifier, exchange.path.
[[nodiscard]] Result<RestRequest> read_rest_request(std::string_view method, std::string_view target,
                                                    const std::vector<http::Header>& headers, std::string_view instance,
                                                    std::string request_id);
/// `VERB\r\ntarget\r\nname:value\r\n…`
[[nodiscard]] std::string to_bytes(const RestRequest& request);
[[nodiscard]] Result<RestRequest> parse_rest_request(std::string_view bytes);

struct RestResponse {
    int status = 0;
    std::string reason;
    std::vector<http::Header> headers;
};
/// `code\r\nreason\r\nname:value\r\n…`
[[nodiscard]] std::string to_bytes(const RestResponse& response);
[[nodiscard]] Result<RestResponse> parse_rest_response(std::string_view bytes);
/// Drops what does not pass, adds X-Road-Id, -Client, -Service, -Request-Id, -Request-Hash, and one Date.
[[nodiscard]] RestResponse make_rest_response(int status, std::string reason, const std::vector<http::Header>& headers,
                                              const RestRequest& request, std::string request_hash, Instant now);

/// Hop-by-hop and gateway-owned headers that are never forwarded (compares without case).
[[nodiscard]] bool is_forwarded(std::string_view header_name);

/// base64( SHA-512( SHA-512(head) || SHA-512(body) ) ), or base64(SHA-512(head)) without a body.
[[nodiscard]] std::string request_hash(std::string_view head, std::optional<std::array<uint8_t, 64>> body_digest);

}  // namespace hl::exchange
