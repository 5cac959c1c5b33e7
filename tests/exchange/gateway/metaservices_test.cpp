// Metaservices through two gateways (PR-META, PR-MREST).
#include "base/files.h"
#include "exchange/gateway/gateway_by_hand.h"
#include "exchange/protocol/faults.h"
#include "exchange/trust/container.h"
#include "exchange/trust/container_zip.h"

namespace hl::exchange::test {

class Meta : public GatewayTest {
  protected:
    const std::string base_ = "/r1/QUANGTRI/GOV/H50.12/DKKD/";
    void describe() override {
        GatewayTest::describe();
        auto& c = configuration_;
        c.services.push_back({{firms, "mo-ta", {}}, ServiceType::openapi3, "", {{"GET", "/x/*"}}, {}, true, {}});
        ServiceSettings described;
        described.id = {firms, "mo-ta", {}};
        described.type = ServiceType::openapi3;
        described.url = system_.url("/mo-ta");
        described.description = system_.url("/openapi.json");
        settings_two_.services.push_back(described);
        const auto wsdl = folder_ / "tra-cuu.wsdl";
        EXPECT_TRUE(write_file(wsdl, wsdl_).ok());
        settings_two_.services[1].description = wsdl.string();
    }
    http::Response soap(const std::string& code, const std::string& content = "", const ClientId& client = desk) {
        http::ClientRequest request;
        request.method = "POST";
        request.url = one_.url("/");
        request.headers = {{"Content-Type", "text/xml"}};
        const auto id = [](const char* kind, const char* type, const ClientId& of, const std::string& more) {
            return fmt::format(
                "<x:{0} id:objectType=\"{1}\"><id:xRoadInstance>{2}</id:xRoadInstance><id:memberClass>{3}"
                "</id:memberClass><id:memberCode>{4}</id:memberCode><id:subsystemCode>{5}"
                "</id:subsystemCode>{6}</x:{0}>",
                kind, type, of.instance, of.member_class, of.member_code, of.subsystem, more);
        };
        request.body =
            R"(<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers"><s:Header>)" +
            id("client", "SUBSYSTEM", client, "") +
            id("service", "SERVICE", firms, "<id:serviceCode>" + code + "</id:serviceCode>") +
            "<x:id>1</x:id><x:protocolVersion>4.0</x:protocolVersion></s:Header><s:Body><x:" + code + ">" + content +
            "</x:" + code + "></s:Body></s:Envelope>";
        return http::send(request).value();
    }
    const std::string wsdl_ =
        R"(<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"><service name="s"><port name="p" binding="b"><soap:address location="http://10.0.0.1/trong"/></port></service></definitions>)";
};

TEST_F(Meta, ListClientsIsAnsweredOutOfTheConfiguration) {
    http::ClientRequest request;
    request.url = one_.url("/listClients?xRoadInstance=QUANGTRI");
    request.headers = {{"Accept", "application/json"}};
    const auto response = http::send(request).value();
    EXPECT_EQ(response.status, 200);
    const auto members = boost::json::parse(response.body).at("member").as_array();
    ASSERT_EQ(members.size(), 5u);
    EXPECT_EQ(members[1].at("id").at("subsystem_code"), "MOT-CUA");
    EXPECT_EQ(members[1].at("name"), "Ủy ban nhân dân tỉnh");
    EXPECT_EQ(members[1].at("subsystem_name"), "Một cửa");
    request.url = one_.url("/listClients?xRoadInstance=KHAC");
    EXPECT_EQ(fault(http::send(request).value()), "server.clientproxy.not_found");
}

TEST_F(Meta, ListsAreSignedAndLoggedAndNeedNoRight) {
    const auto all = boost::json::parse(ask("GET", base_ + "listMethods").body).at("service").as_array();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].at("service_code"), "mo-ta");
    EXPECT_EQ(all[1].at("service_type"), "OPENAPI3");
    EXPECT_EQ(all[1].at("endpoint_list").as_array()[0].at("path"), "/x/*");
    const auto allowed = boost::json::parse(ask("GET", base_ + "allowedMethods").body).at("service").as_array();
    ASSERT_EQ(allowed.size(), 1u);
    EXPECT_EQ(allowed[0].at("service_code"), "doanh-nghiep");
    EXPECT_EQ(ask("GET", base_ + "listMethods", {{"X-Road-Client", "QUANGTRI/GOV/H50/KHAC"}}).status, 200);
    EXPECT_EQ(entries(*two_.log).size(), 6u);
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_EQ(fault(ask("POST", base_ + "listMethods", {}, "x")), "server.serverproxy.invalid_http_method");
}

