// REST through two gateways, as information systems on both ends see it (PR-REST 4).
#include <future>

#include "exchange/gateway/gateway_fixture.h"
#include "exchange/protocol/rest_message.h"
#include "http/raw_client.h"

namespace hl::exchange::test {

using http::testing::RawClient;

class Rest : public GatewayTest {
  protected:
    /// A request in the test's own bytes.
    std::string raw(const std::string& start, const std::string& more = "", const std::string& body = "") {
        RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
        client.send(start + " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n" + more + "\r\n" +
                    body);
        return client.answer();
    }
};

TEST_F(Rest, GoesToTheServiceAndBackSignedAndLoggedOnBothSides) {
    const auto response = ask("POST", rest_path + "/ho-so?nam=2026", {{"Content-Type", "text/plain"}}, "xin chào");
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.body, "xin chào");
    EXPECT_EQ(header(response, "X-Road-Client"), "QUANGTRI/GOV/H50/MOT-CUA");
    EXPECT_EQ(header(response, "X-Road-Service"), "QUANGTRI/GOV/H50.12/DKKD/doanh-nghiep");
    EXPECT_FALSE(header(response, "X-Road-Request-Id").empty());
    const auto asked = system_.asked();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].line, "POST /api/ho-so?nam=2026 HTTP/1.1");
    EXPECT_EQ(asked[0].body, "xin chào");
    EXPECT_EQ(asked[0].header("X-Road-Client"), "QUANGTRI/GOV/H50/MOT-CUA");
    EXPECT_EQ(asked[0].header("X-Road-Request-Id"), header(response, "X-Road-Request-Id"));
    EXPECT_EQ(asked[0].header("Content-Length"), "9");

    const auto at_one = entries(*one_.log), at_two = entries(*two_.log);
    ASSERT_EQ(at_one.size(), 2u);
    ASSERT_EQ(at_two.size(), 2u);
    for (const auto* side : {&at_one, &at_two}) {
        EXPECT_EQ((*side)[0].direction, Direction::request);
        EXPECT_EQ((*side)[0].signer_sha256, one_.signing_sha256);
        EXPECT_EQ((*side)[1].direction, Direction::response);
        EXPECT_EQ((*side)[1].signer_sha256, two_.signing_sha256);
        EXPECT_EQ((*side)[1].status, 200);
    }
    EXPECT_EQ(at_one[0].message, at_two[0].message);
    EXPECT_EQ(at_one[1].message, at_two[1].message);
    EXPECT_EQ(*at_one[1].signature.xml, *at_two[1].signature.xml);
    // The hash in the answer is that of the request as it was logged.
    EXPECT_EQ(header(response, "X-Road-Request-Hash"), request_hash(at_one[0].message, sha512("xin chào")));
    std::string body;
    ASSERT_TRUE(one_.log
                    ->read_body(at_one[0].bodies.at(0),
                                [&](std::string_view piece) -> Result<void> {
                                    body += piece;
                                    return {};
                                })
                    .ok());
    EXPECT_EQ(body, "xin chào");
}

TEST_F(Rest, EveryMethodPasses) {
    for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}) {
        system_.forget();
        const auto answered = raw(method + " " + rest_path + "/x", "Content-Length: 2\r\n", "ab");
        EXPECT_EQ(http::testing::status_in(answered), 200) << method << "\n" << answered;
        ASSERT_EQ(system_.asked().size(), 1u);
        EXPECT_TRUE(system_.asked()[0].line.starts_with(method + " /api/x "));
    }
}

TEST_F(Rest, HeadHasNoBodyAndTheConnectionGoesOn) {
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    system_.answer_with([](const auto& asked) {
        const bool head = asked.line.starts_with("HEAD");
        return InformationSystem::Said{head ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : answer(200, "later"),
                                       false};
    });
    client.send("HEAD " + rest_path + " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n\r\n");
    ASSERT_TRUE(client.more());
    EXPECT_TRUE(client.got.starts_with("HTTP/1.1 200 OK\r\n")) << client.got;
    EXPECT_TRUE(client.got.ends_with("\r\n\r\n")) << client.got;
    client.got.clear();
    client.send("GET " + rest_path + " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n\r\n");
    EXPECT_EQ(http::testing::body_in(client.answer()), "later");
}

TEST_F(Rest, EmptyBodyIsNotNoBody) {
    raw("POST " + rest_path, "Content-Length: 0\r\n");
    raw("GET " + rest_path);
    const auto asked = system_.asked();
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[0].header("Content-Length"), "0");
    EXPECT_EQ(asked[1].header("Content-Length"), "");
    EXPECT_EQ(asked[1].header("Transfer-Encoding"), "");
    const auto logged = entries(*two_.log);
    ASSERT_EQ(logged.size(), 4u);
    EXPECT_EQ(logged[0].bodies.size(), 1u);
    EXPECT_EQ(logged[2].bodies.size(), 0u);
}

TEST_F(Rest, EscapesInThePathReachTheServiceAsSentAndAnEmptyPathIsItsRoot) {
    raw("GET " + rest_path + "/path%3B/a%2Fb?q=%C4%91&x");
    raw("GET " + rest_path);
    const auto asked = system_.asked();
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[0].line, "GET /api/path%3B/a%2Fb?q=%C4%91&x HTTP/1.1");
    EXPECT_EQ(asked[1].line, "GET /api HTTP/1.1");
}

