// One SOAP exchange on the provider's side (PR-MESS).
#include "base/crypto.h"
#include "exchange/gateway/provider_side.h"
#include "exchange/gateway/soap_source.h"
#include "exchange/protocol/content_type.h"
#include "exchange/protocol/fault_texts.h"
#include "exchange/protocol/metaservices.h"
#include "http/parse.h"

namespace hl::exchange::gateway {

namespace {

/// The service's own fault goes to the client as it is, unsigned, as X-Road does it.
Error faults_as(const std::string& xml) {
    auto fault = parse_soap_fault(xml);
    if (!fault.ok()) return carried(service_failed("invalid_soap", fault.error().en));
    fault->from_server_side = true;
    return carried(std::move(fault).value());
}

std::string_view answered_type(const std::vector<http::Header>& headers) {
    for (const auto& h : headers)
        if (http::equal_ignoring_case(h.name, "Content-Type")) return h.value;
    return {};
}

/// The last part of the code that X-Road gives an answer that is no right SOAP message.
std::string cause_of(const Error& error) {
    const auto code = fault_for(error, server_proxy).code;
    return code.substr(server_proxy.size() + 1);
}

}  // namespace

Awaitable<Result<ResponseMessage>> ProviderSide::answer_soap(RequestMessage& request, Exchanged& seen) {
    Asked asked;
    CO_TRY(asked.knowledge, core_.knowledge(server_proxy));
    CO_TRY_VOID(core_.ready(server_proxy, *asked.knowledge));
    auto parsed = parse_soap(request.head, request.content_type);
    if (!parsed.ok()) co_return carried(fault_for(parsed.error(), server_proxy));
    const SoapMessage question = std::move(parsed).value();
    const auto& header = question.header;
    asked.client = seen.client = header.client;
    asked.service = seen.service = header.service;
    seen.message_id = header.id;
    seen.request_id = request.request_id;
    CO_TRY_VOID(check(asked, request, is_metaservice(asked.service.code)));

    auto logged = entry(request, asked, Direction::request);
    logged.message_id = header.id;
    logged.user_id = header.user_id;
    logged.issue = header.issue;
    logged.represented_party = header.represented_party;
    auto answered = logged;
    answered.direction = Direction::response;
    logged.message = request.head;
    const auto policy = asked.settings != nullptr ? asked.settings->log_body : BodyPolicy::keep;
    IncomingMessage::Expected expected{asked.client, true};
    IncomingMessage incoming(core_, asked.knowledge, std::move(logged), *request.source, std::move(expected), policy);
    const std::string type =
        request.original_content_type.empty() ? "text/xml; charset=utf-8" : request.original_content_type;
    if (is_metaservice(asked.service.code)) {
        OnePart attachments(incoming);
        CO_TRY_VOID(co_await read_out(attachments));
        CO_TRY(auto made, co_await metaservices_.soap(*asked.knowledge, question));
        auto parsed_answer = parse_soap(std::move(made.xml), made.part_type);
        if (!parsed_answer.ok()) co_return carried(fault_for(parsed_answer.error(), server_proxy));
        const auto with_hash = with_request_hash(*parsed_answer, crypto::to_base64(view(sha512(question.xml))));
        if (!with_hash.ok()) co_return carried(fault_for(with_hash.error(), server_proxy));
        ResponseMessage out;
        out.rest = false;
        out.head = with_hash.value().xml;
        out.content_type = made.part_type;
        out.original_content_type = made.content_type;
        answered.message = out.head;
        answered.status = seen.status = 200;
        out.source = std::make_unique<OutgoingMessage>(core_, std::move(answered), std::move(made.attachments), policy);
        co_return out;
    }
    SoapBytes body(request.head, request.content_type, request.head_more, type, incoming);

    ProviderRequest ask;
    ask.method = "POST";
    ask.content_type = type;
    if (!request.soap_action.empty()) ask.headers.push_back({"SOAPAction", request.soap_action});
    ask.client = header.client;
    ask.message_id = header.id;
    CO_TRY(ProviderAnswer answer, co_await call(asked, ask, incoming, body, nullptr));
    seen.status = answer.status;
    seen.request_bytes = static_cast<int64_t>(request.head.size()) + incoming.bytes();
    const std::string answer_type{answered_type(answer.headers)};
    const auto media = media_type(answer_type);
    const bool soap = media == "text/xml" || media == "application/xop+xml" || media.starts_with("multipart/");
    if (answer.status != 200 && !(answer.status == 500 && soap))
        co_return carried(service_failed("http_error", fmt::format("Server responded with error {}: {}. The service's "
                                                                   "operator must look at it.",
                                                                   answer.status, answer.reason)));
    auto attachments = std::make_unique<SoapSource>(std::move(answer.body), answer_type, core_.settings.max_soap);
    auto start = co_await attachments->start();
    if (!start.ok()) {
        if (start.error().code.starts_with("exchange."))
            co_return carried(service_failed(cause_of(start.error()), start.error().en));
        co_return start.error();
    }
    const std::string raw = start->xml;
    auto response = parse_soap(std::move(start->xml), start->content_type);
    if (!response.ok()) co_return carried(service_failed(cause_of(response.error()), response.error().en));
    if (response->fault) co_return faults_as(raw);
    const auto consistent = check_response(question, *response);
    if (!consistent.ok()) co_return carried(service_failed(cause_of(consistent.error()), consistent.error().en));
    auto whole = with_request_hash(*response, crypto::to_base64(view(sha512(question.xml))));
    if (!whole.ok()) co_return carried(service_failed(cause_of(whole.error()), whole.error().en));

    ResponseMessage out;
    out.rest = false;
    out.head = whole->xml;
    out.content_type = start->content_type;
    out.head_more = std::move(start->head_more);
    out.original_content_type = answer_type;
    answered.message = out.head;
    answered.status = 200;
    out.source = std::make_unique<OutgoingMessage>(core_, std::move(answered), std::move(attachments), policy);
    co_return out;
}

}  // namespace hl::exchange::gateway
