// A SOAP 1.1 message of PR-MESS 4.0: its X-Road headers read and checked, its answer's consistency, the requestHash the
// provider's gateway adds. The XML is parsed without entities, DOCTYPE or network. Values; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "exchange/protocol/identifiers.h"

namespace hl::exchange {

struct SoapHeader {
    ClientId client;
    ServiceId service;
    std::string id, user_id, issue;
    std::string protocol_version;  // "4.0"
    std::string request_hash;      // responses only; base64 of SHA-512
    std::optional<ServerId> security_server;
    std::string represented_party;  // "[class/]code"
    std::string security_token;
    auto operator<=>(const SoapHeader&) const = default;
};

struct SoapMessage {
    SoapHeader header;
    std::string xml;   // as received, without a byte order mark: the bytes that are signed and hashed
    std::string body;  // local name of the body's child; "Fault" for a fault
    bool fault = false;
    std::string charset;  // "utf-8"
};

/// Errors (codes): exchange.invalid_xml, exchange.invalid_soap, exchange.missing_header, exchange.missing_header_field,
/// exchange.duplicate_header_field, exchange.invalid_protocol_version, exchange.missing_body,
/// exchange.inconsistent_headers.
[[nodiscard]] Result<SoapMessage> parse_soap(std::string xml, std::string_view content_type);
/// The response must repeat the request's headers, and its body be `<code>Response` or a fault:
/// exchange.inconsistent_response.
[[nodiscard]] Result<void> check_response(const SoapMessage& request, const SoapMessage& response);
/// The response's bytes with `<xrd:requestHash algorithmId="…sha512">` put into its header (replaced when present).
[[nodiscard]] Result<SoapMessage> with_request_hash(const SoapMessage& response, std::string_view hash_base64);

}  // namespace hl::exchange
