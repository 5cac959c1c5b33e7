// Reading services' descriptions: OpenAPI 3 and WSDL 1.1 (PR-MESS 3.2).
#include "exchange/protocol/descriptions.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exchange/protocol/identifiers.h"

namespace hl::exchange {
namespace {

const std::string yaml = R"(openapi: 3.0.3
info:
  title: Tra cứu doanh nghiệp
  version: 1.10
servers:
  - url: https://inner/api
paths:
  /dn:
    get: {}
    post: {}
    parameters: []
    summary: s
  /dn/{ma}/tep/{so}.{duoi}:
    delete: {}
  /dn/{khac}/tep/{x}:
    delete: {}
  x-own:
    get: {}
)";

TEST(OpenApi, TitleVersionAndServersAreRead) {
    const auto d = read_openapi(yaml);
    ASSERT_TRUE(d.ok()) << d.error().en;
    EXPECT_EQ(d->title, "Tra cứu doanh nghiệp");
    EXPECT_EQ(d->version, "1.10") << "as written, though YAML sees a number";
    EXPECT_EQ(d->openapi, "3.0.3");
    EXPECT_EQ(d->servers, std::vector<std::string>{"https://inner/api"});
}
TEST(OpenApi, EndpointsAreMethodAndGlob) {
    EXPECT_EQ(read_openapi(yaml)->endpoints,
              (std::vector<Endpoint>{
                  {"GET", "/dn"}, {"POST", "/dn"}, {"DELETE", "/dn/*/tep/*.*"}, {"DELETE", "/dn/*/tep/*"}}));
}
TEST(OpenApi, JsonIsReadAlike) {
    const auto d = read_openapi(
        R"( {"openapi":"3.1.0","info":{"title":"t","version":"2"},"paths":{"/a/{b}":{"patch":{},"trace":{},"head":null}}})");
    ASSERT_TRUE(d.ok());
    EXPECT_EQ(d->endpoints, (std::vector<Endpoint>{{"PATCH", "/a/*"}, {"TRACE", "/a/*"}}));
}
TEST(OpenApi, ByteOrderMarkIsPassedOver) {
    EXPECT_TRUE(read_openapi("\xEF\xBB\xBF" + yaml).ok());
}
TEST(OpenApi, DeepSchemasAreReadAndBottomlessOnesRefused) {
    const auto nested = [](int n) {
        std::string s = R"({"openapi":"3.0.0","x":)";
        for (int i = 0; i < n; ++i) s += R"({"a":)";
        return s + "1" + std::string(static_cast<size_t>(n), '}') + "}";
    };
    EXPECT_TRUE(read_openapi(nested(60)).ok());
    EXPECT_FALSE(read_openapi(nested(5000)).ok());
    EXPECT_FALSE(read_openapi("openapi: 3.0.0\nx: " + std::string(400, '[') + std::string(400, ']')).ok());
}
TEST(OpenApi, AliasesThatExpandWithoutEndAreRefused) {
    std::string bomb = "openapi: 3.0.0\na: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'k'; ++c)
        bomb += fmt::format("{0}: &{0} [*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1}]\n", c, static_cast<char>(c - 1));
    EXPECT_EQ(read_openapi(bomb).error().code, "exchange.description");
}
TEST(OpenApi, WhatIsNoOpenApi3IsRefused) {
    for (const auto* bad : {"", "   ", "swagger: '2.0'", "[1]", "just text", "{\"openapi\":\"3.0.0\"", "a: b: c",
                            "openapi: 3.0.0\n? [a]\n: b"})
        EXPECT_FALSE(read_openapi(bad).ok()) << bad;
}
RC_GTEST_PROP(OpenApi, AnyBytesAreReadOrRefused, (std::string bytes)) {
    (void)read_openapi("openapi: 3.0.0\n" + bytes);
    (void)read_wsdl(bytes);
}
TEST(OpenApi, GlobOfATemplateMatchesItsPaths) {
    EXPECT_TRUE(glob_matches(glob_of_template("/a/{b}/c"), "/a/1/c"));
    EXPECT_FALSE(glob_matches(glob_of_template("/a/{b}/c"), "/a/1/2/c"));
    EXPECT_EQ(glob_of_template("/a/{b}{c}"), "/a/*");
    EXPECT_EQ(glob_of_template("/a*/{open"), "/a\\*/{open");
    EXPECT_TRUE(glob_matches(glob_of_template("/a*b\\"), "/a*b\\"));
    EXPECT_FALSE(glob_matches(glob_of_template("/a*b"), "/axb"));
}

const std::string wsdl = R"(<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="n" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xrd="http://x-road.eu/xsd/xroad.xsd">
 <wsdl:portType name="pt"><wsdl:operation name="traCuu"><wsdl:documentation><xrd:title>Tra cứu</xrd:title><xrd:notes>x</xrd:notes></wsdl:documentation></wsdl:operation><wsdl:operation name="cu"/></wsdl:portType>
 <wsdl:binding name="b" type="pt"><wsdl:operation name="traCuu"><soap:operation/><xrd:version>v1</xrd:version></wsdl:operation><wsdl:operation name="traCuu"><xrd:version> v2 </xrd:version></wsdl:operation><wsdl:operation name="cu"/></wsdl:binding>
 <wsdl:binding name="b2" type="pt"><wsdl:operation name="cu"/></wsdl:binding>
 <wsdl:service name="dichVu"><wsdl:port binding="b" name="p"><soap:address location="http://inner/x"/></wsdl:port></wsdl:service>
</wsdl:definitions>)";

TEST(Wsdl, OperationsHaveCodeVersionAndTitle) {
    const auto d = read_wsdl(wsdl);
    ASSERT_TRUE(d.ok()) << d.error().en;
    EXPECT_EQ(d->title, "dichVu");
    EXPECT_EQ(d->operations,
              (std::vector<Operation>{{"traCuu", "v1", "Tra cứu"}, {"traCuu", "v2", "Tra cứu"}, {"cu", "", ""}}));
    EXPECT_EQ(d->addresses, std::vector<std::string>{"http://inner/x"});
}
TEST(Wsdl, DeclaredCharsetIsBelieved) {
    auto latin = wsdl;
    latin.replace(latin.find("UTF-8"), 5, "ISO-8859-1");
    latin.replace(latin.find("Tra c\xE1\xBB\xA9u"), 9, "Caf\xE9");
    EXPECT_EQ(read_wsdl(latin)->operations[0].title, "Café");
}
TEST(Wsdl, WhatIsNoWsdlIsRefused) {
    for (const auto* bad : {"", "<a/>", "<!DOCTYPE a><a/>", "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>"})
        EXPECT_FALSE(read_wsdl(bad).ok()) << bad;
}

}  // namespace
}  // namespace hl::exchange
