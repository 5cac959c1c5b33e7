#include "exchange/registry/seed.h"

#include "exchange/registry/issue.h"
#include "exchange/registry/members.h"
#include "exchange/registry/requests.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

struct System {
    std::string_view agency, code, name, description;
};
constexpr System systems[] = {
    {"H50.20", "MOT-CUA", "Hệ thống một cửa điện tử", "Tiếp nhận, giải quyết và trả kết quả hồ sơ (dữ liệu mẫu)."},
    {"H50.04", "DKKD", "Đăng ký kinh doanh", "Tra cứu doanh nghiệp và hộ kinh doanh (dữ liệu mẫu)."},
    {"H50.03", "HO-TICH", "Hộ tịch", "Tra cứu sự kiện hộ tịch (dữ liệu mẫu)."},
    {"H50.06", "DAT-DAI", "Thông tin đất đai", "Tra cứu thửa đất (dữ liệu mẫu)."},
};

constexpr std::string_view business_description = R"json({
  "openapi": "3.0.3",
  "info": {"title": "Tra cứu doanh nghiệp (mẫu)", "version": "1.0.0"},
  "servers": [{"url": "/"}],
  "paths": {
    "/": {"get": {"summary": "Danh sách theo trang", "responses": {"200": {"description": "Danh sách"}}}},
    "/{code}": {"get": {"summary": "Một doanh nghiệp theo mã số", "responses": {"200": {"description": "Doanh nghiệp"}}}}
  }
})json";

constexpr std::string_view land_description = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="urn:quangtri:dat-dai" xmlns:xrd="http://x-road.eu/xsd/xroad.xsd"
    targetNamespace="urn:quangtri:dat-dai">
  <wsdl:types>
    <xsd:schema targetNamespace="urn:quangtri:dat-dai" elementFormDefault="qualified">
      <xsd:element name="traCuuThuaDat"><xsd:complexType><xsd:sequence>
        <xsd:element name="soTo" type="xsd:string"/><xsd:element name="soThua" type="xsd:string"/>
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:element name="traCuuThuaDatResponse"><xsd:complexType><xsd:sequence>
        <xsd:element name="dienTich" type="xsd:decimal"/>
      </xsd:sequence></xsd:complexType></xsd:element>
    </xsd:schema>
  </wsdl:types>
  <wsdl:message name="request"><wsdl:part name="body" element="tns:traCuuThuaDat"/></wsdl:message>
  <wsdl:message name="response"><wsdl:part name="body" element="tns:traCuuThuaDatResponse"/></wsdl:message>
  <wsdl:portType name="DatDai">
    <wsdl:operation name="traCuuThuaDat">
      <wsdl:documentation><xrd:title>Tra cứu thửa đất (mẫu)</xrd:title></wsdl:documentation>
      <wsdl:input message="tns:request"/><wsdl:output message="tns:response"/>
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="DatDaiSoap" type="tns:DatDai">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="traCuuThuaDat">
      <soap:operation soapAction=""/><xrd:version>v1</xrd:version>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="DatDai"><wsdl:port name="DatDaiPort" binding="tns:DatDaiSoap">
    <soap:address location="http://127.0.0.1/dat-dai"/>
  </wsdl:port></wsdl:service>
</wsdl:definitions>
)xml";

struct Service {
    std::string_view agency, system, type, code, title, document;
};
constexpr Service services[] = {
    {"H50.04", "DKKD", "OPENAPI3", "doanh-nghiep", "", business_description},
    {"H50.03", "HO-TICH", "REST", "khai-sinh", "Tra cứu khai sinh (mẫu)", ""},
    {"H50.20", "MOT-CUA", "REST", "ho-so", "Tình trạng hồ sơ một cửa (mẫu)", ""},
    {"H50.06", "DAT-DAI", "SOAP", "", "", land_description},
};

struct Grant {
    std::string_view caller, caller_system, provider, provider_system, service, method, path;
};
constexpr Grant grants[] = {
    {"H50.20", "MOT-CUA", "H50.04", "DKKD", "doanh-nghiep", "GET", "/*"},
    {"H50.20", "MOT-CUA", "H50.03", "HO-TICH", "khai-sinh", "GET", "**"},
    {"H50.20", "MOT-CUA", "H50.06", "DAT-DAI", "traCuuThuaDat/v1", "*", "**"},
    {"H50.04", "DKKD", "H50.20", "MOT-CUA", "ho-so", "GET", "/dossiers/*"},
};

