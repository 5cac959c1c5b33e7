// Faults: codes in two spellings, REST and SOAP bodies, X-Road's sentences.
#include "exchange/protocol/faults.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "exchange/protocol/fault_names.h"
#include "exchange/protocol/fault_texts.h"

namespace hl::exchange {
namespace {

const Fault denied{"server.serverproxy.access_denied", "Request is not allowed: SERVICE:a/b <&>", "2ea02d93", true};

TEST(FaultCodes, AreSpeltInEitherDialect) {
    for (const auto& [camel, snake] : std::vector<std::pair<std::string, std::string>>{
             {"Server.ServerProxy.AccessDenied", "server.serverproxy.access_denied"},
             {"Server.ClientProxy.SslAuthenticationFailed", "server.clientproxy.ssl_authentication_failed"},
             {"Server.ClientProxy.OutdatedGlobalConf", "server.clientproxy.global_conf_outdated"},
             {"Server.ServerProxy.ServiceFailed.InvalidSoap", "server.serverproxy.service_failed.invalid_soap"},
             {"Server.ServerProxy.ServiceType", "server.serverproxy.service_type"},
             {"Client.InvalidSoapAction", "client.invalid_soap_action"},
             {"Signer.TokenReadOnly", "signer.token_readonly"},
             {"Signer.IOError", "signer.io_error"}}) {
        EXPECT_EQ(spell(snake, Dialect::camel_case), camel);
        EXPECT_EQ(spell(camel, Dialect::snake_case), snake);
        EXPECT_EQ(canonical_code(camel), snake);
        EXPECT_EQ(canonical_code(snake), snake);
    }
}
TEST(FaultCodes, CaseAndUnderscoresDoNotMatter) {
    EXPECT_EQ(canonical_code("SERVER.SERVERPROXY.ACCESSDENIED"), denied.code);
    EXPECT_EQ(canonical_code("server.server_proxy.Access_Denied"), denied.code);
}
TEST(FaultCodes, UnknownPartsStayAsTheyAre) {
    EXPECT_EQ(canonical_code("Server.ServerProxy.OfTheFuture"), "server.serverproxy.OfTheFuture");
    EXPECT_EQ(canonical_code(""), "");
    EXPECT_EQ(spell("a..b", Dialect::camel_case), "a..b");
}
TEST(FaultCodes, NamesThatOneVersionLacksStayInTheOther) {
    EXPECT_EQ(spell("InvalidRest", Dialect::snake_case), "InvalidRest");
    EXPECT_EQ(spell("unknown_host", Dialect::camel_case), "unknown_host");
}
TEST(FaultCodes, WholeTableIsThere) {
    EXPECT_EQ(fault_names().size(), 112u);
    for (const auto& n : fault_names()) {
        EXPECT_TRUE(!n.camel_case.empty() || !n.snake_case.empty()) << n.constant;
        if (n.camel_case.empty() || n.snake_case.empty()) continue;
        EXPECT_EQ(canonical_code(n.camel_case), n.snake_case) << n.constant;
        EXPECT_EQ(spell(n.snake_case, Dialect::camel_case), n.camel_case) << n.constant;
    }
}
RC_GTEST_PROP(FaultCodes, SpellingBackAndForthKeepsTheCode, (std::string code)) {
    const auto canonical = canonical_code(code);
    RC_ASSERT(canonical_code(spell(canonical, Dialect::camel_case)) == canonical);
}

TEST(RestFault, BodyIsTypeMessageAndDetail) {
    const auto f = rest_fault(denied, "", Dialect::camel_case);
    const auto body = parse_json(f.body);
    ASSERT_TRUE(body.ok());
    EXPECT_EQ(body->at("type").as_string(), "Server.ServerProxy.AccessDenied");
    EXPECT_EQ(body->at("message").as_string(), denied.text);
    EXPECT_EQ(body->at("detail").as_string(), denied.detail);
    EXPECT_EQ(f.error_header, "Server.ServerProxy.AccessDenied");
    EXPECT_EQ(rest_fault(denied, "", Dialect::snake_case).error_header, denied.code);
}
TEST(RestFault, ContentTypeFollowsAccept) {
    const std::string plain = "application/json", application = "application/xml;charset=utf-8",
                      text = "text/xml;charset=utf-8";
    for (const auto& [accept, type] :
         std::vector<std::pair<std::string, std::string>>{{"", plain},
                                                          {"application/json;charset=utf-8", plain},
                                                          {"foobarbaz", plain},
                                                          {"text/xml-patch+xml", plain},
                                                          {"*/*", plain},
                                                          {",;,", plain},
                                                          {"application/xml", application},
                                                          {"application/xml, text/xml", application},
                                                          {"application/xml; q=0.2", application},
                                                          {"text/xml", text},
                                                          {"text/*", text},
                                                          {"text/xml, application/xml", text},
                                                          {"text/xml, application/xml, application/json", text},
                                                          {"text/html, application/xml", application},
                                                          {"text/xml;q=0.1, application/json", plain},
                                                          {"application/json;q=0, text/xml", text},
                                                          {"text/xml;q=0", plain},
                                                          {"Application/XML", application}})
        EXPECT_EQ(rest_fault(denied, accept, Dialect::snake_case).content_type, type) << accept;
}
TEST(RestFault, XmlIsEscaped) {
    const auto f = rest_fault(denied, "text/xml", Dialect::snake_case);
    EXPECT_NE(
        f.body.find(
            "<message>Request is not allowed: SERVICE:a/b &lt;&amp;&gt;</message><detail>2ea02d93</detail></error>"),
        std::string::npos);
}
TEST(RestFault, StatusIs500ForServersFaultsElse400) {
    const auto status = [](std::string code) {
        return rest_fault({std::move(code), "", "", false}, "", Dialect::camel_case).status;
    };
    EXPECT_EQ(status("server.clientproxy.missing_header"), 500);
    EXPECT_EQ(status("SERVER.x"), 500);
    EXPECT_EQ(status("client.bad_request"), 400);
    EXPECT_EQ(status("serverless"), 400);
}
TEST(RestFault, HeaderCarriesNoLineBreaks) {
    EXPECT_EQ(rest_fault({"server.x\r\nSet-Cookie: a", "", "", true}, "", Dialect::snake_case).error_header,
              "server.xSet-Cookie:a");
}

TEST(SoapFault, ComesWithStatus200) {
    const auto f = soap_fault(denied, Dialect::camel_case);
    EXPECT_EQ(f.status, 200);
    EXPECT_EQ(f.content_type, "text/xml;charset=utf-8");
    EXPECT_NE(f.body.find("<faultcode>Server.ServerProxy.AccessDenied</faultcode>"), std::string::npos);
    EXPECT_NE(f.body.find("<detail><faultDetail xmlns=\"\">2ea02d93</faultDetail></detail>"), std::string::npos);
}
RC_GTEST_PROP(SoapFault, IsReadBackAsWritten, (bool camel)) {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab <>&'\"]/"}));
    const Fault fault{"server.serverproxy.unknown_service", text, "id-" + text, true};
    const auto again = parse_soap_fault(soap_fault(fault, camel ? Dialect::camel_case : Dialect::snake_case).body);
    RC_ASSERT(again.ok());
    RC_ASSERT(again->code == fault.code && again->text == fault.text && again->detail == fault.detail &&
              again->from_server_side);
}
TEST(SoapFault, OfAnotherServerIsReadWithItsPrefixAndActor) {
    const auto f = parse_soap_fault(
        R"(<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode> e:Server.ServerProxy.ServiceFailed.HttpError </faultcode><faultstring>Server responded with error 500</faultstring><faultactor/><detail><x:faultDetail xmlns:x="urn:x">u</x:faultDetail></detail></e:Fault></e:Body></e:Envelope>)");
    ASSERT_TRUE(f.ok());
    EXPECT_EQ(f->code, "server.serverproxy.service_failed.http_error");
    EXPECT_EQ(f->text, "Server responded with error 500");
    EXPECT_EQ(f->detail, "u");
}
TEST(SoapFault, WhatIsNoFaultIsRefused) {
    for (const auto* bad : {"", "<a/>", "not xml", "<Fault><faultcode>x</faultcode></Fault>", "<!DOCTYPE a><a/>"})
        EXPECT_FALSE(parse_soap_fault(bad).ok()) << bad;
}

const ClientId client{"QUANGTRI", "GOV", "H50", "CONGDV"};
const ServiceId service{{"QUANGTRI", "GOV", "H50.12", "DKKD"}, "tracuu", {}};

TEST(FaultTexts, MissingCertificateSaysHowToSupplyIt) {
    const auto f = tls_certificate_missing(client);
    EXPECT_EQ(f.code, "server.clientproxy.ssl_authentication_failed");
    EXPECT_TRUE(f.text.starts_with(
        "Client (SUBSYSTEM:QUANGTRI/GOV/H50/CONGDV) specifies HTTPS but did not supply TLS certificate"));
    EXPECT_NE(f.text.find("--cert"), std::string::npos);
    EXPECT_NE(f.text.find("internal TLS certificates"), std::string::npos);
}
TEST(FaultTexts, BeginWithXRoadsSentences) {
    EXPECT_TRUE(client_not_found(client).text.starts_with("Client 'SUBSYSTEM:QUANGTRI/GOV/H50/CONGDV' not found"));
    EXPECT_TRUE(access_denied(service, client)
                    .text.starts_with("Request is not allowed: SERVICE:QUANGTRI/GOV/H50.12/DKKD/tracuu"));
    EXPECT_TRUE(unknown_service(service).text.starts_with("Unknown service: SERVICE:"));
    EXPECT_EQ(service_disabled(service, "Bảo trì tới 18:00").text,
              "Service SERVICE:QUANGTRI/GOV/H50.12/DKKD/tracuu is disabled: Bảo trì tới 18:00");
    EXPECT_TRUE(
        not_for_rest(service).text.starts_with("Service is a SOAP service and cannot be called using REST interface"));
    EXPECT_TRUE(plain_connection(client).text.find("specifies HTTPS NO AUTH but client made plaintext connection") !=
                std::string::npos);
}
TEST(FaultTexts, CodesSayWhichSideAndAreXRoads) {
    EXPECT_EQ(access_denied(service, client).code, "server.serverproxy.access_denied");
    EXPECT_TRUE(access_denied(service, client).from_server_side);
    EXPECT_FALSE(client_not_found(client).from_server_side);
    EXPECT_EQ(service_failed("http_error", "x").code, "server.serverproxy.service_failed.http_error");
    for (const auto& f :
         {client_not_found(client), provider_not_found(service), unknown_service(service), not_for_rest(service),
          service_disabled(service, ""), configuration_outdated(client_proxy), logging_failed(server_proxy, ""),
          maintenance(server_proxy, ""), security_server_not_found({}, service), tls_certificate_missing(client)}) {
        const auto last = f.code.substr(f.code.rfind('.') + 1);
        EXPECT_TRUE(std::any_of(fault_names().begin(), fault_names().end(), [&](const auto& n) {
            return n.snake_case == last;
        })) << f.code;
    }
}
TEST(FaultTexts, ErrorsOfTheProtocolBecomeFaults) {
    const auto code = [](std::string error) {
        return fault_of({ErrorKind::malformed, std::move(error), "vi", "en"}, client_proxy).code;
    };
    EXPECT_EQ(code("exchange.missing_header"), "server.clientproxy.missing_header");
    EXPECT_EQ(code("exchange.identifier"), "server.clientproxy.bad_request");
    EXPECT_EQ(code("exchange.mime"), "server.clientproxy.mime_parsing_failed");
    EXPECT_EQ(fault_of({ErrorKind::internal, "other", "vi", "en"}, server_proxy).code,
              "server.serverproxy.internal_error");
}

}  // namespace
}  // namespace hl::exchange
