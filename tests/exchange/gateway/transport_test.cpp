// Between gateways: what one refuses that another, or somebody in between, sends (PR-MESSTRANSP).
#include "exchange/gateway/gateway_by_hand.h"
#include "http/raw_client.h"

namespace hl::exchange::test {

using http::testing::RawClient;

class Transport : public GatewayTest {
  protected:
    std::string head(const std::string& request_id = "0197a000-0000-7000-8000-000000000001") {
        return "POST\r\n" + rest_path + "/x\r\nX-Road-Client:QUANGTRI/GOV/H50/MOT-CUA\r\nX-Road-Id:a\r\n" +
               "X-Road-Request-Id:" + request_id + "\r\n";
    }
    std::string request(const std::string& body, const std::string& sent, const std::string& id = "r-1") {
        return transported(one_, clock_, transport::type::rest_request, head(id), body, sent, "POST / HTTP/1.1");
    }
    /// What gateway two answers to the client gateway's certificate.
    std::string say(const std::string& bytes) {
        TlsByHand tls(false, &one_.tls);
        EXPECT_TRUE(tls.connect(two_.gateway->ports().peers));
        EXPECT_TRUE(tls.write(bytes));
        return tls.message();
    }
    static std::string code_in(const std::string& answered) {
        const auto at = answered.find("<faultcode>");
        return at == std::string::npos ? "" : answered.substr(at + 11, answered.find('<', at + 11) - at - 11);
    }
};

TEST_F(Transport, SignedMessageIsAnsweredWithASignedOne) {
    const auto answered = say(request("body", "body"));
    EXPECT_EQ(code_in(answered), "");
    EXPECT_NE(answered.find("application/x-road-rest-response"), std::string::npos) << answered;
    EXPECT_NE(answered.find("signature/bdoc-1.0/ts"), std::string::npos);
    ASSERT_EQ(system_.asked().size(), 1u);
    EXPECT_EQ(system_.asked()[0].body, "body");
}

TEST_F(Transport, SameMessageTwiceIsRefused) {
    const auto once = request("body", "body");
    EXPECT_EQ(code_in(say(once)), "");
    EXPECT_EQ(code_in(say(once)), "server.serverproxy.invalid_request");
    EXPECT_EQ(system_.asked().size(), 1u);
    EXPECT_EQ(entries(*two_.log).size(), 2u);
}

TEST_F(Transport, ChangedBodyReachesNobody) {
    EXPECT_EQ(code_in(say(request("body", "bodY"))),
              "server.serverproxy.signature_verification.invalid_hash_chain_ref");
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_TRUE(entries(*two_.log).empty());
}

TEST_F(Transport, ChangedLargeBodyNeverBecomesAWholeMessage) {
    const std::string body(300'000, 'a');
    auto sent = body;
    sent[299'999] = 'b';
    const auto answered = say(request(body, sent));
    EXPECT_EQ(code_in(answered), "server.serverproxy.signature_verification.invalid_hash_chain_ref");
    // The system saw bytes, but no end: its own HTTP reader never had a request to answer.
    EXPECT_GT(system_.received(), 0u);
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(Transport, LargeBodyThatIsRightArrives) {
    const std::string body(300'000, 'a');
    EXPECT_EQ(code_in(say(request(body, body))), "");
    ASSERT_EQ(system_.asked().size(), 1u);
    EXPECT_EQ(system_.asked()[0].body, body);
    EXPECT_EQ(system_.asked()[0].header("Transfer-Encoding"), "chunked");
}

TEST_F(Transport, SignatureOfAnotherTimeIsRefused) {
    configuration_.expires = clock_.now() + std::chrono::hours{2};
    publish();
    const auto old = request("body", "body");
    clock_.advance(std::chrono::minutes{6});
    EXPECT_EQ(code_in(say(old)), "server.serverproxy.signature_verification.invalid_signature_value");
    ManualClock ahead{clock_.now() + std::chrono::minutes{3}};
    const auto early =
        transported(one_, ahead, transport::type::rest_request, head("r-9"), "b", "b", "POST / HTTP/1.1");
    EXPECT_EQ(code_in(say(early)), "server.serverproxy.signature_verification.invalid_signature_value");
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(Transport, MessageWithoutSignatureIsRefused) {
    transport::Message m;
    m.head_type = transport::type::rest_request;
    const auto bytes = head();
    m.head = bytes;
    EXPECT_EQ(code_in(say(http_message("POST / HTTP/1.1", "xtopabc", transport::compose(m, "xtopabc")))),
              "server.serverproxy.missing_signature");
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(Transport, NobodyWithoutARegisteredCertificateIsHeard) {
    TlsByHand nobody(false, nullptr);
    // TLS 1.3 tells a client of its missing certificate with the first read.
    const bool connected = nobody.connect(two_.gateway->ports().peers);
    EXPECT_FALSE(connected && nobody.write(request("b", "b")) && nobody.more());
    gateway::TlsIdentity other;
    const auto key = make_key(KeyKind::p256).value();
    other = {key, {certified(*key, KeyUse::authentication).der()}};
    TlsByHand stranger_gateway(false, &other);
    const bool let_in = stranger_gateway.connect(two_.gateway->ports().peers);
    EXPECT_FALSE(let_in && stranger_gateway.write(request("b", "b")) && stranger_gateway.more());
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(Transport, AnotherHashAlgorithmIsRefused) {
    const auto with = [&](const std::string& algorithm, const std::string& id) {
        auto bytes = request("body", "body", id);
        return bytes.insert(bytes.find("Host: x"), "x-hash-algorithm: " + algorithm + "\r\n");
    };
    EXPECT_EQ(code_in(say(with("SHA-1", "r-1"))), "server.serverproxy.unsupported_sign_algorithm");
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_EQ(two_.log->size(), 0);
    EXPECT_EQ(code_in(say(with("SHA-512", "r-2"))), "");
}

TEST_F(Transport, OnlyPostsAreMessages) {
    TlsByHand tls(false, &one_.tls);
    ASSERT_TRUE(tls.connect(two_.gateway->ports().peers));
    tls.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(tls.message().starts_with("HTTP/1.1 405 "));
}

/// Gateway one asks a provider's gateway that lies.
class LyingGateway : public Transport {
  protected:
    /// `change` makes of the right head and body what is signed and sent.
    http::Response ask_liar(
        std::function<void(RestResponse& head, std::string& signed_body, std::string& sent)> change) {
        GatewayByHand liar(two_.tls, [&](const std::string& request) { return lie(request, change); });
        configuration_.servers[1].address = fmt::format("127.0.0.1:{}", liar.port());
        publish();
        return ask("GET", rest_path);
    }
    std::string lie(const std::string& request,
                    const std::function<void(RestResponse&, std::string&, std::string&)>& change) {
        std::string message;
        transport::Reader reader("multipart/mixed; boundary=" + request.substr(request.find("boundary=") + 9, 28),
                                 transport::Direction::request,
                                 {[](auto, const auto&) -> Result<void> { return {}; },
                                  [&](transport::Part part, std::string_view piece) -> Result<void> {
                                      if (part == transport::Part::rest_request) message += piece;
                                      return {};
                                  },
                                  [](auto) -> Result<void> { return {}; }});
        EXPECT_TRUE(reader.feed(std::string_view(request).substr(request.find("\r\n\r\n") + 4)).ok());
        const auto asked = parse_rest_request(message).value();
        std::string body = "right", sent = "right";
        auto head = make_rest_response(200, "OK", {}, asked, request_hash(message, std::nullopt), clock_.now());
        change(head, body, sent);
        return transported(two_, clock_, transport::type::rest_response, to_bytes(head), body, sent, "HTTP/1.1 200 OK");
    }
};

TEST_F(LyingGateway, TellsTheTruthForOnce) {
    EXPECT_EQ(ask_liar([](auto&, auto&, auto&) {}).body, "right");
}

TEST_F(LyingGateway, IsToldTheTransportsHeaders) {
    std::string heard;
    GatewayByHand liar(two_.tls, [&](const std::string& request) {
        heard = request.substr(0, request.find("\r\n\r\n"));
        return lie(request, [](auto&, auto&, auto&) {});
    });
    configuration_.servers[1].address = fmt::format("127.0.0.1:{}", liar.port());
    publish();
    const auto response = ask("GET", rest_path);
    EXPECT_EQ(response.body, "right");
    EXPECT_NE(heard.find("\r\nx-hash-algorithm: SHA-512"), std::string::npos) << heard;
    EXPECT_NE(heard.find("\r\nx-road-message-type: REST"), std::string::npos);
    EXPECT_NE(heard.find("\r\nx-proxy-version: 7.8"), std::string::npos);
    EXPECT_NE(heard.find("\r\nx-road-request-id: " + header(response, "X-Road-Request-Id")), std::string::npos);
}

TEST_F(LyingGateway, ChangedAnswerIsNotGivenOn) {
    const auto response = ask_liar([](auto&, auto&, auto& sent) { sent = "wrong"; });
    EXPECT_EQ(fault(response), "server.clientproxy.signature_verification.invalid_hash_chain_ref") << response.body;
}

TEST_F(LyingGateway, AnswerToAnotherRequestIsNotGivenOn) {
    const auto response = ask_liar([](auto& head, auto&, auto&) {
        for (auto& h : head.headers)
            if (h.name == "X-Road-Request-Hash") h.value = "AAAA";
    });
    EXPECT_EQ(fault(response), "server.clientproxy.inconsistent_response");
}

TEST_F(LyingGateway, CannotFrameTheClientsAnswer) {
    const auto response = ask_liar([](auto& head, auto&, auto&) {
        head.headers.push_back({"Content-Length", "1"});
        head.headers.push_back({"Transfer-Encoding", "chunked"});
    });
    EXPECT_EQ(response.body, "right");
}

TEST_F(LyingGateway, LargeChangedAnswerIsCutOffNotEnded) {
    GatewayByHand liar(two_.tls, [&](const std::string& request) {
        return lie(request, [](auto&, auto& body, auto& sent) {
            body = std::string(300'000, 'a');
            sent = std::string(299'999, 'a') + "b";
        });
    });
    configuration_.servers[1].address = fmt::format("127.0.0.1:{}", liar.port());
    publish();
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("GET " + rest_path + " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n\r\n");
    const auto all = client.all();
    EXPECT_TRUE(all.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_FALSE(all.ends_with("0\r\n\r\n"));
    EXPECT_EQ(entries(*one_.log).size(), 1u);
}

}  // namespace hl::exchange::test