// Real in form, and said to be a sample: the demonstration rests on no decision.
constexpr std::string_view sample_basis = "Nghị định 278/2025/NĐ-CP (dữ liệu mẫu, chưa phải quyết định thật)";

/// Asks and approves as two, as the rules want it.
class Seeder {
  public:
    Seeder(store::Transaction& tx, const Registry& registry,
           const std::shared_ptr<const directory::Directory>& organisation, Random& random, Instant now)
        : tx_(tx),
          registry_(registry),
          random_(random),
          now_(now),
          asks_(access::Actor::system("demo-integrator", organisation)),
          decides_(access::Actor::system("demo-registrar", organisation)) {}

    [[nodiscard]] bool has_member(std::string_view code) const { return present_.contains(std::string{code}); }
    [[nodiscard]] std::string path(std::string_view code, std::string_view system) const {
        return to_path(ClientId{registry_.settings().instance, "GOV", std::string{code}, std::string{system}});
    }

    Result<void> member(std::string_view code) {
        if (!decides_.organisation || has_member(code)) return Nothing{};
        if (decides_.organisation->agency_by_code(code, local_date(now_)) == nullptr) return Nothing{};
        TRY_VOID(register_member(tx_, registry_, decides_, {"GOV", std::string{code}, "", local_date(now_)}, now_));
        present_.insert(std::string{code});
        return Nothing{};
    }
    Result<void> change(RequestKind kind, const json::value& body) {
        TRY(const auto asked, make_request(tx_, registry_, asks_, kind, body, "Dữ liệu mẫu", random_, now_));
        TRY_VOID(approve_request(tx_, registry_, decides_, asked.id, now_));
        return Nothing{};
    }

  private:
    store::Transaction& tx_;
    const Registry& registry_;
    Random& random_;
    Instant now_;
    access::Actor asks_, decides_;
    std::set<std::string> present_;
};

}  // namespace

Result<Seeded> seed_exchange(store::Transaction& tx, const Registry& registry,
                             const std::shared_ptr<const directory::Directory>& organisation, Random& random,
                             Instant now) {
    Seeded out;
    if (tx.first("SELECT id FROM exchange_member LIMIT 1", {}, [](const store::Row&) { return true; })) return out;
    Seeder seeder(tx, registry, organisation, random, now);
    for (const auto& s : systems) {
        TRY_VOID(seeder.member(s.agency));
        if (!seeder.has_member(s.agency)) continue;
        ++out.members;
        TRY_VOID(seeder.change(RequestKind::subsystem,
                               json::object{{"member", seeder.path(s.agency, "")},
                                            {"code", s.code},
                                            {"name", s.name},
                                            {"description", s.description},
                                            {"contact", "Bộ phận công nghệ thông tin của cơ quan"}}));
        ++out.subsystems;
    }
    for (const auto& s : services) {
        if (!seeder.has_member(s.agency)) continue;
        json::object body{{"provider", seeder.path(s.agency, s.system)}, {"type", s.type}};
        if (!s.code.empty()) body["code"] = s.code;
        if (!s.title.empty()) body["title"] = s.title;
        if (!s.document.empty()) body["document"] = s.document;
        TRY_VOID(seeder.change(RequestKind::service, body));
        ++out.services;
    }
    for (const auto& g : grants) {
        if (!seeder.has_member(g.caller) || !seeder.has_member(g.provider)) continue;
        TRY_VOID(seeder.change(RequestKind::right, json::object{{"subject", seeder.path(g.caller, g.caller_system)},
                                                                {"service", seeder.path(g.provider, g.provider_system) +
                                                                                "/" + std::string{g.service}},
                                                                {"method", g.method},
                                                                {"path", g.path},
                                                                {"basis", sample_basis}}));
        ++out.rights;
    }
    return out;
}

std::vector<ClientId> seeded_subsystems(store::Reader& reader) {
    return reader.all("SELECT id FROM exchange_subsystem ORDER BY id", {},
                      [](const store::Row& row) { return client_of(row.text(0)); });
}

}  // namespace hl::exchange
