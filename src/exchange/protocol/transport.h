// A message between two gateways (PR-MESSTRANSP 2.7): the names of its HTTP headers and parts, a writer that composes a
// message in one allocation (or its beginning and end, around a streamed body) and a push reader that tells which part
// comes and hands on its bytes. Bodies are never held. A reader is used by one thread at a time.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "exchange/protocol/mime.h"

namespace hl::exchange::transport {

namespace header {
inline constexpr std::string_view request_id = "x-road-request-id";
inline constexpr std::string_view hash_algorithm = "x-hash-algorithm";
inline constexpr std::string_view original_content_type = "x-original-content-type";
inline constexpr std::string_view original_soap_action = "x-original-soapaction";
inline constexpr std::string_view proxy_version = "x-proxy-version";
inline constexpr std::string_view message_type = "x-road-message-type";
}  // namespace header
inline constexpr std::string_view rest_message = "REST";  // value of message_type
inline constexpr std::string_view sha512_id = "SHA-512";  // value of hash_algorithm

namespace type {
inline constexpr std::string_view ocsp_response = "application/ocsp-response";
inline constexpr std::string_view soap = "text/xml";
inline constexpr std::string_view mtom = "application/xop+xml";
inline constexpr std::string_view rest_request = "application/x-road-rest-request";
inline constexpr std::string_view rest_response = "application/x-road-rest-response";
inline constexpr std::string_view rest_body = "application/x-road-rest-body";
inline constexpr std::string_view hash_chain_result = "application/hash-chain-result";
inline constexpr std::string_view hash_chain = "application/hash-chain";
inline constexpr std::string_view signature = "signature/bdoc-1.0/ts";
}  // namespace type

/// "xtop" or another beginning and 24 random hexadecimal digits.
[[nodiscard]] std::string make_boundary(std::string_view beginning, Random& random);
/// "multipart/mixed; charset=UTF-8; boundary=…": the content type of a message with this boundary.
[[nodiscard]] std::string content_type(std::string_view boundary);

struct Attachment {
    std::vector<http::Header> head;  // as they came, Content-Type among them
    std::string_view bytes;
};

/// The parts of a small whole message; what is empty is left out.
struct Message {
    std::vector<std::string_view> ocsp_responses;
    std::string_view head_type = type::soap;  // soap or mtom (with its parameters), rest_request, rest_response
    std::string_view head;                    // the SOAP message or the REST head
    std::optional<std::string_view> body;     // REST
    std::vector<Attachment> attachments;      // SOAP
    std::string_view hash_chain_result, hash_chain;
    std::string_view signature;
    std::string_view fault;  // SOAP fault instead of a signature: something failed after the head had gone
};
/// The nested multipart's boundary is `boundary` with its beginning replaced by "xatt".
[[nodiscard]] std::string compose(const Message& message, std::string_view boundary);

/// For a streamed REST body: everything up to the body's first byte (`with_body`) or up to where the chain or signature
/// begins, and everything after.
[[nodiscard]] std::string compose_beginning(const Message& message, std::string_view boundary, bool with_body);
void append_end(std::string& out, const Message& message, std::string_view boundary);

enum class Part {
    ocsp_response,
    soap,
    attachment,  // one of the nested multipart, with its own head
    rest_request,
    rest_response,
    rest_body,
    hash_chain_result,
    hash_chain,
    signature,
    fault,
};

struct Limits {
    MimeLimits mime;
    size_t soap = 64u << 20;     // the SOAP part
    size_t small = 1024 * 1024;  // every part but SOAP, attachments and REST bodies
};

enum class Direction { request, response };

class Reader {
  public:
    struct Events {
        std::function<Result<void>(Part part, const std::vector<http::Header>& head)> part;
        std::function<Result<void>(Part part, std::string_view piece)> bytes;
        std::function<Result<void>(Part part)> part_end;
    };
    /// `content_type` of the HTTP message; one without a boundary makes the first feed fail.
    Reader(std::string_view content_type, Direction direction, Events events, Limits limits = {});
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;
    /// Errors: exchange.mime, exchange.mime_limit, exchange.invalid_content_type (a part that is unknown or out of
    /// order), exchange.message_limit, or what an event returned.
    [[nodiscard]] Result<void> feed(std::string_view bytes);
    /// Errors: exchange.mime (cut short), exchange.missing_message, exchange.missing_signature.
    [[nodiscard]] Result<void> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// GET http://server:5577/?cert=…: the answer with the OCSP responses of a gateway's certificates (PR-MESSTRANSP 2.2).
[[nodiscard]] std::string compose_ocsp_answer(const std::vector<std::string_view>& responses,
                                              std::string_view boundary);
[[nodiscard]] Result<std::vector<std::string>> parse_ocsp_answer(std::string_view content_type, std::string_view body);

}  // namespace hl::exchange::transport
