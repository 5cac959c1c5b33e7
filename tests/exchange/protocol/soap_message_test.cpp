// SOAP messages: PR-MESS 2.1 to 2.6, and XML that means harm.
#include "exchange/protocol/soap_message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exchange/protocol/rest_message.h"
#include "exchange/protocol/soap_samples.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {
namespace {

using namespace samples;
constexpr std::string_view text_xml = "text/xml; charset=UTF-8";

Result<SoapMessage> with_header(const std::string& header_fields) {
    return parse_soap(envelope(header(header_fields), body("<traCuu/>")), text_xml);
}
std::string code_of(const Result<SoapMessage>& r) {
    return r.ok() ? "ok" : r.error().code;
}

TEST(Soap, HeaderFieldsAreRead) {
    const auto m = parse_soap(request(), text_xml);
    ASSERT_TRUE(m.ok()) << m.error().en;
    EXPECT_EQ(m->header.client, (ClientId{"QUANGTRI", "GOV", "H50", "CONGDV"}));
    EXPECT_EQ(m->header.service, (ServiceId{{"QUANGTRI", "GOV", "H50.12", "DKKD"}, "traCuu", "v1"}));
    EXPECT_EQ(m->header.id, "4894e35d");
    EXPECT_EQ(m->header.user_id, "VN001");
    EXPECT_EQ(m->header.protocol_version, "4.0");
    EXPECT_EQ(m->body, "traCuu");
    EXPECT_FALSE(m->fault);
    EXPECT_EQ(m->charset, "utf-8");
}
TEST(Soap, BytesStayAsReceived) {
    EXPECT_EQ(parse_soap(request(), text_xml)->xml, request());
}
TEST(Soap, ByteOrderMarkIsRemoved) {
    const auto m = parse_soap("\xEF\xBB\xBF" + request(), text_xml);
    ASSERT_TRUE(m.ok());
    EXPECT_EQ(m->xml, request());
}
TEST(Soap, ExtensionsAreRead) {
    const auto m = with_header(
        fields +
        R"(<x:issue>H50-1</x:issue><x:securityServer id:objectType="SERVER"><id:xRoadInstance>QUANGTRI</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>H50.12</id:memberCode><id:serverCode>gw1</id:serverCode></x:securityServer><r:representedParty><r:partyClass>COM</r:partyClass><r:partyCode>4300</r:partyCode></r:representedParty><t:securityToken xmlns:t="http://x-road.eu/xsd/security-token.xsd" tokenType="urn:jwt">abc</t:securityToken>)");
    ASSERT_TRUE(m.ok()) << m.error().en;
    EXPECT_EQ(m->header.issue, "H50-1");
    EXPECT_EQ(m->header.security_server, (ServerId{"QUANGTRI", "GOV", "H50.12", "gw1"}));
    EXPECT_EQ(m->header.represented_party, "COM/4300");
    EXPECT_EQ(m->header.security_token, "abc");
}
TEST(Soap, HeadersOfOthersAreLeftAlone) {
    EXPECT_TRUE(with_header(fields + "<w:Security xmlns:w=\"urn:w\"><w:a><w:b>x</w:b></w:a></w:Security>").ok());
}
TEST(Soap, RequiredFieldsMustBeThere) {
    EXPECT_EQ(code_of(with_header(service + rest)), "exchange.missing_header_field");
    EXPECT_EQ(code_of(with_header(client + rest)), "exchange.missing_header_field");
    EXPECT_EQ(code_of(with_header(client + service + "<x:id>1</x:id>")), "exchange.missing_header_field");
    EXPECT_EQ(code_of(with_header(client + service + "<x:protocolVersion>4.0</x:protocolVersion>")),
              "exchange.missing_header_field");
    EXPECT_EQ(code_of(with_header(client + service + "<x:id/><x:protocolVersion>4.0</x:protocolVersion>")),
              "exchange.missing_header_field");
}
TEST(Soap, FieldTwiceIsRefused) {
    for (const auto& twice : {client, service, std::string("<x:id>2</x:id>"), std::string("<x:userId>2</x:userId>")})
        EXPECT_EQ(code_of(with_header(fields + twice)), "exchange.duplicate_header_field");
    EXPECT_EQ(
        code_of(with_header(
            R"(<x:client id:objectType="MEMBER"><id:xRoadInstance>a</id:xRoadInstance><id:xRoadInstance>a</id:xRoadInstance></x:client>)")),
        "exchange.duplicate_header_field");
}
TEST(Soap, FieldsOfOtherNamespacesDoNotCount) {
    EXPECT_EQ(code_of(with_header(client + service +
                                  "<id xmlns='urn:other'>1</id><x:protocolVersion>4.0</x:protocolVersion>")),
              "exchange.missing_header_field");
}
TEST(Soap, ProtocolVersionIsFourDotSomething) {
    const auto version = [](const std::string& v) {
        return code_of(
            with_header(client + service + "<x:id>1</x:id><x:protocolVersion>" + v + "</x:protocolVersion>"));
    };
    EXPECT_EQ(version("4.0"), "ok");
    EXPECT_EQ(version("4.1"), "ok");
    for (const auto* v : {"3.1", "4", "", "40", "5.0", " 4.0"})
        EXPECT_EQ(version(v), "exchange.invalid_protocol_version") << v;
}
TEST(Soap, ObjectTypesMustFit) {
    const auto client_of = [](const std::string& type, const std::string& subsystem) {
        return R"(<x:client id:objectType=")" + type +
               R"("><id:xRoadInstance>I</id:xRoadInstance><id:memberClass>C</id:memberClass><id:memberCode>M</id:memberCode>)" +
               subsystem + "</x:client>" + service + rest;
    };
    const std::string subsystem = "<id:subsystemCode>S</id:subsystemCode>";
    EXPECT_EQ(code_of(with_header(client_of("MEMBER", ""))), "ok");
    EXPECT_EQ(code_of(with_header(client_of("SUBSYSTEM", subsystem))), "ok");
    EXPECT_EQ(code_of(with_header(client_of("SUBSYSTEM", ""))), "exchange.missing_header_field");
    EXPECT_EQ(code_of(with_header(client_of("MEMBER", subsystem))), "exchange.invalid_soap")
        << "two readers would see two clients";
    EXPECT_EQ(code_of(with_header(client_of("SERVICE", subsystem))), "exchange.invalid_soap");
    EXPECT_EQ(code_of(with_header(client_of("", ""))), "exchange.invalid_soap");
}
TEST(Soap, ControlCharactersInIdentifiersAreRefused) {
    auto broken = client;
    broken.replace(broken.find("H50<"), 3, "H50\n");
    EXPECT_EQ(code_of(with_header(broken + service + rest)), "exchange.invalid_soap");
}
TEST(Soap, HeaderMustBeThere) {
    EXPECT_EQ(code_of(parse_soap(envelope("", body("<traCuu/>")), text_xml)), "exchange.missing_header");
}
TEST(Soap, BodyMustHaveExactlyOneChild) {
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields), ""), text_xml)), "exchange.missing_body");
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields), body("  <!-- -->")), text_xml)), "exchange.missing_body");
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields), body("<traCuu/><traCuu/>")), text_xml)),
              "exchange.invalid_soap");
}
TEST(Soap, BodyChildIsNamedAfterTheService) {
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields), body("<xoaHet/>")), text_xml)),
              "exchange.inconsistent_headers");
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields), body("<traCuuResponse/>")), text_xml)), "ok");
}
TEST(Soap, OtherRootsAndSoap12AreRefused) {
    EXPECT_EQ(code_of(parse_soap("<a/>", text_xml)), "exchange.invalid_soap");
    EXPECT_EQ(code_of(parse_soap("<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope'/>", text_xml)),
              "exchange.invalid_soap");
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields) + header(fields), body("<traCuu/>")), text_xml)),
              "exchange.invalid_soap");
    EXPECT_EQ(code_of(parse_soap(envelope(body("<traCuu/>"), header(fields)), text_xml)), "exchange.invalid_soap");
}
TEST(Soap, FaultNeedsNoHeaders) {
    const auto m = parse_soap(envelope("", body("<s:Fault><faultcode>x</faultcode></s:Fault>")), text_xml);
    ASSERT_TRUE(m.ok());
    EXPECT_TRUE(m->fault);
    EXPECT_EQ(m->body, "Fault");
}
TEST(Soap, FaultOfAnotherNamespaceIsNoFault) {
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields), body("<Fault/>")), text_xml)),
              "exchange.inconsistent_headers");
}

