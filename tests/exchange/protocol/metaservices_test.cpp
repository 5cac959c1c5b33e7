// Answers of the metaservices: PR-META 2 to 4, PR-MREST 4 and 5, and the bytes that tools in the field depend on.
#include "exchange/protocol/metaservices.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "exchange/protocol/soap_samples.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {
namespace {

const ClientId provider{"QUANGTRI", "GOV", "H50.12", "DKKD"};
const std::vector<ListedClient> clients{{provider.member(), "Sở Tài chính", ""},
                                        {provider, "Sở Tài chính", "Đăng ký <kinh doanh>"}};

SoapMessage question(const std::string& code, const std::string& content = "") {
    auto service = samples::service;
    service.replace(service.find("traCuu"), 6, code);
    service.erase(service.find("<id:serviceVersion>"), std::string("<id:serviceVersion>v1</id:serviceVersion>").size());
    auto m = parse_soap(
        samples::envelope(samples::header(samples::client + service + samples::rest + "<x:issue>H50-1</x:issue>"),
                          samples::body(fmt::format("<x:{0}>{1}</x:{0}>", code, content))),
        "text/xml");
    EXPECT_TRUE(m.ok());
    return *m;
}

TEST(ListClients, IsXmlUnlessJsonIsAccepted) {
    for (const auto* accept : {"", "*/*", "text/xml"})
        EXPECT_EQ(list_clients(clients, accept).content_type, "text/xml;charset=utf-8") << accept;
    for (const auto* accept : {"application/json", "Application/JSON", "text/html, application/json;q=0.9"})
        EXPECT_TRUE(list_clients(clients, accept).content_type.starts_with("application/json")) << accept;
}
TEST(ListClients, JsonHasXRoadsMemberNames) {
    EXPECT_EQ(
        list_clients(clients, "application/json").body,
        R"({"member":[{"id":{"object_type":"MEMBER","xroad_instance":"QUANGTRI","member_class":"GOV","member_code":"H50.12"},"name":"Sở Tài chính"},)"
        R"({"id":{"object_type":"SUBSYSTEM","xroad_instance":"QUANGTRI","member_class":"GOV","member_code":"H50.12","subsystem_code":"DKKD"},"name":"Sở Tài chính","subsystem_name":"Đăng ký <kinh doanh>"}]})");
}
TEST(ListClients, XmlIsTheClientListOfTheSchema) {
    EXPECT_EQ(
        list_clients(std::span(clients).subspan(1), "").body,
        R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?><xroad:clientList xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers"><xroad:member><xroad:id id:objectType="SUBSYSTEM"><id:xRoadInstance>QUANGTRI</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>H50.12</id:memberCode><id:subsystemCode>DKKD</id:subsystemCode></xroad:id><xroad:name>Sở Tài chính</xroad:name><xroad:subsystemName>Đăng ký &lt;kinh doanh&gt;</xroad:subsystemName></xroad:member></xroad:clientList>)");
}
TEST(ListClients, NobodyIsAnEmptyList) {
    EXPECT_EQ(list_clients({}, "application/json").body, R"({"member":[]})");
}

TEST(ListServices, JsonHasXRoadsMemberNames) {
    const std::vector<ListedService> services{
        {{provider, "tracuu", ""}, "OPENAPI3", {{"GET", "/dn/*"}, {"POST", "/dn"}}},
        {{provider, "tep", ""}, "REST", {}}};
    EXPECT_EQ(
        list_services(services).body,
        R"({"service":[{"object_type":"SERVICE","xroad_instance":"QUANGTRI","member_class":"GOV","member_code":"H50.12","subsystem_code":"DKKD","service_code":"tracuu","service_type":"OPENAPI3","endpoint_list":[{"method":"GET","path":"/dn/*"},{"method":"POST","path":"/dn"}]},)"
        R"({"object_type":"SERVICE","xroad_instance":"QUANGTRI","member_class":"GOV","member_code":"H50.12","subsystem_code":"DKKD","service_code":"tep","service_type":"REST","endpoint_list":[]}]})");
}

TEST(ListServicesSoap, AnswerRepeatsTheHeadersAndListsServices) {
    for (const auto* code : {"listMethods", "allowedMethods"}) {
        const auto asked = question(code);
        const std::vector<ServiceId> services{{provider, "traCuu", "v1"}, {provider, "a<b", ""}};
        const auto answer = parse_soap(list_services_soap(asked.header, services), "text/xml");
        ASSERT_TRUE(answer.ok()) << answer.error().en;
        EXPECT_TRUE(check_response(asked, *answer).ok());
        EXPECT_NE(answer->xml.find("<xroad:service "
                                   "id:objectType=\"SERVICE\"><id:xRoadInstance>QUANGTRI</"
                                   "id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>H50.12</"
                                   "id:memberCode><id:subsystemCode>DKKD</id:subsystemCode><id:serviceCode>traCuu</"
                                   "id:serviceCode><id:serviceVersion>v1</id:serviceVersion></xroad:service>"),
                  std::string::npos);
        EXPECT_NE(answer->xml.find("a&lt;b"), std::string::npos);
    }
}
TEST(ListServicesSoap, ExtensionsOfTheRequestAreRepeatedToo) {
    auto header = question("listMethods").header;
    header.security_server = ServerId{"a", "b", "c", "d"};
    header.represented_party = "COM/4300";
    const auto answer = parse_soap(list_services_soap(header, {}), "text/xml");
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->header, header);
}

const std::string wsdl =
    R"(<?xml version="1.0"?><wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"><wsdl:types><!-- <soap:address location="http://comment/"/> --></wsdl:types><wsdl:service name="s"><wsdl:port name="p"><soap:address location="http://10.0.0.5:8080/x?a&gt;b"/></wsdl:port><wsdl:port name="q"><soap:address
   location='https://inner/'></soap:address></wsdl:port></wsdl:service></wsdl:definitions>)";

TEST(GetWsdl, QuestionNamesAServiceAndPerhapsAVersion) {
    const auto q = read_wsdl_question(
        question("getWsdl", "<x:serviceCode>traCuu</x:serviceCode><x:serviceVersion>v1</x:serviceVersion>"));
    ASSERT_TRUE(q.ok());
    EXPECT_EQ(q->code, "traCuu");
    EXPECT_EQ(q->version, "v1");
    EXPECT_EQ(read_wsdl_question(question("getWsdl", "<x:serviceCode>a</x:serviceCode>"))->version, "");
    EXPECT_EQ(read_wsdl_question(question("getWsdl")).error().code, "exchange.invalid_body");
}
TEST(GetWsdl, EveryAddressIsHiddenAndNothingElseChanges) {
    const auto hidden = without_addresses(wsdl);
    ASSERT_TRUE(hidden.ok());
    auto expected = wsdl;
    for (const std::string address : {"http://10.0.0.5:8080/x?a&gt;b", "https://inner/"})
        expected.replace(expected.find(address), address.size(), "http://example.org/xroad-endpoint");
    EXPECT_EQ(*hidden, expected);
    EXPECT_FALSE(without_addresses("<a>").ok());
    EXPECT_FALSE(without_addresses("<!DOCTYPE a><a/>").ok());
}
TEST(GetWsdl, AnswerIsCutAsXrdinfoCutsIt) {
    const auto asked = question("getWsdl", "<x:serviceCode>traCuu</x:serviceCode>");
    const auto soap = wsdl_answer_soap(asked.header, *read_wsdl_question(asked));
    EXPECT_TRUE(check_response(asked, *parse_soap(soap, "text/xml")).ok());
    const auto hashed = with_request_hash(*parse_soap(soap, "text/xml"), "eA==");
    const auto answer = wsdl_answer(hashed->xml, wsdl, "xroad0123");
    // The places that tool's expression looks for, in its order.
    const auto& b = answer.body;
    size_t at = 0;
    for (const std::string place : {"--xroad", "content-type:text/xml", "<SOAP-ENV:Envelope", "</SOAP-ENV:Envelope>",
                                    "--xroad", "content-type:text/xml\r\n\r\n"}) {
        at = b.find(place, at);
        ASSERT_NE(at, std::string::npos) << place;
        at += place.size();
    }
    const auto end = b.rfind("\r\n--xroad");
    EXPECT_EQ(b.substr(at, end - at), wsdl);
    EXPECT_GT(b.size(), end + 9);
    EXPECT_EQ(answer.content_type, "multipart/related; type=\"text/xml\"; charset=UTF-8; boundary=xroad0123");
}

TEST(GetOpenApi, JsonServersAreReducedToTheirPaths) {
    const auto a = openapi_answer(
        R"({"openapi":"3.0.3","info":{"title":"t","version":"1"},"servers":[{"url":"https://10.0.0.5:8443/api/v1?x=1"},{"url":"http://host"},{"url":"/rel"},{"url":"//host/p"},{"url":"https://{env}.inner/{v}/","variables":{"env":{"default":"prod"},"v":{"default":"v2"}}}],"paths":{"/a":{"servers":[{"url":"http://x/y"}],"get":{"servers":[{"url":"http://x/z"}],"callbacks":{"c":{"{$url}":{"post":{"servers":[{"url":"http://x/w"}]}}}}}}}})");
    ASSERT_TRUE(a.ok()) << a.error().en;
    EXPECT_EQ(a->content_type, "application/json");
    EXPECT_EQ(
        a->body,
        R"({"openapi":"3.0.3","info":{"title":"t","version":"1"},"servers":[{"url":"/api/v1"},{"url":"/"},{"url":"/rel"},{"url":"/p"},{"url":"/{v}/","variables":{"v":{"default":"v2"}}}],"paths":{"/a":{"servers":[{"url":"/y"}],"get":{"servers":[{"url":"/z"}],"callbacks":{"c":{"{$url}":{"post":{"servers":[{"url":"/w"}]}}}}}}}})");
}
TEST(GetOpenApi, YamlKeepsItsTextButForTheUrls) {
    const std::string yaml =
        "# Tra cứu\nopenapi: 3.0.3\ninfo: {title: t, version: '1.0'}\nservers:\n  - url: https://10.0.0.5/api # inner\n"
        "  - description: b\n    url: 'http://host:1/x'\n  - {url: \"http://host\"}\npaths:\n  /a:\n    servers: "
        "[{url: http://x/y}]\n    get: {responses: {200: {description: http://host/api}}}\n";
    const auto a = openapi_answer(yaml);
    ASSERT_TRUE(a.ok()) << a.error().en;
    EXPECT_EQ(a->content_type, "text/yaml");
    EXPECT_EQ(a->body,
              "# Tra cứu\nopenapi: 3.0.3\ninfo: {title: t, version: '1.0'}\nservers:\n  - url: \"/api\" # inner\n"
              "  - description: b\n    url: \"/x\"\n  - {url: \"/\"}\npaths:\n  /a:\n    servers: [{url: \"/y\"}]\n    "
              "get: {responses: {200: {description: http://host/api}}}\n");
}
TEST(GetOpenApi, YamlThatCannotBeChangedInPlaceIsAnsweredAsJson) {
    for (const std::string server : {"url: \"https:\\/\\/inner/api\"", "url: >-\n      https://inner/api",
                                     "{url: 'https://{h}/api', variables: {h: {default: inner}}}"}) {
        const auto a = openapi_answer("openapi: 3.1.0\ninfo: {title: t, version: \"1.0\"}\nservers:\n  - " + server +
                                      "\npaths: {}\n");
        ASSERT_TRUE(a.ok()) << a.error().en;
        EXPECT_EQ(a->body.find("inner"), std::string::npos) << a->body;
        EXPECT_EQ(parse_json(a->body)->at("servers").at(0).at("url").as_string(), "/api");
        EXPECT_EQ(parse_json(a->body)->at("info").at("version").as_string(), "1.0") << "a quoted text stays a text";
    }
}
TEST(GetOpenApi, OtherVersionsAreRefused) {
    for (const auto* bad :
         {"swagger: '2.0'", R"({"swagger":"2.0"})", "openapi: 2.9", "openapi: 4.0.0", "[]", "openapi: {}"})
        EXPECT_EQ(openapi_answer(bad).error().code, "exchange.description_version") << bad;
}

TEST(Metaservices, TheirCodesAreReserved) {
    for (const auto* code : {"listMethods", "allowedMethods", "getWsdl", "getOpenAPI"})
        EXPECT_TRUE(is_metaservice(code));
    EXPECT_FALSE(is_metaservice("traCuu"));
}

}  // namespace
}  // namespace hl::exchange
