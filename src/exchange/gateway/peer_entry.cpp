#include "exchange/gateway/peer_entry.h"

#include "exchange/gateway/transport_sink.h"
#include "exchange/gateway/transport_source.h"
#include "exchange/protocol/content_type.h"

namespace hl::exchange::gateway {

namespace {

/// What reads a request must live until its answer has been made.
struct Received {
    RequestMessage message;
    std::unique_ptr<TransportSource> source;
};

}  // namespace

Awaitable<Result<ResponseMessage>> PeerEntry::receive(Session& session) {
    CO_TRY(const auto knowledge, core_.knowledge(server_proxy));
    const auto* from = knowledge->server_of_certificate(session.connection.peer_certificate());
    if (from == nullptr)
        co_return carried({fmt::format("{}.ssl_authentication_failed", server_proxy),
                           "The certificate of this connection is not registered any more. The other gateway must "
                           "register its authentication certificate.",
                           {},
                           true});
    const auto algorithm = session.head.header(transport::header::hash_algorithm);
    if (!algorithm.empty() && algorithm != transport::sha512_id)
        co_return carried({fmt::format("{}.unsupported_sign_algorithm", server_proxy),
                           fmt::format("The hash algorithm '{}' is not supported; use SHA-512.", algorithm),
                           {},
                           true});
    transport::Limits limits;
    limits.soap = core_.settings.max_soap;
    const std::string content_type{session.head.header("Content-Type")};
    Received in;
    in.source = std::make_unique<TransportSource>(session.reader, content_type, transport::Direction::request, limits);
    CO_TRY(auto start, co_await in.source->start());
    in.message.rest = start.rest;
    in.message.head = std::move(start.head);
    in.message.content_type = std::move(start.content_type);
    in.message.head_more = std::move(start.head_more);
    in.message.original_content_type = session.head.header(transport::header::original_content_type);
    in.message.soap_action = session.head.header(transport::header::original_soap_action);
    in.message.request_id = session.head.header(transport::header::request_id);
    in.message.from = from->id;
    in.message.source = in.source.get();
    co_return co_await provider_.answer(in.message);
}

Awaitable<void> PeerEntry::refuse(Session& session, const Error& error) {
    ++core_.figures.faults;
    const auto fault =
        with_detail(fault_for(error, server_proxy), core_.clock.now(), session.connection.loop().random());
    const auto body = soap_fault(fault, core_.settings.dialect);
    co_await finish_request(session);
    (void)co_await answer_with(session, 200, body.content_type, body.body);
}

Awaitable<void> PeerEntry::serve(Session& session) {
    ++core_.figures.requests;
    const Load::Guard under_way(core_.load.get());
    if (session.head.method != "POST") {
        session.keep_alive = false;
        (void)co_await answer_with(session, 405, "text/plain; charset=utf-8",
                                   "This is the entry for other gateways: it takes POST.\n", "Allow: POST\r\n");
        co_return;
    }
    auto response = co_await receive(session);
    if (!response.ok()) {
        co_await refuse(session, response.error());
        co_return;
    }
    OutgoingStart start;
    start.http = "HTTP/1.1 200 OK\r\n";
    start.http += fmt::format("{}: {}\r\n", transport::header::hash_algorithm, transport::sha512_id);
    if (!response->original_content_type.empty())
        start.http +=
            fmt::format("{}: {}\r\n", transport::header::original_content_type, response->original_content_type);
    if (!session.keep_alive) start.http += "Connection: close\r\n";
    start.head_type = response->rest ? std::string(transport::type::rest_response) : response->content_type;
    start.head = std::move(response->head);
    start.head_more = std::move(response->head_more);
    start.ocsp_responses = core_.ocsp_responses();
    SendState state;
    const auto sent = co_await send_message(session.connection, start, *response->source, false, core_.settings.hold,
                                            state, core_.settings.pace);
    session.connection.never_expire();
    if (sent.ok()) {
        ++core_.figures.succeeded;
        co_return;
    }
    if (!state.begun) {
        co_await refuse(session, sent.error());
        co_return;
    }
    ++core_.figures.faults;
    session.keep_alive = false;
}

}  // namespace hl::exchange::gateway
