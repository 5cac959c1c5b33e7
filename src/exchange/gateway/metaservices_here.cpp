#include "exchange/gateway/metaservices_here.h"

#include <boost/asio/post.hpp>

#include "base/files.h"
#include "exchange/gateway/monitoring_here.h"
#include "exchange/protocol/fault_texts.h"
#include "exchange/protocol/metaservices.h"
#include "exchange/protocol/transport.h"

namespace hl::exchange::gateway {

namespace {

Error refused_here(std::string_view code, std::string text) {
    return carried({fmt::format("{}.{}", server_proxy, code), std::move(text), {}, true});
}

Error not_described(const ServiceId& service) {
    return refused_here("not_found", fmt::format("Service {} has no description at this gateway. The provider's "
                                                 "administrator must name one in the gateway's settings.",
                                                 to_text(service)));
}

Awaitable<Result<std::string>> fetch(LinkPool& links, const Providers::Target::Description& where, milliseconds time) {
    CO_TRY(auto link, co_await links.take(where.destination));
    link->connection.expire_in(time);
    const auto request =
        fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n\r\n", where.path, where.host_header);
    CO_TRY_VOID(co_await link->connection.write(request));
    link->reader.begin(HttpParser::Kind::response);
    CO_TRY(const HttpHead head, co_await link->reader.head());
    if (head.status != 200)
        co_return carried(
            service_failed("http_error", fmt::format("The service's description came with status {}.", head.status)));
    std::string out;
    for (;;) {
        CO_TRY(const std::string_view piece, co_await link->reader.piece());
        if (piece.empty()) break;
        if (out.size() + piece.size() > largest_description)
            co_return carried(service_failed("http_error", "The service's description is too large."));
        out += piece;
    }
    if (head.keep_alive) links.give_back(where.destination.key, std::move(link));
    co_return out;
}

std::vector<std::pair<std::string, std::string>> query_of(const std::string& query) {
    auto read = parse_query(query);
    return read.ok() ? std::move(read).value() : std::vector<std::pair<std::string, std::string>>{};
}

}  // namespace

Awaitable<Result<Piece>> TextBody::next() {
    if (!text_) co_return Piece{};
    switch (step_++) {
        case 0:
            co_return Piece{Piece::Kind::part, std::move(head_), {}};
        case 1:
            if (!text_->empty()) co_return Piece{Piece::Kind::bytes, {}, *text_};
            [[fallthrough]];
        default:
            co_return Piece{};
    }
}

Awaitable<Result<std::string>> Metaservices::description(const ServiceId& service) {
    auto* target = providers_.find(service);
    if (target == nullptr) co_return not_described(service);
    if (target->adapter) co_return boost::json::serialize(target->adapter->description());
    if (target->description) {
        auto fetched = co_await fetch(links_, *target->description, target->settings->answer_time);
        if (fetched.ok() || !fetched.error().code.starts_with("exchange.")) co_return fetched;
        co_return carried(service_failed("network_error", fetched.error().en));
    }
    const std::string file = target->settings->description;
    if (file.empty()) co_return not_described(service);
    auto read = co_await called_back<Result<std::string>>([&](auto done) {
        asio::post(providers_.workers(), [file, done] { done(read_file(file, largest_description)); });
    });
    if (!read.ok()) co_return refused_here("internal_error", read.error().en);
    co_return read;
}

Awaitable<Result<ProviderAnswer>> Metaservices::rest(const Knowledge& knowledge, const ClientId& client,
                                                     const ServiceId& service, const ProviderRequest& asked) {
    if (asked.method != "GET") co_return refused_here("invalid_http_method", "Metaservices are asked with GET.");
    std::optional<Answer> made;
    if (service.code == "listMethods" || service.code == "allowedMethods") {
        std::vector<ListedService> list;
        const auto known = service.code == "listMethods"
                               ? knowledge.services_of(service.provider)
                               : knowledge.allowed_services(client, service.provider, core_.clock.now());
        for (const auto* s : known)
            if (s->type != ServiceType::soap) list.push_back({s->id, std::string(to_string(s->type)), s->endpoints});
        made = list_services(list);
    } else if (service.code == "getOpenAPI") {
        std::string code;
        for (const auto& [name, value] : query_of(asked.query))
            if (name == "serviceCode") code = value;
        if (code.empty())
            co_return refused_here("bad_request",
                                   "Missing query parameter serviceCode. Name the service: "
                                   "getOpenAPI?serviceCode=…");
        const ServiceId wanted{service.provider, code, {}};
        const auto* entry = knowledge.find(wanted);
        if (entry == nullptr) co_return carried(unknown_service(wanted));
        if (entry->type != ServiceType::openapi3)
            co_return refused_here("service_type",
                                   fmt::format("Service {} is not described by OpenAPI 3. Its type is {}.",
                                               to_text(wanted), to_string(entry->type)));
        CO_TRY(const auto document, co_await description(wanted));
        auto answer = openapi_answer(document);
        if (!answer.ok()) co_return refused_here("internal_error", answer.error().en);
        made = std::move(*answer);
    } else {
        co_return carried(unknown_service(service));
    }
    ProviderAnswer out;
    out.status = 200;
    out.reason = "OK";
    out.headers = {{"Content-Type", made->content_type}};
    out.body = std::make_unique<TextBody>(std::move(made->body));
    co_return out;
}

Awaitable<Result<Metaservices::SoapAnswer>> Metaservices::soap(const Knowledge& knowledge,
                                                               const SoapMessage& question) {
    const auto& header = question.header;
    SoapAnswer out;
    out.part_type = out.content_type = "text/xml;charset=UTF-8";
    if (header.service.code == "listMethods" || header.service.code == "allowedMethods") {
        const auto known = header.service.code == "listMethods"
                               ? knowledge.services_of(header.service.provider)
                               : knowledge.allowed_services(header.client, header.service.provider, core_.clock.now());
        std::vector<ServiceId> list;
        for (const auto* s : known)
            if (s->type == ServiceType::soap) list.push_back(s->id);
        out.xml = list_services_soap(header, list);
        out.attachments = std::make_unique<TextBody>(std::nullopt);
        co_return out;
    }
    if (is_of_gateway(header.service))
        co_return co_await answer_monitoring(core_, providers_, links_.loop().random(), question);
    if (header.service.code != "getWsdl") co_return carried(unknown_service(header.service));
    const auto wanted = read_wsdl_question(question);
    if (!wanted.ok()) co_return carried(fault_for(wanted.error(), server_proxy));
    const ServiceId service{header.service.provider, wanted.value().code, wanted.value().version};
    const auto* entry = knowledge.find(service);
    if (entry == nullptr) co_return carried(unknown_service(service));
    if (entry->type != ServiceType::soap)
        co_return refused_here("service_type",
                               fmt::format("Service {} is a REST service and has no WSDL.", to_text(service)));
    CO_TRY(const auto document, co_await description(service));
    auto wsdl = without_addresses(document);
    if (!wsdl.ok()) co_return refused_here("internal_error", wsdl.error().en);
    out.xml = wsdl_answer_soap(header, wanted.value());
    out.content_type = fmt::format("multipart/related; type=\"text/xml\"; charset=UTF-8; boundary={}",
                                   transport::make_boundary("xroad", links_.loop().random()));
    std::vector<http::Header> head{{"content-type", "text/xml"}};
    out.attachments = std::make_unique<TextBody>(std::move(*wsdl), std::move(head));
    co_return out;
}

}  // namespace hl::exchange::gateway