TEST(HostileXml, DoctypeIsRefusedHoweverHarmless) {
    EXPECT_EQ(code_of(parse_soap("<!DOCTYPE s:Envelope>" + request().substr(38), text_xml)), "exchange.invalid_xml");
}
TEST(HostileXml, BillionLaughsIsRefusedBeforeItBegins) {
    std::string bomb = "<!DOCTYPE x [<!ENTITY a \"ha\">";
    for (char c = 'b'; c < 'k'; ++c)
        bomb += fmt::format("<!ENTITY {0} \"&{1};&{1};&{1};&{1};&{1};&{1};&{1};&{1};&{1};&{1};\">", c,
                            static_cast<char>(c - 1));
    EXPECT_EQ(code_of(parse_soap(bomb + "]><x>&j;</x>", text_xml)), "exchange.invalid_xml");
}
TEST(HostileXml, ExternalEntitiesAreNotFetched) {
    EXPECT_EQ(code_of(parse_soap("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>", text_xml)),
              "exchange.invalid_xml");
    EXPECT_EQ(code_of(parse_soap("<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\"><x/>", text_xml)),
              "exchange.invalid_xml");
}
TEST(HostileXml, UnknownEntityIsRefused) {
    EXPECT_EQ(code_of(with_header(fields + "<x:issue>&nope;</x:issue>")), "exchange.invalid_xml");
}
TEST(HostileXml, DepthIsBounded) {
    std::string deep, end;
    for (int i = 0; i < 5000; ++i) deep += "<a>", end += "</a>";
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields), body("<traCuu>" + deep + end + "</traCuu>")), text_xml)),
              "exchange.invalid_xml");
}
TEST(HostileXml, CutShortAnywhereIsRefused) {
    const auto whole = request();
    for (size_t n = 0; n < whole.size(); n += 7) EXPECT_FALSE(parse_soap(whole.substr(0, n), text_xml).ok()) << n;
}
TEST(HostileXml, TrailingContentIsRefused) {
    EXPECT_FALSE(parse_soap(request() + request(), text_xml).ok());
}
TEST(HostileXml, BytesThatAreNotOfTheCharsetAreRefused) {
    auto latin = request();
    latin.replace(latin.find("4300"), 4, "\xE9t\xE9");
    EXPECT_EQ(code_of(parse_soap(latin, "text/xml")), "exchange.invalid_xml") << "UTF-8 when none is named";
    EXPECT_EQ(code_of(parse_soap(latin, "text/xml; charset=iso-8859-1")), "ok");
}
TEST(HostileXml, DeclarationDoesNotChooseTheCharset) {
    auto lying = request();
    lying.replace(lying.find("UTF-8"), 5, "UTF-7");
    EXPECT_EQ(code_of(parse_soap(lying, text_xml)), "ok");
}
TEST(HostileXml, UnknownAndWideCharsetsAreRefused) {
    for (const auto* charset : {"utf-16", "utf-7", "klingon", "ucs-4"})
        EXPECT_EQ(code_of(parse_soap(request(), fmt::format("text/xml; charset={}", charset))), "exchange.invalid_xml")
            << charset;
}
TEST(HostileXml, LargeTextsAreRead) {
    EXPECT_EQ(code_of(parse_soap(envelope(header(fields), body("<traCuu>" + std::string(11 << 20, 'A') + "</traCuu>")),
                                 text_xml)),
              "ok");
}
RC_GTEST_PROP(HostileXml, AnyDamageIsReadOrRefused, ()) {
    auto damaged = request();
    for (int i = *rc::gen::inRange(1, 4); i > 0; --i)
        damaged[*rc::gen::inRange<size_t>(0, damaged.size())] = *rc::gen::elementOf(std::string{"<>&\"'/= x:\0\xFF]"});
    const auto m = parse_soap(damaged, text_xml);
    if (m.ok()) (void)with_request_hash(*m, "x");
}