TEST_F(Meta, OpenApiIsFetchedWithItsServersHidden) {
    system_.answer_with([](const auto& asked) {
        EXPECT_EQ(asked.line, "GET /openapi.json HTTP/1.1");
        return InformationSystem::Said{
            answer(
                200,
                R"({"openapi":"3.0.3","info":{"title":"t","version":"1"},"servers":[{"url":"http://10.0.0.1/v1"}],"paths":{}})"),
            false};
    });
    const auto response = ask("GET", base_ + "getOpenAPI?serviceCode=mo-ta");
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(boost::json::parse(response.body).at("servers").as_array()[0].at("url"), "/v1");
    EXPECT_EQ(fault(ask("GET", base_ + "getOpenAPI?serviceCode=khong-co")), "server.serverproxy.unknown_service");
    EXPECT_EQ(fault(ask("GET", base_ + "getOpenAPI?serviceCode=doanh-nghiep")), "server.serverproxy.service_type");
    EXPECT_EQ(fault(ask("GET", base_ + "getOpenAPI")), "server.serverproxy.bad_request");
    system_.answer_with([](const auto&) { return InformationSystem::Said{answer(500, ""), false}; });
    EXPECT_EQ(fault(ask("GET", base_ + "getOpenAPI?serviceCode=mo-ta")),
              "server.serverproxy.service_failed.http_error");
}

TEST_F(Meta, SignedContainersAreGivenToTheirClientAlone) {
    ask("POST", rest_path, {{"X-Road-Id", "bang-chung"}}, "thân");
    const auto asic = [&](const std::string& subsystem, const std::string& id, const std::string& more) {
        http::ClientRequest request;
        request.url =
            one_.url("/asic?xRoadInstance=QUANGTRI&memberClass=GOV&memberCode=H50&subsystemCode=" + subsystem +
                     "&queryId=" + id + more);
        return http::send(request).value();
    };
    const auto request = asic("MOT-CUA", "bang-chung", "&requestOnly");
    ASSERT_EQ(request.status, 200) << request.body;
    EXPECT_EQ(header(request, "Content-Type"), "application/vnd.etsi.asic-e+zip");
    const auto parts = read_container(request.body);
    ASSERT_TRUE(parts.ok());
    EXPECT_EQ(parts.value().attachments.at(0), "thân");
    VerificationTrust trust;
    trust.authorities = {authority_->root().der()};
    trust.require_time_stamp = false;
    EXPECT_TRUE(verify_container(parts.value(), trust).ok());
    EXPECT_EQ(header(asic("MOT-CUA", "bang-chung", ""), "Content-Type"), "application/zip");
    EXPECT_EQ(asic("MOT-CUA", "bang-chung", "&unique").status, 400);
    EXPECT_EQ(asic("KHAC", "bang-chung", "").status, 404);
    EXPECT_EQ(asic("KHONG-CO", "bang-chung", "").status, 401);
    EXPECT_EQ(asic("MOT-CUA", "", "").status, 400);
}

TEST_F(Meta, SoapListsAndWsdl) {
    const auto list = soap("listMethods");
    EXPECT_NE(list.body.find("<id:serviceCode>traCuu</id:serviceCode>"), std::string::npos) << list.body;
    EXPECT_NE(list.body.find("requestHash"), std::string::npos);
    EXPECT_EQ(soap("allowedMethods").status, 200);
    const auto wsdl = soap("getWsdl", "<x:serviceCode>traCuu</x:serviceCode><x:serviceVersion>v1</x:serviceVersion>");
    EXPECT_TRUE(header(wsdl, "Content-Type").find("boundary=xroad") != std::string::npos) << wsdl.body;
    // As xrdinfo cuts it.
    const auto at = wsdl.body.find("content-type:text/xml\r\n\r\n");
    ASSERT_NE(at, std::string::npos) << wsdl.body;
    const auto text = wsdl.body.substr(at + 25, wsdl.body.find("\r\n--xroad", at) - at - 25);
    EXPECT_TRUE(text.starts_with("<definitions")) << text;
    EXPECT_NE(text.find("http://example.org/xroad-endpoint"), std::string::npos);
    EXPECT_EQ(text.find("10.0.0.1"), std::string::npos);
    const auto unknown = soap("getWsdl", "<x:serviceCode>khongCo</x:serviceCode>");
    EXPECT_EQ(parse_soap_fault(unknown.body).value().code, "server.serverproxy.unknown_service");
}

TEST_F(Meta, SoapAllowedMethodsLeavesOutWhatIsNotAllowed) {
    const std::string listed = "<id:serviceCode>traCuu</id:serviceCode>";
    EXPECT_NE(soap("allowedMethods").body.find(listed), std::string::npos);
    const auto none = soap("allowedMethods", "", stranger).body;
    EXPECT_EQ(none.find(listed), std::string::npos) << none;
    EXPECT_NE(none.find("allowedMethodsResponse"), std::string::npos) << none;
    // Who has no right may ask, and what he asked is signed and logged.
    EXPECT_NE(soap("listMethods", "", stranger).body.find(listed), std::string::npos);
    EXPECT_EQ(entries(*one_.log).size(), 6u);
    EXPECT_EQ(entries(*two_.log).size(), 6u);
    for (const auto& e : entries(*two_.log)) EXPECT_FALSE(e.signer_sha256.empty());
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(Meta, DescriptionOverHttpsObeysTheServicesBeliefInCertificates) {
    const auto described_over = [&](bool verify, const std::string& ca_file) {
        GatewayByHand https(two_.tls, [](const std::string& asked) {
            EXPECT_TRUE(asked.starts_with("GET /openapi.json HTTP/1.1"));
            return answer(200, R"({"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{}})");
        });
        TearDown();
        auto& service = settings_two_.services.back();
        service.description = fmt::format("https://127.0.0.1:{}/openapi.json", https.port());
        service.verify_tls = verify;
        service.ca_file = ca_file;
        open_all();
        return ask("GET", base_ + "getOpenAPI?serviceCode=mo-ta");
    };
    // An authority that this machine does not know; then one that it knows, for a certificate of another name.
    EXPECT_EQ(fault(described_over(true, "")), "server.serverproxy.service_failed.network_error");
    const auto root = folder_ / "root.pem";
    ASSERT_TRUE(write_file(root, authority_->root().pem()).ok());
    EXPECT_EQ(fault(described_over(true, root.string())), "server.serverproxy.service_failed.network_error");
    EXPECT_EQ(described_over(false, "").status, 200);
}

TEST_F(Meta, EvidenceIsAskedForAsMessagesAre) {
    ask("POST", rest_path, {{"X-Road-Id", "bang-chung"}}, "thân");
    TearDown();
    settings_one_.clients[0].connection = ConnectionType::https;
    open_all();
    const std::string question =
        "/asic?xRoadInstance=QUANGTRI&memberClass=GOV&memberCode=H50&subsystemCode=MOT-CUA&queryId=bang-chung";
    http::ClientRequest request;
    request.url = one_.url(question);
    const auto refused = http::send(request).value();
    EXPECT_EQ(refused.status, 401);
    EXPECT_TRUE(header(refused, "Content-Type").starts_with("text/plain"));
    EXPECT_NE(refused.body.find("did not supply TLS certificate"), std::string::npos) << refused.body;
    TlsByHand tls(false, nullptr);
    ASSERT_TRUE(tls.connect(one_.gateway->ports().https));
    tls.write("GET " + question + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(tls.message().starts_with("HTTP/1.1 401 "));
}

TEST_F(Meta, VerificationConfIsTheConfigurationInXRoadsForm) {
    configuration_.groups["TINH"] = {desk, firms};
    configuration_.group_titles["TINH"] = "Cơ quan & đơn vị";
    configuration_.time_stampers = {{"TSA", authority_->time_stamper().der(), "http://127.0.0.1:1/tsa"}};
    publish();
    http::ClientRequest request;
    request.url = one_.url("/verificationconf");
    const auto response = http::send(request).value();
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(header(response, "Content-Type"), "application/zip");
    auto zip = ZipReader::of_bytes(response.body).value();
    std::map<std::string, std::string> files;
    for (size_t i = 0; i < zip.names().size(); ++i)
        ASSERT_TRUE(zip.read(i, 1 << 20, [&](auto piece) { files[zip.names()[i]] += piece; }).ok());
    ASSERT_EQ(files.size(), 3u);
    EXPECT_EQ(files.at("verificationconf/instance-identifier"), "QUANGTRI");
    const auto metadata = boost::json::parse(files.at("verificationconf/QUANGTRI/shared-params.xml.metadata"));
    EXPECT_EQ(metadata.at("contentIdentifier"), "SHARED-PARAMETERS");
    EXPECT_EQ(metadata.at("expirationDate").as_string(), to_rfc3339(configuration_.expires));
    const auto& xml = files.at("verificationconf/QUANGTRI/shared-params.xml");
    const auto has = [&](const std::string& text) { EXPECT_NE(xml.find(text), std::string::npos) << text << xml; };
    has("<instanceIdentifier>QUANGTRI</instanceIdentifier>");
    has("<approvedCA><name>CA</name><authenticationOnly>false</authenticationOnly><topCA><cert>" +
        crypto::to_base64(authority_->root().der()) + "</cert></topCA>");
    has("<approvedTSA><name>TSA</name><url>http://127.0.0.1:1/tsa</url><cert>");
    has("<memberCode>H50</memberCode><name>Ủy ban nhân dân tỉnh</name><subsystem id=\"id1\"><subsystemCode>MOT-CUA");
    has("<owner>id0</owner><serverCode>CONG-1</serverCode><address>127.0.0.1</address><authCertHash>" +
        crypto::to_base64(*crypto::from_hex(one_.tls_sha256)) + "</authCertHash><client>id1</client>");
    has("<groupCode>TINH</groupCode><description>Cơ quan &amp; đơn vị</description><groupMember "
        "id:objectType=\"SUBSYSTEM\">");
    has("<ocspFreshnessSeconds>3600</ocspFreshnessSeconds>");
    clock_.advance(std::chrono::minutes{11});
    EXPECT_EQ(http::send(request).value().status, 500);
}

}  // namespace hl::exchange::test
