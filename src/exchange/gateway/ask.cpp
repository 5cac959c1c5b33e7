#include "exchange/gateway/ask.h"

#include "exchange/gateway/monitoring_here.h"
#include "exchange/gateway/peer_entry.h"
#include "exchange/gateway/transport_source.h"
#include "exchange/protocol/content_type.h"
#include "exchange/protocol/fault_texts.h"

namespace hl::exchange::gateway {

namespace {

Error of_client(std::string_view code, std::string text) {
    return carried({fmt::format("{}.{}", client_proxy, code), std::move(text), {}, false});
}

/// An answer over a connection that goes back to the pool when all of it was read.
class LinkedSource final : public SignedSource {
  public:
    LinkedSource(LinkPool& pool, std::string key, std::unique_ptr<Link> link, bool keep, std::string_view content_type,
                 transport::Limits limits)
        : pool_(pool),
          key_(std::move(key)),
          link_(std::move(link)),
          keep_(keep),
          source_(link_->reader, content_type, transport::Direction::response, limits) {}
    Awaitable<Result<MessageStart>> start() { return source_.start(); }
    Awaitable<Result<Piece>> next() override { return source_.next(); }
    Awaitable<Result<MessageSignature>> signature() override {
        auto out = co_await source_.signature();
        if (out.ok() && keep_) pool_.give_back(key_, std::move(link_));
        co_return out;
    }

