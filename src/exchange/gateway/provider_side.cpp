#include "exchange/gateway/provider_side.h"

#include "exchange/gateway/body_limit.h"
#include "exchange/gateway/judged_call.h"
#include "exchange/gateway/monitoring_here.h"
#include "exchange/protocol/fault_texts.h"
#include "exchange/protocol/metaservices.h"

namespace hl::exchange::gateway {

namespace {

Error of_server(std::string_view code, std::string text) {
    return carried({fmt::format("{}.{}", server_proxy, code), std::move(text), {}, true});
}

}  // namespace

/// In X-Road's order: may the other gateway speak for the client, is the service there, of this kind, allowed, enabled.
Result<void> ProviderSide::check(Asked& asked, const RequestMessage& request, bool metaservice) const {
    const auto& knowledge = *asked.knowledge;
    if (asked.client.instance != knowledge.configuration().instance || knowledge.find(asked.client) == nullptr)
        return of_server("unknown_member",
                         fmt::format("Client '{}' is not known in this instance. It must be registered "
                                     "first.",
                                     to_text(asked.client)));
    if (!knowledge.speaks_for(request.from, asked.client))
        return of_server(
            "ssl_authentication_failed",
            fmt::format("Security server {} is not registered for client {}. The client must be registered "
                        "at the gateway that it calls through.",
                        to_text(request.from), to_text(asked.client)));
    const auto& own = core_.settings.server;
    const auto* self = knowledge.find(own);
    if (self != nullptr && self->maintenance) return carried(maintenance(server_proxy, self->maintenance_notice));
    const bool of_gateway = is_of_gateway(asked.service) && asked.service.provider.instance == own.instance &&
                            asked.service.provider.member_class == own.member_class &&
                            asked.service.provider.member_code == own.member_code;
    if (!of_gateway && !knowledge.speaks_for(own, asked.service.provider))
        return of_server("unknown_service", fmt::format("Unknown service: {}. Its provider is not registered at this "
                                                        "gateway ({}).",
                                                        to_text(asked.service), to_text(own)));
    if (metaservice) return {};
    const auto* known = knowledge.find(asked.service);
    if (known == nullptr) return carried(unknown_service(asked.service));
    if (request.rest && known->type == ServiceType::soap) return carried(not_for_rest(asked.service));
    if (!request.rest && known->type != ServiceType::soap) return carried(not_for_soap(asked.service));
    const auto decision = knowledge.decide(asked.client, asked.service, asked.method, asked.path, core_.clock.now());
    if (!decision.allowed) {
        if (decision.fault == "access_denied") return carried(access_denied(asked.service, asked.client));
        if (decision.fault == "unknown_service") return carried(unknown_service(asked.service));
        if (decision.fault == "service_disabled")
            return carried(service_disabled(asked.service, known->disabled_notice));
        return of_server(decision.fault, decision.notice);
    }
    const auto settings = core_.services.find(asked.service);
    if (settings == core_.services.end())
        return of_server("service_missing_url",
                         fmt::format("Service {} is registered, but this gateway has no address for it. The provider's "
                                     "administrator must add it to the gateway's settings.",
                                     to_text(asked.service)));
    asked.settings = settings->second;
    return {};
}

LogEntry ProviderSide::entry(const RequestMessage& request, const Asked& asked, Direction direction) const {
    LogEntry out;
    out.at = core_.clock.now();
    out.side = Side::provider;
    out.direction = direction;
    out.request_id = request.request_id;
    out.client = asked.client;
    out.service = asked.service;
    out.rest = request.rest;
    return out;
}

/// With the consumer's limits and the circuit breaker around it.
Awaitable<Result<ProviderAnswer>> ProviderSide::call(const Asked& asked, const ProviderRequest& request,
                                                     IncomingMessage& incoming, ByteSource& body, OnePart* part) {
    auto* target = providers_.find(asked.service);
    if (target == nullptr) co_return carried(unknown_service(asked.service));
    CO_TRY(const auto permit, core_.limits.admit(*asked.settings, asked.client));
    const auto began = std::chrono::steady_clock::now();
    const size_t hold = core_.settings.hold;
    // Two statements: g++ 12 destroys twice what a conditional expression with co_await gives.
    std::optional<Result<ProviderAnswer>> asked_for;
    if (part != nullptr && target->validator)
        asked_for.emplace(co_await call_judged(providers_, *target, links_, request, *part));
    else if (part != nullptr)
        asked_for.emplace(co_await call_provider(providers_, *target, links_, request, *part, hold));
    else
        asked_for.emplace(co_await call_provider(*target, links_, request, body, hold));
    Result<ProviderAnswer> answer = std::move(*asked_for);
    const bool failed_itself =
        !answer.ok() && answer.error().code.starts_with(fmt::format("{}.service_failed", server_proxy));
    core_.limits.ended(*asked.settings, permit, answer.ok() || !failed_itself,
                       std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began));
    if (answer.ok() && !incoming.complete())
        co_return of_server("internal_error", "The request was not verified to its end; it was not answered.");
    co_return answer;
}

