// SOAP through two gateways, alone and with attachments (PR-MESS).
#include "exchange/gateway/gateway_by_hand.h"
#include "exchange/gateway/soap_fixture.h"

namespace hl::exchange::test {

class Soap : public SoapTest {};

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

TEST_F(Soap, RequestHashWithAttachmentsIsOfTheFirstPartAlone) {
    const std::string related = "multipart/related; type=\"text/xml\"; boundary=tach";
    const auto with = [](const std::string& xml) {
        return "--tach\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n" + xml +
               "\r\n--tach\r\nContent-Type: text/plain\r\n\r\nhai\r\n--tach--\r\n";
    };
    answer_soap(reply());
    const auto message = parse_soap(post(with(question()), related).body, "text/xml");
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(message->header.request_hash, crypto::to_base64(view(sha512(question()))));
}

TEST_F(Soap, MtomPassesThroughTwoGateways) {
    const std::string mtom =
        "multipart/related; type=\"application/xop+xml\"; start=\"<m>\"; start-info=\"text/xml\"; boundary=tach";
    const std::string part = "application/xop+xml; charset=UTF-8; type=\"text/xml\"";
    const std::string include =
        "<anh><i:Include xmlns:i=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:anh\"/></anh>";
    const std::string photo(100'000, '\x8f');
    const auto with = [&](const std::string& xml) {
        return "--tach\r\nContent-Type: " + part + "\r\nContent-ID: <m>\r\n\r\n" + xml +
               "\r\n--tach\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: binary\r\nContent-ID: "
               "<anh>\r\n\r\n" +
               photo + "\r\n--tach--\r\n";
    };
    const auto asked_xml = envelope("<p:traCuu xmlns:p=\"urn:p\">" + include + "</p:traCuu>");
    answer_soap(with(reply(include)), mtom);
    const auto response = post(with(asked_xml), mtom);
    EXPECT_EQ(header(response, "Content-Type"), mtom);
    EXPECT_NE(response.body.find(include), std::string::npos) << response.body.substr(0, 3000);
    EXPECT_NE(response.body.find(photo), std::string::npos);
    EXPECT_NE(response.body.find("application/xop+xml"), std::string::npos);
    const auto asked = system_.asked();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].header("Content-Type"), mtom);
    EXPECT_NE(asked[0].body.find(asked_xml), std::string::npos);
    EXPECT_NE(asked[0].body.find("content-type:" + part), std::string::npos) << asked[0].body.substr(0, 300);
    EXPECT_NE(asked[0].body.find("Content-ID:<m>"), std::string::npos);
    EXPECT_NE(asked[0].body.find(photo), std::string::npos);
    EXPECT_EQ(entries(*two_.log).at(0).bodies.at(0).digest, sha512(photo));
}

TEST_F(Soap, DoctypesAndEntityBombsEndAtTheClientsGateway) {
    const std::string bomb =
        R"(<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]>)";
    const auto body = question().substr(question().find("<s:Envelope"));
    EXPECT_EQ(code(post(bomb + body)), "server.clientproxy.invalid_xml");
    EXPECT_EQ(code(post("<!DOCTYPE a SYSTEM \"file:///etc/passwd\">" + body)), "server.clientproxy.invalid_xml");
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_EQ(one_.log->size(), 0);
    // And in what a service answers.
    answer_soap(bomb + reply().substr(reply().find("<s:Envelope")));
    EXPECT_EQ(code(post(question())), "server.serverproxy.service_failed.invalid_xml");
}

/// A provider's gateway that signs what it likes.
class LyingSoapGateway : public SoapTest {
  protected:
    http::Response ask_liar(const std::string& hash) {
        GatewayByHand liar(two_.tls, [&](const std::string&) {
            const auto answered = with_request_hash(parse_soap(reply(), "text/xml").value(), hash).value();
            const auto signature = signed_by(two_, clock_, {{"/message.xml", sha512(answered.xml)}});
            transport::Message m;
            m.head_type = "text/xml; charset=utf-8";
            m.head = answered.xml;
            if (signature.chain_result) m.hash_chain_result = *signature.chain_result;
            m.hash_chain = signature.chain;
            m.signature = *signature.xml;
            return http_message("HTTP/1.1 200 OK", "xtopabc", transport::compose(m, "xtopabc"));
        });
        configuration_.servers[1].address = fmt::format("127.0.0.1:{}", liar.port());
        publish();
        return post(question());
    }
};

TEST_F(LyingSoapGateway, TellsTheTruthForOnce) {
    const auto response = ask_liar(crypto::to_base64(view(sha512(question()))));
    EXPECT_NE(response.body.find("traCuuResponse"), std::string::npos) << response.body;
}

TEST_F(LyingSoapGateway, AnswerToAnotherRequestIsNotGivenOn) {
    const auto response = ask_liar(crypto::to_base64(view(sha512("another"))));
    EXPECT_EQ(code(response), "server.clientproxy.inconsistent_response");
    EXPECT_EQ(entries(*one_.log).size(), 1u);
}

}  // namespace hl::exchange::test
