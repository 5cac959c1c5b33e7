// One REST exchange on the client's side (PR-REST 4).
#include "exchange/gateway/body_limit.h"
#include "exchange/gateway/client_entry.h"
#include "exchange/gateway/http_body.h"
#include "exchange/protocol/fault_texts.h"
#include "http/parse.h"

namespace hl::exchange::gateway {

using http::equal_ignoring_case;

namespace {

std::string_view find_header(const std::vector<http::Header>& headers, std::string_view name) {
    for (const auto& h : headers)
        if (equal_ignoring_case(h.name, name)) return h.value;
    return {};
}

/// Is this the answer to that request?
Result<void> belongs(const RestResponse& response, const RestRequest& request, const std::string& hash) {
    const auto id = find_header(response.headers, "X-Road-Request-Id");
    const auto answered = find_header(response.headers, "X-Road-Request-Hash");
    if (id == request.request_id && answered == hash) return {};
    return carried(
        {fmt::format("{}.inconsistent_response", client_proxy),
         id == request.request_id
             ? "Request message hash does not match request message: the provider's gateway answered another "
               "request, or the request was changed on its way. Try again; if it happens again, tell both "
               "gateways' administrators."
             : "The answer carries another X-Road-Request-Id than the request. Try again; if it happens "
               "again, tell both gateways' administrators.",
         {},
         false});
}

std::string response_head(const RestResponse& response) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, response.reason);
    std::vector<http::Header> pass;
    pass.reserve(response.headers.size());
    for (const auto& h : response.headers)
        // What frames the message is ours alone, whatever another gateway has signed.
        if (is_forwarded(h.name) || equal_ignoring_case(h.name, "X-Road-Request-Id") ||
            equal_ignoring_case(h.name, "X-Road-Request-Hash"))
            pass.push_back(h);
    append_headers(out, pass);
    return out;
}

}  // namespace

Awaitable<void> ClientEntry::rest(Session& session) {
    Exchanged seen;
    seen.side = Side::client;
    seen.began = core_.clock.now();
    bool begun = false;
    const auto outcome = co_await rest_exchange(session, seen, begun);
    account(seen, outcome);
    if (outcome.ok()) {
        co_await finish_request(session);
        co_return;
    }
    if (begun)
        session.connection.abort();
    else
        co_await refuse(session, outcome.error(), true);
}

Awaitable<Result<void>> ClientEntry::rest_exchange(Session& session, Exchanged& seen, bool& begun) {
    CO_TRY(const auto knowledge, core_.knowledge(client_proxy));
    auto read =
        read_rest_request(session.head.method, session.head.target, session.head.headers, core_.settings.instance,
                          make_uuid7(core_.clock.now(), session.connection.loop().random()));
    if (!read.ok()) co_return carried(fault_for(read.error(), client_proxy));
    RestRequest request = std::move(read).value();
    const ServiceId& service = request.service.service;
    seen.client = request.client;
    seen.service = service;
    seen.message_id = request.id;
    seen.request_id = request.request_id;
    seen.method = request.method;
    seen.path = request.service.path;
    CO_TRY_VOID(admit(session, *knowledge, request.client, &request.headers));
    CO_TRY_VOID(core_.ready(client_proxy, *knowledge));
    const auto most = core_.settings.max_body;
    if (most > 0 && session.head.length.value_or(0) > static_cast<uint64_t>(most))
        co_return body_too_large(request_too_large, most);

    RequestMessage message;
    message.head = to_bytes(request);
    message.request_id = request.request_id;
    message.original_content_type = session.head.header("Content-Type");
    auto logged = entry(Direction::request, true, request.client, service, request.request_id);
    logged.message_id = request.id;
    logged.user_id = request.user_id;
    logged.issue = request.issue;
    logged.represented_party = request.represented_party;
    auto answered = logged;
    answered.direction = Direction::response;
    logged.message = message.head;
    const auto policy = core_.settings.client_log_body;
    auto sent = std::make_unique<HttpBody>(session.reader, session.head.has_body);
    OutgoingMessage outgoing(core_, std::move(logged),
                             std::make_unique<BodyLimit>(std::move(sent), most, request_too_large), policy);
    message.source = &outgoing;
    auto asked = co_await ask_.ask(knowledge, service, request.security_server, message);
    Result<void> delivered = Nothing{};
    if (asked.ok()) {
        AskedByRest question{request, message.head, outgoing, std::move(answered)};
        delivered = co_await rest_answer(session, knowledge, question, std::move(asked).value(), seen, begun);
    } else {
        delivered = std::move(asked).error();
    }
    // A fault is an answer, too: not before the question is on disk.
    if (!delivered.ok()) CO_TRY_VOID(co_await outgoing.logged());
    co_return delivered;
}

Awaitable<Result<void>> ClientEntry::rest_answer(Session& session, std::shared_ptr<const Knowledge> knowledge,
                                                 AskedByRest& asked, ResponseMessage response, Exchanged& seen,
                                                 bool& begun) {
    const RestRequest& request = asked.request;
    seen.peer = response.peer;
    seen.request_bytes = asked.outgoing.bytes();

    auto parsed = response.rest ? parse_rest_response(response.head)
                                : Result<RestResponse>(Error{ErrorKind::malformed,
                                                             "exchange.invalid_message",
                                                             {},
                                                             "The provider's gateway answered REST with SOAP"});
    if (!parsed.ok()) co_return carried(fault_for(parsed.error(), client_proxy));
    const auto hash = request_hash(asked.head, asked.outgoing.body_digest());
    CO_TRY_VOID(belongs(*parsed, request, hash));
    LogEntry& answered = asked.answered;
    seen.status = answered.status = parsed->status;
    answered.succeeded = parsed->status < 500;
    answered.message = response.head;
    IncomingMessage::Expected expected{request.service.service.provider, false};
    IncomingMessage incoming(core_, std::move(knowledge), std::move(answered), *response.source, std::move(expected),
                             core_.settings.client_log_body);
    incoming.after(asked.outgoing.pending());
    BodyLimit limited(incoming, core_.settings.max_body, "server.clientproxy.message_too_large");
    OnePart body(limited);
    const bool bodiless =
        request.method == "HEAD" || parsed->status < 200 || parsed->status == 204 || parsed->status == 304;
    const auto delivered = co_await deliver(session, response_head(*parsed), body, bodiless, begun);
    seen.response_bytes = incoming.bytes();
    co_return delivered;
}

}  // namespace hl::exchange::gateway