TEST_F(Rest, RedirectsPassUnfollowed) {
    system_.answer_with([](const auto&) {
        return InformationSystem::Said{answer(302, "", "Location: http://127.0.0.1:1/elsewhere\r\n"), false};
    });
    const auto response = ask("GET", rest_path);
    EXPECT_EQ(response.status, 302);
    EXPECT_EQ(header(response, "Location"), "http://127.0.0.1:1/elsewhere");
    EXPECT_EQ(system_.asked().size(), 1u);
}

TEST_F(Rest, ServicesOwnErrorPassesWithItsBodyAndHeaders) {
    system_.answer_with([](const auto&) {
        return InformationSystem::Said{answer(418, "{\"loi\":1}", "Content-Type: application/json\r\nX-Own: 1\r\n"),
                                       false};
    });
    const auto response = ask("GET", rest_path);
    EXPECT_EQ(response.status, 418);
    EXPECT_EQ(response.body, "{\"loi\":1}");
    EXPECT_EQ(header(response, "X-Own"), "1");
    EXPECT_EQ(fault(response), "");
}

TEST_F(Rest, NoContentHasNoBodyAndNoLength) {
    system_.answer_with([](const auto&) { return InformationSystem::Said{"HTTP/1.1 204 No Content\r\n\r\n", false}; });
    const auto answered = raw("DELETE " + rest_path + "/1");
    EXPECT_EQ(http::testing::status_in(answered), 204);
    EXPECT_EQ(answered.find("Content-Length"), std::string::npos);
    EXPECT_EQ(answered.find("Transfer-Encoding"), std::string::npos);
}

TEST_F(Rest, IdsAndIssueGoToTheServiceAndIntoTheLog) {
    const auto response =
        ask("GET", rest_path, {{"X-Road-Id", "toi-1"}, {"X-Road-UserId", "VN1"}, {"X-Road-Issue", "HS-7"}});
    EXPECT_EQ(header(response, "X-Road-Id"), "toi-1");
    EXPECT_EQ(system_.asked().at(0).header("X-Road-UserId"), "VN1");
    EXPECT_EQ(entries(*two_.log).at(0).issue, "HS-7");
    EXPECT_EQ(entries(*one_.log).at(0).user_id, "VN1");
}

TEST_F(Rest, ExpectIsAnsweredWithContinue) {
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("POST " + rest_path +
                " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\nExpect: 100-continue\r\n"
                "Content-Length: 4\r\n\r\n");
    ASSERT_TRUE(client.more());
    EXPECT_EQ(client.got, "HTTP/1.1 100 Continue\r\n\r\n");
    client.got.clear();
    client.send("body");
    EXPECT_EQ(http::testing::body_in(client.answer()), "body");
}

TEST_F(Rest, ConnectionsBetweenGatewaysAndToTheServiceAreKept) {
    for (int i = 0; i < 20; ++i) ASSERT_EQ(ask("GET", rest_path).status, 200);
    EXPECT_EQ(system_.connections(), 1);
    EXPECT_EQ(one_.gateway->core().figures.links_opened, 1u);
    EXPECT_EQ(one_.gateway->core().figures.links_reused, 19u);
}

TEST_F(Rest, ManyAtOnceEachGetTheirOwnAnswer) {
    std::vector<std::future<bool>> waiting;
    for (int t = 0; t < 20; ++t)
        waiting.push_back(std::async(std::launch::async, [this, t] {
            RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
            for (int i = 0; i < 10; ++i) {
                const auto body = fmt::format("của {} lần {}", t, i);
                client.send(
                    fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n"
                                "Content-Length: {}\r\n\r\n{}",
                                rest_path, body.size(), body));
                if (http::testing::body_in(client.answer()) != body) return false;
            }
            return true;
        }));
    for (auto& w : waiting) EXPECT_TRUE(w.get());
    EXPECT_EQ(one_.log->health().messages, 400);
    EXPECT_EQ(two_.log->health().messages, 400);
}

TEST_F(Rest, TwoRequestsInOnePacketAreAnsweredInOrder) {
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    const std::string head = " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n";
    client.send("POST " + rest_path + head + "Content-Length: 3\r\n\r\nmot" + "POST " + rest_path + head +
                "Content-Length: 3\r\n\r\nhai");
    EXPECT_EQ(http::testing::body_in(client.answer()), "mot");
    EXPECT_EQ(http::testing::body_in(client.answer()), "hai");
}

TEST_F(Rest, ServiceWhoseAddressHasNoPathIsAskedForItsRoot) {
    TearDown();
    settings_two_.services[0].url = system_.url();
    open_all();
    EXPECT_EQ(ask("GET", rest_path).status, 200);
    EXPECT_EQ(ask("GET", rest_path + "?a=1").status, 200);
    EXPECT_EQ(ask("GET", rest_path + "/x").status, 200);
    const auto asked = system_.asked();
    ASSERT_EQ(asked.size(), 3u);
    EXPECT_EQ(asked[0].line, "GET / HTTP/1.1");
    EXPECT_EQ(asked[1].line, "GET /?a=1 HTTP/1.1");
    EXPECT_EQ(asked[2].line, "GET /x HTTP/1.1");
}

}  // namespace hl::exchange::test