TEST(SoapResponse, MustRepeatTheRequestsHeaders) {
    const auto asked = *parse_soap(request(), text_xml);
    EXPECT_TRUE(check_response(asked, *parse_soap(response(), text_xml)).ok());
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"H50<", "H51<"},
                                                                                   {"4894e35d", "other"},
                                                                                   {"VN001", "VN002"},
                                                                                   {"<x:userId>VN001</x:userId>", ""},
                                                                                   {">v1<", ">v2<"},
                                                                                   {"4.0<", "4.1<"}}) {
        auto changed = response();
        changed.replace(changed.find(from), from.size(), to);
        const auto answered = parse_soap(changed, text_xml);
        ASSERT_TRUE(answered.ok()) << from;
        EXPECT_EQ(check_response(asked, *answered).error().code, "exchange.inconsistent_response") << from;
    }
}
TEST(SoapResponse, OrderOfHeadersDoesNotMatter) {
    const auto answered = parse_soap(envelope(header(rest + service + client), body("<traCuuResponse/>")), text_xml);
    EXPECT_TRUE(check_response(*parse_soap(request(), text_xml), *answered).ok());
}
TEST(SoapResponse, BodyIsTheResponseElementOrAFault) {
    const auto asked = *parse_soap(request(), text_xml);
    EXPECT_FALSE(check_response(asked, asked).ok());
    EXPECT_TRUE(check_response(asked, *parse_soap(envelope("", body("<s:Fault/>")), text_xml)).ok());
    EXPECT_TRUE(check_response(asked, *parse_soap(envelope(header(fields), body("<s:Fault/>")), text_xml)).ok());
}

