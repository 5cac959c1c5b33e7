// SOAP through two gateways, alone and with attachments (PR-MESS).
#include "exchange/gateway/gateway_fixture.h"
#include "exchange/protocol/faults.h"
#include "exchange/protocol/soap_message.h"

namespace hl::exchange::test {

class Soap : public GatewayTest {
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

TEST_F(Soap, GoesToTheServiceAndBackWithTheRequestsHash) {
    answer_soap(reply("<ten>Công ty A</ten>"));
    const auto response = post(question());
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(header(response, "Content-Type"), "text/xml; charset=utf-8");
    EXPECT_EQ(header(response, "X-Own"), "");
    const auto message = parse_soap(response.body, "text/xml");
    ASSERT_TRUE(message.ok()) << response.body;
    EXPECT_EQ(message->header.request_hash, crypto::to_base64(view(sha512(question()))));
    EXPECT_NE(response.body.find("<ten>Công ty A</ten>"), std::string::npos);
    const auto asked = system_.asked();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].line, "POST /soap HTTP/1.1");
    EXPECT_EQ(asked[0].body, question());
    EXPECT_EQ(asked[0].header("Content-Type"), "text/xml; charset=utf-8");
    EXPECT_EQ(asked[0].header("SOAPAction"), "\"urn:tra-cuu\"");
    EXPECT_EQ(asked[0].header("X-Mine"), "");
    const auto at_one = entries(*one_.log), at_two = entries(*two_.log);
    ASSERT_EQ(at_one.size(), 2u);
    ASSERT_EQ(at_two.size(), 2u);
    EXPECT_EQ(at_one[0].message, question());
    EXPECT_EQ(at_two[1].message, response.body);
    EXPECT_EQ(at_one[1].message, response.body);
    EXPECT_EQ(at_one[0].message_id, "yc-1");
    EXPECT_FALSE(at_one[0].rest);
}

TEST_F(Soap, AttachmentsPassInBothDirections) {
    const std::string photo(200'000, 'p');
    const std::string related = "multipart/related; type=\"text/xml\"; start=\"<soap>\"; boundary=tach";
    const auto with = [&](const std::string& xml, const std::string& attachment) {
        return "--tach\r\nContent-Type: text/xml; charset=utf-8\r\nContent-ID: <soap>\r\n\r\n" + xml +
               "\r\n--tach\r\nContent-Type: image/jpeg\r\nContent-ID: <anh>\r\n\r\n" + attachment +
               "\r\n--tach\r\nContent-Type: text/plain\r\n\r\nhai\r\n--tach--\r\n";
    };
    answer_soap(with(reply(), photo + "!"), related);
    const auto response = post(with(question(), photo), related);
    EXPECT_EQ(header(response, "Content-Type"), related);
    EXPECT_NE(response.body.find("content-type:text/xml; charset=utf-8"), std::string::npos);
    EXPECT_NE(response.body.find("Content-ID:<anh>\r\n\r\n" + photo + "!\r\n--tach\r\n"), std::string::npos);
    EXPECT_NE(response.body.find("requestHash"), std::string::npos);
    const auto asked = system_.asked();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].header("Content-Type"), related);
    EXPECT_NE(asked[0].body.find("Content-ID:<soap>\r\n\r\n" + question() + "\r\n--tach\r\n"), std::string::npos);
    EXPECT_NE(asked[0].body.find(photo + "\r\n--tach\r\n"), std::string::npos);
    EXPECT_TRUE(asked[0].body.ends_with("hai\r\n--tach--\r\n"));
    const auto logged = entries(*two_.log);
    ASSERT_EQ(logged.size(), 2u);
    EXPECT_EQ(logged[0].bodies.size(), 2u);
    EXPECT_EQ(logged[0].bodies[0].digest, sha512(photo));
    EXPECT_EQ(logged[1].bodies[0].digest, sha512(photo + "!"));
}

TEST_F(Soap, FaultsComeWithStatus200) {
    const auto denied = post(question(stranger));
    EXPECT_EQ(denied.status, 200);
    EXPECT_TRUE(header(denied, "Content-Type").starts_with("text/xml"));
    EXPECT_EQ(code(denied), "server.serverproxy.access_denied");
    EXPECT_EQ(code(post(question(desk, "khongCo"))), "server.serverproxy.unknown_service");
    EXPECT_EQ(code(post("<x/>")), "server.clientproxy.invalid_soap");
    EXPECT_EQ(code(post("")), "server.clientproxy.missing_soap");
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(Soap, ServicesFaultIsTheClients) {
    answer_soap(
        R"(<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client.KhongThay</faultcode><faultstring>Không thấy</faultstring></s:Fault></s:Body></s:Envelope>)",
        "text/xml", 500);
    const auto response = post(question());
    EXPECT_EQ(response.status, 200);
    EXPECT_NE(response.body.find("KhongThay"), std::string::npos) << response.body;
    EXPECT_NE(response.body.find("Không thấy"), std::string::npos);
}

TEST_F(Soap, ServiceThatBreaksTheProtocolIsNamed) {
    answer_soap("<html>", "text/html");
    EXPECT_EQ(code(post(question())), "server.serverproxy.service_failed.invalid_content_type");
    answer_soap("no", "text/plain", 502);
    EXPECT_EQ(code(post(question())), "server.serverproxy.service_failed.http_error");
    answer_soap("<html/>", "text/xml");
    EXPECT_EQ(code(post(question())), "server.serverproxy.service_failed.invalid_soap");
    answer_soap(envelope("<p:other xmlns:p=\"urn:p\"/>"));
    const auto inconsistent = code(post(question()));
    EXPECT_TRUE(inconsistent.starts_with("server.serverproxy.service_failed.")) << inconsistent;
}

TEST_F(Soap, RestServiceIsNotCalledBySoap) {
    configuration_.services.push_back({{firms, "chiRest", "v1"}, ServiceType::rest, "", {}, {}, true, {}});
    publish();
    EXPECT_EQ(code(post(question(desk, "chiRest"))), "server.serverproxy.service_type");
}

}  // namespace hl::exchange::test