  private:
    LinkPool& pool_;
    std::string key_;
    std::unique_ptr<Link> link_;
    bool keep_;
    TransportSource source_;
};

std::string request_http(const RequestMessage& request, const std::string& host) {
    std::string out = fmt::format("POST / HTTP/1.1\r\nHost: {}\r\n{}: {}\r\n{}: {}\r\n{}: {}\r\n", host,
                                  transport::header::request_id, request.request_id, transport::header::hash_algorithm,
                                  transport::sha512_id, transport::header::proxy_version, proxy_version);
    std::vector<http::Header> more;
    if (request.rest)
        more.push_back({std::string(transport::header::message_type), std::string(transport::rest_message)});
    if (!request.original_content_type.empty())
        more.push_back({std::string(transport::header::original_content_type), request.original_content_type});
    if (!request.soap_action.empty())
        more.push_back({std::string(transport::header::original_soap_action), request.soap_action});
    append_headers(out, more);
    return out;
}

bool lost(const Error& error) {
    return error.code == "exchange.closed" || error.code == "exchange.connection";
}

Error no_answer(const ServerEntry& server, const Error& why) {
    auto fault = fault_for(why, client_proxy);
    fault.text = fmt::format("The gateway {} ({}) did not answer as it should: {}. Its administrator must look at it.",
                             to_text(server.id), server.address, why.en);
    return carried(std::move(fault));
}

}  // namespace

Awaitable<Result<std::unique_ptr<Link>>> Ask::connect(const ServerEntry& server, const Knowledge& knowledge,
                                                      bool fresh) {
    CO_TRY(auto address, split_address(server.address));
    Destination to;
    to.key = server.address;
    to.host = std::move(address.first);
    to.port = address.second;
    to.tls = core_.towards_gateways;
    to.connect_time = core_.settings.connect_time;
    CO_TRY(auto link, co_await links_.take(to, fresh));
    // The certificate is under an authority and registered; now: is it this very gateway's?
    const auto* who = knowledge.server_of_certificate(link->connection.peer_certificate());
    if (who == nullptr || who->id != server.id)
        co_return Error{ErrorKind::unavailable, "exchange.tls_handshake", "Chứng thư TLS không phải của cổng đích.",
                        fmt::format("What answers at {} shows a certificate that is not registered for {}",
                                    server.address, to_text(server.id))};
    (link->reused ? core_.figures.links_reused : core_.figures.links_opened)++;
    co_return link;
}

Awaitable<Result<ResponseMessage>> Ask::receive(std::unique_ptr<Link> link, std::string key, bool whole) {
    link->connection.expire_in(core_.settings.answer_time);
    link->reader.begin(HttpParser::Kind::response);
    CO_TRY(const HttpHead head, co_await link->reader.head());
    link->reader.set_pace(core_.settings.pace);
    link->connection.never_expire();
    const std::string content_type{head.header("Content-Type")};
    const auto media = media_type(content_type);
    const bool keep = whole && head.keep_alive;
    if (media == transport::type::soap) {
        std::string xml;
        for (;;) {
            CO_TRY(const std::string_view piece, co_await link->reader.piece());
            if (piece.empty()) break;
            if (xml.size() + piece.size() > 1024 * 1024)
                co_return Error{ErrorKind::malformed, "exchange.http", "Lỗi trả về quá dài.", "The fault is too long"};
            xml += piece;
        }
        CO_TRY(auto fault, parse_soap_fault(xml));
        fault.from_server_side = true;
        if (keep) links_.give_back(key, std::move(link));
        co_return carried(std::move(fault));
    }
    if (head.status != 200 || media != "multipart/mixed")
        co_return Error{ErrorKind::malformed, "exchange.http", "Cổng đích trả lời không đúng giao thức.",
                        fmt::format("it answered status {} with '{}'", head.status, content_type)};
    transport::Limits limits;
    limits.soap = core_.settings.max_soap;
    ResponseMessage out;
    out.original_content_type = head.header(transport::header::original_content_type);
    auto source = std::make_unique<LinkedSource>(links_, std::move(key), std::move(link), keep, content_type, limits);
    CO_TRY(auto start, co_await source->start());
    out.rest = start.rest;
    out.head = std::move(start.head);
    out.content_type = std::move(start.content_type);
    out.head_more = std::move(start.head_more);
    out.source = std::move(source);
    co_return out;
}

Awaitable<Result<ResponseMessage>> Ask::send(std::unique_ptr<Link> link, const ServerEntry& server,
                                             const Knowledge& knowledge, RequestMessage& request) {
    OutgoingStart start;
    start.http = request_http(request, server.address);
    start.head_type = request.rest ? std::string(transport::type::rest_request) : request.content_type;
    start.head = request.head;
    start.head_more = request.head_more;
    start.ocsp_responses = core_.ocsp_responses();
    SendState state;
    const auto sent = co_await send_message(link->connection, start, *request.source, true, core_.settings.hold, state,
                                            core_.settings.pace);
    // Something went wrong before anything was sent (signing, the log): the source's own fault.
    if (!sent.ok() && !state.begun) co_return sent.error();
    if (!sent.ok() && !lost(sent.error()) && sent.error().code != "exchange.timeout") {
        link->connection.abort();
        co_return sent.error();
    }
    const bool reused = link->reused;
    const bool complete = sent.ok() && !state.interrupted;
    auto response = co_await receive(std::move(link), server.address, complete);
    // A kept connection may have been closed just then. The request is signed with an id of its own: if it was heard
    // after all, the second one is refused, not carried out twice.
    if (!response.ok() && reused && !state.whole.empty() && lost(response.error())) {
        CO_TRY(auto again, co_await connect(server, knowledge, true));
        again->connection.expire_in(core_.settings.pace);
        CO_TRY_VOID(co_await again->connection.write(state.whole));
        response = co_await receive(std::move(again), server.address, true);
    }
    if (!response.ok() && !sent.ok() && lost(response.error())) co_return sent.error();
    co_return response;
}

Awaitable<Result<ResponseMessage>> Ask::ask(const std::shared_ptr<const Knowledge>& knowledge, const ServiceId& service,
                                            const std::optional<ServerId>& wanted, RequestMessage& request) {
    request.from = core_.settings.server;
    auto candidates = knowledge->providers(service);
    if (is_of_gateway(service)) candidates = gateways_of_owner(*knowledge, service);
    if (candidates.empty()) co_return carried(provider_not_found(service));
    if (wanted) {
        std::erase_if(candidates, [&](const auto* s) { return s->id != *wanted; });
        if (candidates.empty()) co_return carried(security_server_not_found(*wanted, service));
    }
    const auto own = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const auto* s) { return s->id == core_.settings.server; });
    if (own != candidates.end()) {
        auto response = co_await own_.answer(request);
        if (response.ok()) response->peer = to_text((*own)->id);
        co_return response;
    }
    // Those in maintenance are asked only when there is no other.
    const bool all_out =
        std::all_of(candidates.begin(), candidates.end(), [](const auto* c) { return c->maintenance; });
    if (!all_out) std::erase_if(candidates, [](const auto* c) { return c->maintenance; });
    std::vector<std::string> names, tried;
    for (const auto* c : candidates) names.push_back(to_text(c->id));
    Error last = of_client("network_error", "No gateway of the provider has an address.");
    while (const auto place = core_.chooser.choose(names, tried)) {
        const auto& server = *candidates[*place];
        const auto& name = names[*place];
        const auto began = std::chrono::steady_clock::now();
        const auto took = [began] {
            return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
        };
        auto link = co_await connect(server, *knowledge, false);
        if (!link.ok()) {
            // Nothing has been sent: the next one may be asked.
            core_.chooser.done(name, false, took());
            last = no_answer(server, link.error());
            tried.push_back(name);
            continue;
        }
        auto response = co_await send(std::move(link).value(), server, *knowledge, request);
        const bool lost_it = !response.ok() && response.error().code.starts_with("exchange.");
        core_.chooser.done(name, !lost_it, took());
        if (lost_it) co_return no_answer(server, response.error());
        if (response.ok()) response->peer = name;
        co_return response;
    }
    co_return last;
}

}  // namespace hl::exchange::gateway