Awaitable<Result<ResponseMessage>> ProviderSide::answer(RequestMessage& request) {
    Exchanged seen;
    seen.side = Side::provider;
    seen.rest = request.rest;
    seen.began = core_.clock.now();
    seen.peer = to_text(request.from);
    std::optional<Result<ResponseMessage>> made;
    if (request.rest)
        made.emplace(co_await answer_rest(request, seen));
    else
        made.emplace(co_await answer_soap(request, seen));
    Result<ResponseMessage> response = std::move(*made);
    seen.ended = core_.clock.now();
    seen.succeeded = response.ok();
    if (!response.ok()) {
        const auto fault = fault_for(response.error(), server_proxy);
        seen.fault_code = fault.code;
        seen.fault_text = fault.text;
    }
    core_.observe(seen);
    co_return response;
}

Awaitable<Result<ResponseMessage>> ProviderSide::answer_rest(RequestMessage& request, Exchanged& seen) {
    Asked asked;
    CO_TRY(asked.knowledge, core_.knowledge(server_proxy));
    CO_TRY_VOID(core_.ready(server_proxy, *asked.knowledge));
    auto parsed = parse_rest_request(request.head);
    if (!parsed.ok()) co_return carried(fault_for(parsed.error(), server_proxy));
    const auto& rest = *parsed;
    request.request_id = rest.request_id;
    asked.client = seen.client = rest.client;
    asked.service = seen.service = rest.service.service;
    asked.method = seen.method = rest.method;
    asked.path = seen.path = rest.service.path.empty() ? "/" : rest.service.path;
    seen.message_id = rest.id;
    seen.request_id = rest.request_id;
    if (rest.request_id.empty())
        co_return of_server("missing_header_field",
                            "The request has no X-Road-Request-Id; the client's gateway makes it.");
    const bool metaservice = is_metaservice(asked.service.code);
    CO_TRY_VOID(check(asked, request, metaservice));

    auto logged = entry(request, asked, Direction::request);
    logged.message_id = rest.id;
    logged.user_id = rest.user_id;
    logged.issue = rest.issue;
    logged.represented_party = rest.represented_party;
    logged.message = request.head;
    auto answered = entry(request, asked, Direction::response);
    answered.message_id = rest.id;
    answered.user_id = rest.user_id;
    answered.issue = rest.issue;
    answered.represented_party = rest.represented_party;
    const auto policy = asked.settings != nullptr ? asked.settings->log_body : BodyPolicy::keep;
    // RFC 9110 9.2.1: who asks these expects nothing to be changed.
    const bool safe = rest.method == "GET" || rest.method == "HEAD";
    IncomingMessage::Expected expected{asked.client, true, safe};
    IncomingMessage incoming(core_, asked.knowledge, std::move(logged), *request.source, std::move(expected), policy);
    BodyLimit limited(incoming, core_.settings.max_body, request_too_large);
    OnePart body(limited);

    ProviderRequest ask;
    ask.method = rest.method;
    ask.path = rest.service.path;
    ask.query = rest.service.query;
    ask.headers = rest.headers;
    ask.client = rest.client;
    ask.message_id = rest.id;
    std::optional<Result<ProviderAnswer>> given;
    if (metaservice) {
        CO_TRY_VOID(co_await read_out(body));
        given.emplace(co_await metaservices_.rest(*asked.knowledge, asked.client, asked.service, ask));
    } else {
        given.emplace(co_await call(asked, ask, incoming, body, &body));
    }
    if (!given->ok()) {
        // A fault is an answer too.
        if (incoming.pending()) CO_TRY_VOID(co_await incoming.pending()->written(server_proxy));
        co_return given->error();
    }
    ProviderAnswer* answer = &given->value();

    const auto hash = request_hash(request.head, incoming.body_digest());
    const auto response =
        make_rest_response(answer->status, std::move(answer->reason), answer->headers, rest, hash, core_.clock.now());
    ResponseMessage out;
    out.head = to_bytes(response);
    answered.message = out.head;
    answered.status = answer->status;
    answered.succeeded = answer->status < 500;
    seen.status = answer->status;
    seen.request_bytes = incoming.bytes();
    auto message = std::make_unique<OutgoingMessage>(core_, std::move(answered), std::move(answer->body), policy);
    message->after(incoming.pending());
    out.source = std::move(message);
    co_return out;
}

}  // namespace hl::exchange::gateway
