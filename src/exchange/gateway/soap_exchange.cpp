// One SOAP exchange on the client's side (PR-MESS). Faults come back with HTTP status 200.
#include "base/crypto.h"
#include "exchange/gateway/client_entry.h"
#include "exchange/gateway/http_body.h"
#include "exchange/gateway/soap_source.h"
#include "exchange/protocol/fault_texts.h"
#include "exchange/protocol/soap_message.h"

namespace hl::exchange::gateway {

namespace {

Error inconsistent(std::string text) {
    return carried({fmt::format("{}.inconsistent_response", client_proxy), std::move(text), {}, false});
}

}  // namespace

Awaitable<void> ClientEntry::soap(Session& session) {
    Exchanged seen;
    seen.side = Side::client;
    seen.rest = false;
    seen.began = core_.clock.now();
    bool begun = false;
    const auto outcome = co_await soap_exchange(session, seen, begun);
    account(seen, outcome);
    if (outcome.ok()) {
        co_await finish_request(session);
        co_return;
    }
    if (begun)
        session.connection.abort();
    else
        co_await refuse(session, outcome.error(), false);
}

Awaitable<Result<void>> ClientEntry::soap_exchange(Session& session, Exchanged& seen, bool& begun) {
    CO_TRY(const auto knowledge, core_.knowledge(client_proxy));
    auto attachments =
        std::make_unique<SoapSource>(std::make_unique<HttpBody>(session.reader, session.head.has_body),
                                     std::string(session.head.header("Content-Type")), core_.settings.max_soap);
    CO_TRY(SoapStart start, co_await attachments->start());
    auto parsed = parse_soap(std::move(start.xml), start.content_type);
    if (!parsed.ok()) co_return carried(fault_for(parsed.error(), client_proxy));
    const SoapMessage question = std::move(parsed).value();
    const auto& header = question.header;
    seen.client = header.client;
    seen.service = header.service;
    seen.message_id = header.id;
    CO_TRY_VOID(admit(session, *knowledge, header.client, nullptr));
    CO_TRY_VOID(core_.ready(client_proxy, *knowledge));

    RequestMessage message;
    message.rest = false;
    message.head = question.xml;
    message.content_type = start.content_type;
    message.head_more = std::move(start.head_more);
    message.original_content_type = session.head.header("Content-Type");
    message.soap_action = session.head.header("SOAPAction");
    message.request_id = seen.request_id = make_uuid7(core_.clock.now(), session.connection.loop().random());
    auto logged = entry(Direction::request, false, header.client, header.service, message.request_id);
    logged.message_id = header.id;
    logged.user_id = header.user_id;
    logged.issue = header.issue;
    logged.represented_party = header.represented_party;
    auto answered = logged;
    answered.direction = Direction::response;
    logged.message = message.head;
    const auto policy = core_.settings.client_log_body;
    OutgoingMessage outgoing(core_, std::move(logged), std::move(attachments), policy);
    message.source = &outgoing;
    auto asked = co_await ask_.ask(knowledge, header.service, header.security_server, message);
    CO_TRY_VOID(co_await outgoing.logged());
    if (!asked.ok()) co_return std::move(asked).error();
    ResponseMessage response = std::move(asked).value();
    seen.peer = response.peer;
    seen.request_bytes = static_cast<int64_t>(message.head.size()) + outgoing.bytes();

    if (response.rest) co_return inconsistent("The provider's gateway answered a SOAP message with a REST one.");
    auto answer = parse_soap(std::string(response.head), response.content_type);
    if (!answer.ok()) co_return carried(fault_for(answer.error(), client_proxy));
    CO_TRY_VOID(check_response(question, *answer));
    if (answer->header.request_hash != crypto::to_base64(view(sha512(question.xml))))
        co_return inconsistent(
            "Request message hash does not match request message: the provider's gateway answered "
            "another request, or the request was changed on its way. Try again; if it happens again, "
            "tell both gateways' administrators.");
    seen.status = answered.status = 200;
    answered.message = response.head;
    IncomingMessage::Expected expected{header.service.provider, false};
    IncomingMessage incoming(core_, knowledge, std::move(answered), *response.source, std::move(expected), policy);
    const std::string type =
        response.original_content_type.empty() ? "text/xml; charset=utf-8" : response.original_content_type;
    SoapBytes body(std::move(response.head), response.content_type, response.head_more, type, incoming);
    std::string head = "HTTP/1.1 200 OK\r\n";
    append_headers(head, {{"Content-Type", type}});
    const auto delivered = co_await deliver(session, std::move(head), body, false, begun);
    seen.response_bytes = incoming.bytes();
    co_return delivered;
}

}  // namespace hl::exchange::gateway
