#include "exchange/protocol/metaservices.h"

#include <boost/json.hpp>

#include "exchange/protocol/content_type.h"
#include "exchange/protocol/mime.h"
#include "exchange/protocol/soap_names.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {

namespace json = boost::json;

namespace {

constexpr std::string_view metaservices[] = {"listMethods",
                                             "allowedMethods",
                                             "getWsdl",
                                             "getOpenAPI",
                                             "listClients",
                                             "getSecurityServerOperationalData",
                                             "getSecurityServerHealthData",
                                             "getSecurityServerMetrics"};

void element(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out.append("<").append(name).append(">");
    xml::append_escaped(out, text);
    out.append("</").append(name).append(">");
}

void identifier(std::string& out, std::string_view element_name, const ClientId& id) {
    out.append("<").append(element_name).append(" id:objectType=\"");
    out.append(id.subsystem.empty() ? "MEMBER" : "SUBSYSTEM").append("\">");
    element(out, "id:xRoadInstance", id.instance);
    element(out, "id:memberClass", id.member_class);
    element(out, "id:memberCode", id.member_code);
    element(out, "id:subsystemCode", id.subsystem);
    out.append("</").append(element_name).append(">");
}

void identifier(std::string& out, std::string_view element_name, const ServiceId& id) {
    out.append("<").append(element_name).append(" id:objectType=\"SERVICE\">");
    element(out, "id:xRoadInstance", id.provider.instance);
    element(out, "id:memberClass", id.provider.member_class);
    element(out, "id:memberCode", id.provider.member_code);
    element(out, "id:subsystemCode", id.provider.subsystem);
    element(out, "id:serviceCode", id.code);
    element(out, "id:serviceVersion", id.version);
    out.append("</").append(element_name).append(">");
}

/// An envelope whose header repeats the request's; `content` is the body's child.
std::string soap_answer(const SoapHeader& h, std::string_view content) {
    // xrdinfo looks for "<SOAP-ENV:Envelope": the prefix is part of the interface.
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{}\" xmlns:id=\"{}\" "
        "xmlns:repr=\"{}\" xmlns:xroad=\"{}\"><SOAP-ENV:Header>",
        ns::soap, ns::identifiers, ns::representation, ns::xroad);
    out.reserve(out.size() + content.size() + 2000);
    identifier(out, "xroad:client", h.client);
    identifier(out, "xroad:service", h.service);
    if (h.security_server) {
        out += "<xroad:securityServer id:objectType=\"SERVER\">";
        element(out, "id:xRoadInstance", h.security_server->instance);
        element(out, "id:memberClass", h.security_server->member_class);
        element(out, "id:memberCode", h.security_server->member_code);
        element(out, "id:serverCode", h.security_server->server_code);
        out += "</xroad:securityServer>";
    }
    if (!h.represented_party.empty()) {
        const std::string_view party = h.represented_party;
        const auto slash = party.find('/');
        out += "<repr:representedParty>";
        if (slash != std::string_view::npos) element(out, "repr:partyClass", party.substr(0, slash));
        element(out, "repr:partyCode", slash == std::string_view::npos ? party : party.substr(slash + 1));
        out += "</repr:representedParty>";
    }
    element(out, "xroad:userId", h.user_id);
    element(out, "xroad:id", h.id);
    element(out, "xroad:issue", h.issue);
    element(out, "xroad:protocolVersion", h.protocol_version);
    out.append("</SOAP-ENV:Header><SOAP-ENV:Body>").append(content);
    out.append("</SOAP-ENV:Body></SOAP-ENV:Envelope>");
    return out;
}

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
    return soap_answer(request, content);
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
    return soap_answer(request, content);
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