TEST(RequestHashInSoap, IsPutIntoTheHeader) {
    const auto answered = *parse_soap(response(), text_xml);
    const auto m = with_request_hash(answered, "SGFzaA==");
    ASSERT_TRUE(m.ok());
    const auto again = parse_soap(m->xml, text_xml);
    ASSERT_TRUE(again.ok()) << again.error().en;
    EXPECT_EQ(again->header, m->header);
    EXPECT_EQ(again->header.request_hash, "SGFzaA==");
    EXPECT_NE(m->xml.find("algorithmId=\"http://www.w3.org/2001/04/xmlenc#sha512\""), std::string::npos);
    auto without = m->xml;
    const auto at = without.find("<xrd:requestHash");
    without.erase(at, without.find("</xrd:requestHash>") + 18 - at);
    EXPECT_EQ(without, response()) << "nothing else changes";
}
TEST(RequestHashInSoap, ReplacesOneThatTheServiceWrote) {
    const auto mine = R"(<x:requestHash algorithmId="urn:x">  bWluZQ==
  </x:requestHash><y:requestHash xmlns:y="urn:y">keep</y:requestHash><!-- <x:requestHash> -->)";
    const auto answered = parse_soap(
        envelope(header(fields + mine), body("<traCuuResponse><x:requestHash/></traCuuResponse>")), text_xml);
    ASSERT_TRUE(answered.ok());
    EXPECT_EQ(answered->header.request_hash, "bWluZQ==") << "white space inside is no part of it";
    const auto m = with_request_hash(*answered, "bmV3");
    EXPECT_EQ(parse_soap(m->xml, text_xml)->header.request_hash, "bmV3");
    EXPECT_EQ(m->xml.find("bWluZQ"), std::string::npos);
    EXPECT_NE(m->xml.find("keep"), std::string::npos);
    EXPECT_NE(m->xml.find("<traCuuResponse><x:requestHash/>"), std::string::npos) << "the body is the service's";
}
TEST(RequestHashInSoap, FaultWithoutHeaderHasNoPlaceForIt) {
    EXPECT_EQ(with_request_hash(*parse_soap(envelope("", body("<s:Fault/>")), text_xml), "x").error().code,
              "exchange.missing_header");
}
TEST(RequestHashInSoap, EmptyHeaderElementIsOpened) {
    const auto m = with_request_hash(*parse_soap(envelope("<s:Header a='>' />", body("<s:Fault/>")), text_xml), "eA==");
    ASSERT_TRUE(m.ok());
    EXPECT_NE(m->xml.find("</xrd:requestHash></s:Header><s:Body>"), std::string::npos) << m->xml;
}

RC_GTEST_PROP(XmlText, IsReadBackAsWritten, ()) {
    const auto letters = std::vector<std::string>{"a", "<", ">", "&", "\"", "'", "ế", "]]>", "\r", "\n", "\t", " "};
    std::string text;
    for (const auto& l : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(letters))) text += l;
    const auto m = with_header(fields + "<x:issue>" + xml::escaped(text) + "</x:issue>");
    RC_ASSERT(m.ok());
    RC_ASSERT(m->header.issue == text);
}

}  // namespace
}  // namespace hl::exchange
