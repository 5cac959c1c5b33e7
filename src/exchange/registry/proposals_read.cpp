#include "exchange/protocol/metaservices.h"
#include "exchange/protocol/percent.h"
#include "exchange/registry/proposals.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

constexpr size_t most_endpoints = 2000;

/// A member of the body that is parsed by `parse`; its mistakes point to the member.
template <class Parse>
auto parsed(JsonReader& in, std::string_view key, const Parse& parse) -> typename decltype(parse(""))::value_type {
    const auto text = in.text(key, 1500);
    if (text.empty()) return {};
    auto out = parse(text);
    if (out.ok()) return *std::move(out);
    in.fail(key, out.error().code, out.error().vi, out.error().en);
    return {};
}

void judge_code_at(JsonReader& in, std::string_view key, const std::string& code) {
    if (code.empty()) return;
    if (const auto judged = judge_code(code, key); !judged.ok())
        in.fail(key, judged.error().code, judged.error().vi, judged.error().en);
}

bool is_method(std::string_view method) {
    static const std::set<std::string_view> all{"*",     "DELETE", "GET", "HEAD", "OPTIONS",
                                                "PATCH", "POST",   "PUT", "TRACE"};
    return all.contains(method);
}

/// Rights are matched against decoded, normalised paths: a glob that no such path can look like would never match.
bool is_glob(const std::string& path) {
    if (path == "**") return true;
    if (!path.starts_with('/')) return false;
    std::string encoded;
    for (size_t from = 0; from < path.size(); ++from) {
        if (path[from] == '/')
            encoded += '/';
        else
            append_percent_encoded(encoded, std::string_view{path}.substr(from, 1));
    }
    const auto normal = normalised_path(encoded);
    return normal.ok() && *normal == path;
}

Endpoint read_endpoint(JsonReader& in) {
    Endpoint out;
    out.method = in.optional_text("method", 10).value_or("*");
    out.path = in.optional_text("path", 1000).value_or("**");
    if (!is_method(out.method))
        in.fail("method", "exchange.method", "Phương thức là GET, POST, PUT, PATCH, DELETE… hoặc *.",
                "The method is GET, POST, PUT, PATCH, DELETE… or *.");
    if (!is_glob(out.path))
        in.fail("path", "exchange.path",
                "Đường dẫn viết ở dạng đã giải mã, bắt đầu bằng /, không có // hay .., hoặc là ** cho cả dịch vụ.",
                "A path is written decoded, begins with /, has no // or .., or is ** for the whole service.");
    return out;
}

Date read_from(JsonReader& in, Instant now) {
    return in.optional_date("from").value_or(local_date(now));
}

std::string read_document(JsonReader& in) {
    const auto* document = in.raw("document");
    if (document == nullptr) return {};
    if (document->is_string() && document->get_string().size() <= largest_registered_description)
        return std::string{document->get_string()};
    in.fail("document", "field.text", "Cần bản mô tả dịch vụ ở dạng văn bản, không quá 2 MiB.",
            "The description is wanted as text of at most 2 MiB.");
    return {};
}

Error bad_service_code(std::string_view code) {
    return {ErrorKind::invalid, "exchange.reserved_code",
            fmt::format("Mã \"{}\" dành cho dịch vụ mô tả của nền tảng. Hãy chọn mã khác.", code),
            fmt::format("The code '{}' belongs to a metaservice. Choose another.", code), "/code"};
}

Result<void> describe_openapi(ServicesProposal& out, ServiceEntry service) {
    TRY(auto description, read_openapi(out.document));
    if (service.title.empty()) service.title = description.title;
    service.endpoints = std::move(description.endpoints);
    std::sort(service.endpoints.begin(), service.endpoints.end());
    out.services.push_back(std::move(service));
    return Nothing{};
}

Result<void> describe_soap(ServicesProposal& out, const ServiceEntry& service) {
    TRY(const auto description, read_wsdl(out.document));
    if (description.operations.empty())
        return Error{ErrorKind::invalid, "exchange.description",
                     "Bản WSDL không có thao tác nào. Hãy kiểm tra phần binding.",
                     "The WSDL has no operation. Check its binding.", "/document"};
    for (const auto& operation : description.operations) {
        auto one = service;
        one.id.code = operation.code;
        one.id.version = operation.version;
        if (!operation.title.empty()) one.title = operation.title;
        if (one.title.empty()) one.title = description.title;
        out.services.push_back(std::move(one));
    }
    return Nothing{};
}

}  // namespace

