#include "exchange/protocol/soap_writer.h"

#include "exchange/protocol/soap_names.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange::soap {

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

std::string answer(const SoapHeader& h, std::string_view content) {
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

}  // namespace hl::exchange::soap
