#include "exchange/gateway/verification_conf.h"

#include <boost/json.hpp>

#include "exchange/protocol/percent.h"
#include "exchange/protocol/soap_names.h"
#include "exchange/protocol/xml.h"
#include "exchange/trust/container_zip.h"

namespace hl::exchange::gateway {

namespace {

namespace json = boost::json;

constexpr std::string_view schema_version = "5";
// How X-Road reads names out of certificates; a class of its own that every installation has.
constexpr std::string_view certificate_profile =
    "ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider";

class Writer {
  public:
    void text(std::string_view name, std::string_view value) {
        open(name);
        xml::append_escaped(out, value);
        close(name);
    }
    void bytes(std::string_view name, std::string_view value) { text(name, crypto::to_base64(value)); }
    void open(std::string_view name) { out.append("<").append(name).append(">"); }
    void open(std::string_view name, std::string_view id) {
        out.append("<").append(name).append(" id=\"").append(id).append("\">");
    }
    void close(std::string_view name) { out.append("</").append(name).append(">"); }
    std::string out;
};

/// Members and subsystems get ids, by which servers name them.
std::map<ClientId, std::string> numbered(const Configuration& c) {
    std::map<ClientId, std::string> out;
    for (const auto& m : c.members) out.emplace(m.id, fmt::format("id{}", out.size()));
    return out;
}

void authority(Writer& w, const AuthorityEntry& a) {
    w.open("approvedCA");
    w.text("name", a.name);
    w.text("authenticationOnly", a.signing ? "false" : "true");
    const auto ocsp = [&] {
        for (size_t i = 0; i < a.ocsp_urls.size(); ++i) {
            w.open("ocsp");
            w.text("url", a.ocsp_urls[i]);
            if (i < a.ocsp_responders.size()) w.bytes("cert", a.ocsp_responders[i]);
            w.close("ocsp");
        }
    };
    w.open("topCA");
    w.bytes("cert", a.certificate);
    ocsp();
    w.close("topCA");
    for (const auto& between : a.intermediates) {
        w.open("intermediateCA");
        w.bytes("cert", between);
        ocsp();
        w.close("intermediateCA");
    }
    w.text("certificateProfileInfo", certificate_profile);
    w.close("approvedCA");
}

void member(Writer& w, const Configuration& c, const MemberEntry& m, const std::map<ClientId, std::string>& ids) {
    w.open("member", ids.at(m.id));
    w.open("memberClass");
    w.text("code", m.id.member_class);
    const auto meaning = c.classes.find(m.id.member_class);
    w.text("description", meaning == c.classes.end() ? m.id.member_class : meaning->second);
    w.close("memberClass");
    w.text("memberCode", m.id.member_code);
    w.text("name", m.name);
    for (const auto& s : c.members) {
        if (s.id.subsystem.empty() || s.id.member() != m.id) continue;
        w.open("subsystem", ids.at(s.id));
        w.text("subsystemCode", s.id.subsystem);
        if (!s.name.empty()) w.text("subsystemName", s.name);
        w.close("subsystem");
    }
    w.close("member");
}

void server(Writer& w, const ServerEntry& s, const std::map<ClientId, std::string>& ids) {
    const auto owner = ids.find(ClientId{s.id.instance, s.id.member_class, s.id.member_code, {}});
    if (owner == ids.end()) return;  // the schema has no server without its owner
    w.open("securityServer");
    w.text("owner", owner->second);
    w.text("serverCode", s.id.server_code);
    // X-Road's has no port: its servers all listen on 5500.
    w.text("address", s.address.substr(0, s.address.rfind(':')));
    for (const auto& hex : s.certificates)
        if (const auto digest = crypto::from_hex(hex)) w.bytes("authCertHash", *digest);
    for (const auto& client : s.clients)
        if (const auto id = ids.find(client); id != ids.end()) w.text("client", id->second);
    if (s.maintenance) {
        w.open("inMaintenanceMode");
        if (!s.maintenance_notice.empty()) w.text("message", s.maintenance_notice);
        w.close("inMaintenanceMode");
    }
    w.close("securityServer");
}

void group(Writer& w, const Configuration& c, const std::string& code, const std::vector<ClientId>& members) {
    w.open("globalGroup");
    w.text("groupCode", code);
    const auto title = c.group_titles.find(code);
    w.text("description", title == c.group_titles.end() ? code : title->second);
    for (const auto& m : members) {
        w.out += fmt::format("<groupMember id:objectType=\"{}\">", m.subsystem.empty() ? "MEMBER" : "SUBSYSTEM");
        w.text("id:xRoadInstance", m.instance);
        w.text("id:memberClass", m.member_class);
        w.text("id:memberCode", m.member_code);
        if (!m.subsystem.empty()) w.text("id:subsystemCode", m.subsystem);
        w.close("groupMember");
    }
    w.close("globalGroup");
}

}  // namespace

std::string shared_parameters(const Configuration& c) {
    Writer w;
    w.out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><xroad:conf xmlns:xroad=\"{}\" xmlns:id=\"{}\">",
        ns::xroad, ns::identifiers);
    w.text("instanceIdentifier", c.instance);
    const auto ids = numbered(c);
    for (const auto& a : c.authorities) authority(w, a);
    for (const auto& t : c.time_stampers) {
        w.open("approvedTSA");
        w.text("name", t.name);
        w.text("url", t.url);
        w.bytes("cert", t.certificate);
        w.close("approvedTSA");
    }
    for (const auto& m : c.members)
        if (m.id.subsystem.empty()) member(w, c, m, ids);
    for (const auto& s : c.servers) server(w, s, ids);
    for (const auto& [code, members] : c.groups) group(w, c, code, members);
    w.open("globalSettings");
    for (const auto& [code, meaning] : c.classes) {
        w.open("memberClass");
        w.text("code", code);
        w.text("description", meaning);
        w.close("memberClass");
    }
    w.text("ocspFreshnessSeconds", std::to_string(c.ocsp_freshness.count()));
    w.close("globalSettings");
    w.close("xroad:conf");
    return std::move(w.out);
}

Result<std::string> verification_conf(const Configuration& c, Instant now) {
    const json::object metadata{{"contentIdentifier", "SHARED-PARAMETERS"}, {"instanceIdentifier", c.instance},
                                {"contentFileName", "shared-params.xml"},   {"contentLocation", ""},
                                {"expirationDate", to_rfc3339(c.expires)},  {"configurationVersion", schema_version}};
    // Identifiers hold no slash and no control characters that would lead out of the folder; escaped all the same.
    std::string folder = "verificationconf/";
    append_percent_encoded(folder, c.instance);
    folder += '/';
    TRY(auto zip, ZipWriter::to_memory(now));
    TRY_VOID(zip.add(folder + "shared-params.xml", shared_parameters(c), ZipWriter::Packing::packed));
    TRY_VOID(zip.add(folder + "shared-params.xml.metadata", json::serialize(metadata), ZipWriter::Packing::stored));
    TRY_VOID(zip.add("verificationconf/instance-identifier", c.instance, ZipWriter::Packing::stored));
    return std::move(zip).finish();
}

}  // namespace hl::exchange::gateway