Result<SubsystemProposal> read_subsystem(const json::value& body, Instant now) {
    JsonReader in(body);
    SubsystemProposal out;
    out.id = parsed(in, "member", parse_client);
    if (!out.id.subsystem.empty())
        in.fail("member", "exchange.identifier", "Cần mã thành viên gồm ba phần.",
                "The member is wanted, in three parts.");
    out.id.subsystem = in.text("code", 100);
    judge_code_at(in, "code", out.id.subsystem);
    out.name = in.text("name", 300);
    out.description = in.optional_text("description", 2000).value_or("");
    out.contact = in.optional_text("contact", 500).value_or("");
    out.from = read_from(in, now);
    TRY_VOID(in.finish());
    return out;
}

Result<ServicesProposal> read_services(const json::value& body, Instant now) {
    JsonReader in(body);
    ServicesProposal out;
    out.provider = parsed(in, "provider", parse_client);
    ServiceEntry service;
    service.type = *service_type_from(in.one_of("type", {"REST", "OPENAPI3", "SOAP"}));
    service.id.provider = out.provider;
    const bool soap = service.type == ServiceType::soap;
    service.id.code = soap ? "" : in.text("code", 100);
    judge_code_at(in, "code", service.id.code);
    service.title = in.optional_text("title", 300).value_or("");
    out.description = in.optional_text("description", 4000).value_or("");
    out.document = read_document(in);
    out.from = read_from(in, now);
    for (const auto& [item, at] : in.array("endpoints", most_endpoints)) {
        JsonReader endpoint(*item, at);
        service.endpoints.push_back(read_endpoint(endpoint));
        in.absorb(std::move(endpoint));
    }
    if (out.provider.subsystem.empty())
        in.fail("provider", "exchange.identifier", "Bên cung cấp là một phân hệ (bốn phần).",
                "The provider is a subsystem, in four parts.");
    const bool described = service.type != ServiceType::rest;
    if (described != !out.document.empty())
        in.fail("document", "exchange.description",
                described ? "Loại này cần bản mô tả (OpenAPI 3 hoặc WSDL 1.1)." : "Loại REST không có bản mô tả.",
                described ? "This type needs its description (OpenAPI 3 or WSDL 1.1)."
                          : "The type REST has no description.");
    if (described && !service.endpoints.empty())
        in.fail("endpoints", "exchange.description", "Các điểm cuối lấy từ bản mô tả.",
                "The endpoints come from the description.");
    TRY_VOID(in.finish());
    if (service.type == ServiceType::openapi3)
        TRY_VOID(describe_openapi(out, std::move(service)));
    else if (soap)
        TRY_VOID(describe_soap(out, service));
    else
        out.services.push_back(std::move(service));
    for (const auto& s : out.services)
        if (is_metaservice(s.id.code)) return bad_service_code(s.id.code);
    return out;
}

Result<Right> read_right(const json::value& body, Instant now) {
    JsonReader in(body);
    Right out;
    const auto subject = in.optional_text("subject", 1500);
    out.group = in.optional_text("group", 100).value_or("");
    if (subject.has_value() == !out.group.empty()) {
        in.fail("subject", "exchange.subject", "Ghi phân hệ được gọi hoặc nhóm, một trong hai.",
                "Name the subsystem that may call, or a group: one of the two.");
    } else if (subject) {
        if (auto id = parse_client(*subject); id.ok())
            out.subject = *std::move(id);
        else
            in.fail("subject", id.error().code, id.error().vi, id.error().en);
    }
    out.service = parsed(in, "service", parse_service);
    out.endpoint = read_endpoint(in);
    out.from = read_from(in, now);
    out.to = in.optional_date("to");
    out.basis = in.text("basis", 500);
    if (out.to && *out.to < out.from)
        in.fail("to", "exchange.days", "Ngày cuối phải từ ngày đầu trở đi.",
                "The last day must not come before the first.");
    TRY_VOID(in.finish());
    return out;
}

}  // namespace hl::exchange
