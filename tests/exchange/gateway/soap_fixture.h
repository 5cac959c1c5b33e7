// SOAP messages as a client's and a provider's information systems write them, and the gateways between.
#pragma once
#include "exchange/gateway/gateway_fixture.h"
#include "exchange/protocol/faults.h"
#include "exchange/protocol/soap_message.h"

namespace hl::exchange::test {

class SoapTest : public GatewayTest {
  protected:
    static std::string id(std::string_view kind, std::string_view type, const ClientId& of,
                          std::string_view more = "") {
        return fmt::format(
            "<x:{0} id:objectType=\"{1}\"><id:xRoadInstance>{2}</id:xRoadInstance><id:memberClass>{3}"
            "</id:memberClass><id:memberCode>{4}</id:memberCode><id:subsystemCode>{5}</id:subsystemCode>"
            "{6}</x:{0}>",
            kind, type, of.instance, of.member_class, of.member_code, of.subsystem, more);
    }
    static std::string envelope(const std::string& body, const ClientId& client = desk,
                                const std::string& service = "traCuu") {
        return R"(<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers"><s:Header>)" +
               id("client", "SUBSYSTEM", client) +
               id("service", "SERVICE", firms,
                  "<id:serviceCode>" + service + "</id:serviceCode><id:serviceVersion>v1</id:serviceVersion>") +
               "<x:userId>VN1</x:userId><x:id>yc-1</x:id><x:protocolVersion>4.0</x:protocolVersion></"
               "s:Header><s:Body>" +
               body + "</s:Body></s:Envelope>";
    }
    static std::string question(const ClientId& client = desk, const std::string& service = "traCuu") {
        return envelope("<p:" + service + " xmlns:p=\"urn:p\"><ma>4300</ma></p:" + service + ">", client, service);
    }
    static std::string reply(const std::string& more = "") {
        return envelope("<p:traCuuResponse xmlns:p=\"urn:p\">" + more + "</p:traCuuResponse>");
    }
    void answer_soap(const std::string& body, const std::string& type = "text/xml; charset=utf-8", int status = 200) {
        system_.answer_with([=](const auto&) {
            return InformationSystem::Said{answer(status, body, "Content-Type: " + type + "\r\nX-Own: 1\r\n"), false};
        });
    }
    http::Response post(const std::string& body, const std::string& type = "text/xml; charset=utf-8") {
        http::ClientRequest request;
        request.method = "POST";
        request.url = one_.url("/");
        request.headers = {{"Content-Type", type}, {"SOAPAction", "\"urn:tra-cuu\""}, {"X-Mine", "1"}};
        request.body = body;
        auto response = http::send(request);
        EXPECT_TRUE(response.ok());
        return response.ok() ? *response : http::Response{};
    }
    static std::string code(const http::Response& response) {
        const auto fault = parse_soap_fault(response.body);
        return fault.ok() ? fault->code : "no fault: " + response.body;
    }
};

}  // namespace hl::exchange::test
