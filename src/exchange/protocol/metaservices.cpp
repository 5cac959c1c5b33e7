#include "exchange/protocol/metaservices.h"

#include <boost/json.hpp>

#include "exchange/protocol/content_type.h"
#include "exchange/protocol/mime.h"
#include "exchange/protocol/soap_names.h"
#include "exchange/protocol/soap_writer.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {

namespace json = boost::json;
using soap::element;
using soap::identifier;

namespace {

constexpr std::string_view metaservices[] = {"listMethods",
                                             "allowedMethods",
                                             "getWsdl",
                                             "getOpenAPI",
                                             "listClients",
                                             "getSecurityServerOperationalData",
                                             "getSecurityServerHealthData",
                                             "getSecurityServerMetrics"};

json::object id_of(const ClientId& id, std::string_view type) {
    json::object out{{"object_type", type},
                     {"xroad_instance", id.instance},
                     {"member_class", id.member_class},
                     {"member_code", id.member_code}};
    if (!id.subsystem.empty()) out["subsystem_code"] = id.subsystem;
    return out;
}

class QuestionReader final : public xml::Events {
  public:
    Result<void> start(std::string_view, std::string_view name, const std::vector<xml::Attribute>&) override {
        path_.emplace_back(name);
        text_.clear();
        return {};
    }
    void text(std::string_view piece) override { text_ += piece; }
    Result<void> end() override {
        if (path_.size() == 4 && path_[1] == "Body" && path_[2] == "getWsdl") {
            if (path_[3] == "serviceCode") out.code = trimmed(text_);
            if (path_[3] == "serviceVersion") out.version = trimmed(text_);
        }
        path_.pop_back();
        return {};
    }
    WsdlQuestion out;

  private:
    std::vector<std::string> path_;
    std::string text_;
};

struct Nobody final : xml::Events {
    Result<void> start(std::string_view, std::string_view, const std::vector<xml::Attribute>&) override { return {}; }
    Result<void> end() override { return {}; }
};

}  // namespace

bool is_metaservice(std::string_view service_code) {
    return std::find(std::begin(metaservices), std::end(metaservices), service_code) != std::end(metaservices);
}

Answer list_clients(std::span<const ListedClient> clients, std::string_view accept) {
    // PR-META 2 speaks of the header's value; X-Road looks whether it contains the type.
    if (lower_case(accept).find("application/json") != std::string::npos) {
        json::array members;
        members.reserve(clients.size());
        for (const auto& c : clients) {
            json::object member{{"id", id_of(c.id, c.id.subsystem.empty() ? "MEMBER" : "SUBSYSTEM")}, {"name", c.name}};
            if (!c.subsystem_name.empty()) member["subsystem_name"] = c.subsystem_name;
            members.push_back(std::move(member));
        }
        return {"application/json;charset=utf-8", json::serialize(json::object{{"member", std::move(members)}})};
    }
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><xroad:clientList xmlns:xroad=\"{}\" "
        "xmlns:id=\"{}\">",
        ns::xroad, ns::identifiers);
    for (const auto& c : clients) {
        out += "<xroad:member>";
        identifier(out, "xroad:id", c.id);
        element(out, "xroad:name", c.name);
        element(out, "xroad:subsystemName", c.subsystem_name);
        out += "</xroad:member>";
    }
    out += "</xroad:clientList>";
    return {"text/xml;charset=utf-8", std::move(out)};
}

Answer list_services(std::span<const ListedService> services) {
    json::array list;
    for (const auto& s : services) {
        auto service = id_of(s.id.provider, "SERVICE");
        service["service_code"] = s.id.code;
        if (!s.id.version.empty()) service["service_version"] = s.id.version;
        service["service_type"] = s.type;
        json::array endpoints;
        for (const auto& e : s.endpoints) endpoints.push_back(json::object{{"method", e.method}, {"path", e.path}});
        service["endpoint_list"] = std::move(endpoints);
        list.push_back(std::move(service));
    }
    return {"application/json;charset=utf-8", json::serialize(json::object{{"service", std::move(list)}})};
}

std::string list_services_soap(const SoapHeader& request, std::span<const ServiceId> services) {
    std::string content = fmt::format("<xroad:{}Response>", request.service.code);
    for (const auto& s : services) identifier(content, "xroad:service", s);
    content += fmt::format("</xroad:{}Response>", request.service.code);
    return soap::answer(request, content);
}

Result<WsdlQuestion> read_wsdl_question(const SoapMessage& request) {
    QuestionReader reader;
    TRY_VOID(xml::read(request.xml, request.charset, reader));
    if (reader.out.code.empty())
        return Error{ErrorKind::malformed, "exchange.invalid_body",
                     "Yêu cầu getWsdl thiếu serviceCode. Ghi mã dịch vụ cần lấy WSDL.",
                     "Missing serviceCode in message body. Name the service whose WSDL is wanted."};
    return std::move(reader.out);
}

std::string wsdl_answer_soap(const SoapHeader& request, const WsdlQuestion& question) {
    std::string content = "<xroad:getWsdlResponse>";
    element(content, "xroad:serviceCode", question.code);
    element(content, "xroad:serviceVersion", question.version);
    content += "</xroad:getWsdlResponse>";
    return soap::answer(request, content);
}

Result<std::string> without_addresses(std::string_view wsdl) {
    constexpr std::string_view hidden = "http://example.org/xroad-endpoint";
    Nobody nobody;
    TRY_VOID(xml::read(wsdl, xml::declared_charset(wsdl), nobody));
    std::string out;
    out.reserve(wsdl.size() + 64);
    size_t from = 0;
    bool in_port = false;
    for (xml::TagWalker tags(wsdl); const auto tag = tags.next();) {
        if (tag->depth == 2) in_port = !tag->closing && tag->local() == "port";
        if (!in_port || tag->closing || tag->depth != 3 || tag->local() != "address") continue;
        const auto place = xml::attribute_of(wsdl, *tag, "location");
        if (!place) continue;
        out.append(wsdl.substr(from, place->first - from)).append(hidden);
        from = place->second;
    }
    out.append(wsdl.substr(from));
    return out;
}

Answer wsdl_answer(std::string_view soap, std::string_view wsdl, std::string_view boundary) {
    // xrdinfo cuts the WSDL out with an expression over these bytes: a boundary that begins with "xroad", the head
    // "content-type:text/xml" without a space and at once a blank line, CR LF before the closing boundary.
    std::string out = part_head(boundary, "text/xml;charset=UTF-8", true);
    out.reserve(out.size() + soap.size() + wsdl.size() + 200);
    out.append(soap).append(part_head(boundary, "text/xml", false)).append(wsdl).append(closing(boundary));
    return {fmt::format("multipart/related; type=\"text/xml\"; charset=UTF-8; boundary={}", boundary), std::move(out)};
}

}  // namespace hl::exchange
