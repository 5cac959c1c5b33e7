// How an information system comes to its gateway: connection types, certificates, tokens; and limits of the entries.
#include <fstream>

#include "exchange/gateway/gateway_by_hand.h"
#include "http/raw_client.h"
#include "support/sanitized.h"

namespace hl::exchange::test {

using http::testing::RawClient;

class EntryChecks : public GatewayTest {
  protected:
    void describe() override {
        GatewayTest::describe();
        const auto key = make_key(KeyKind::p256).value();
        const auto certificate = certified(*key, KeyUse::authentication);
        system_tls_ = {key, {certificate.der()}};
        system_sha256_ = certificate.sha256_hex();
    }
    void reopen(ConnectionType type, std::vector<std::string> certificates = {}) {
        TearDown();
        settings_one_.clients[0].connection = type;
        settings_one_.clients[0].certificates = std::move(certificates);
        open_all();
    }
    std::string over_tls(const gateway::TlsIdentity* identity) {
        TlsByHand tls(false, identity);
        EXPECT_TRUE(tls.connect(one_.gateway->ports().https));
        tls.write("GET " + rest_path + " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n\r\n");
        return tls.message();
    }
    std::string over_http(const std::string& more = "") {
        RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
        client.send("GET " + rest_path + " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\n" + more +
                    "\r\n");
        return client.answer();
    }
    gateway::TlsIdentity system_tls_;
    std::string system_sha256_;
};

TEST_F(EntryChecks, HttpsWithAListedCertificatePasses) {
    reopen(ConnectionType::https, {system_sha256_});
    EXPECT_TRUE(over_tls(&system_tls_).starts_with("HTTP/1.1 200 "));
}

TEST_F(EntryChecks, HttpsWithoutCertificateIsToldWhatToDo) {
    reopen(ConnectionType::https, {system_sha256_});
    for (const auto& answered : {over_tls(nullptr), over_http()}) {
        EXPECT_NE(answered.find("server.clientproxy.ssl_authentication_failed"), std::string::npos) << answered;
        EXPECT_NE(answered.find("specifies HTTPS but did not supply TLS certificate"), std::string::npos);
        EXPECT_NE(answered.find("curl: --cert"), std::string::npos);
    }
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(EntryChecks, HttpsWithAnotherCertificateIsRefused) {
    reopen(ConnectionType::https, {std::string(64, 'a')});
    EXPECT_NE(over_tls(&system_tls_).find("does not match any IS certificates"), std::string::npos);
    reopen(ConnectionType::https, {});
    EXPECT_NE(over_tls(&system_tls_).find("has no IS certificates"), std::string::npos);
}

TEST_F(EntryChecks, HttpsNoAuthWantsTlsAlone) {
    reopen(ConnectionType::https_no_auth);
    EXPECT_TRUE(over_tls(nullptr).starts_with("HTTP/1.1 200 "));
    EXPECT_NE(over_http().find("specifies HTTPS NO AUTH but client made plaintext connection"), std::string::npos);
}

TEST_F(EntryChecks, SubsystemWithoutSettingsMustShowACertificate) {
    TearDown();
    settings_one_.clients.clear();
    open_all();
    EXPECT_NE(over_http().find("did not supply TLS certificate"), std::string::npos);
}

TEST_F(EntryChecks, BearerTokenIsAskedForAndStaysHere) {
    TearDown();
    settings_one_.clients[0].oauth = {{"mot-cua", crypto::hash_password("bí mật", {1, 8192}).value()}};
    settings_one_.clients[1].oauth = {{"khac", crypto::hash_password("khác", {1, 8192}).value()}};
    open_all();
    const auto refused = over_http();
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 401 ")) << refused;
    EXPECT_NE(refused.find("WWW-Authenticate: Bearer"), std::string::npos);

    const auto token = [&](const std::string& id, const std::string& secret) {
        http::ClientRequest request;
        request.method = "POST";
        request.url = one_.url("/oauth2/token");
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
        request.body = "grant_type=client_credentials&client_id=" + id + "&client_secret=" + secret;
        return http::send(request).value();
    };
    EXPECT_EQ(token("mot-cua", "sai").status, 401);
    EXPECT_EQ(token("khong-co", "sai").status, 401);
    const auto given = token("mot-cua", "b%C3%AD+m%E1%BA%ADt");
    ASSERT_EQ(given.status, 200) << given.body;
    const auto value = boost::json::parse(given.body).at("access_token").as_string();
    const std::string bearer = "Authorization: Bearer " + std::string(value) + "\r\n";
    EXPECT_TRUE(over_http(bearer).starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(system_.asked().at(0).header("Authorization"), "");
    // Another subsystem's token, a forged one, one that has ended.
    const auto other = boost::json::parse(token("khac", "kh%C3%A1c").body).at("access_token").as_string();
    EXPECT_TRUE(over_http("Authorization: Bearer " + std::string(other) + "\r\n").starts_with("HTTP/1.1 401 "));
    EXPECT_TRUE(over_http("Authorization: Bearer AAAA\r\n").starts_with("HTTP/1.1 401 "));
    configuration_.expires = clock_.now() + std::chrono::hours{1};
    publish();
    clock_.advance(std::chrono::minutes{11});
    EXPECT_TRUE(over_http(bearer).starts_with("HTTP/1.1 401 "));
}

TEST_F(EntryChecks, OtherAuthorizationGoesToTheService) {
    EXPECT_TRUE(over_http("Authorization: Basic abc\r\n").starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(system_.asked().at(0).header("Authorization"), "Basic abc");
}

TEST_F(EntryChecks, NonsenseIsAnsweredAndCut) {
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("NONSENSE\r\n\r\n");
    EXPECT_TRUE(client.all().starts_with("HTTP/1.1 400 "));
    RawClient smuggler(static_cast<unsigned short>(one_.gateway->ports().http));
    smuggler.send("POST " + rest_path +
                  " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_TRUE(smuggler.all().starts_with("HTTP/1.1 400 "));
    RawClient folded(static_cast<unsigned short>(one_.gateway->ports().http));
    folded.send("GET " + rest_path + " HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n");
    EXPECT_TRUE(folded.all().starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(EntryChecks, HeadThatTricklesIsCut) {
    TearDown();
    settings_one_.head_time = std::chrono::milliseconds{150};
    open_all();
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("GET / HTTP");
    client.all();
    EXPECT_TRUE(client.ended());
}

TEST_F(EntryChecks, OneByteAtATimeIsCutInTheHeadAndHoldsUpNobodyInTheBody) {
    TearDown();
    settings_one_.head_time = std::chrono::milliseconds{200};
    open_all();
    const std::string head =
        "POST " + rest_path +
        " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\nContent-Length: 20\r\n";
    RawClient slow(static_cast<unsigned short>(one_.gateway->ports().http));
    size_t sent = 0;
    while (sent < head.size() && slow.send(std::string_view(head).substr(sent, 1))) {
        ++sent;
        if (slow.more(10)) break;
        if (slow.ended()) break;
    }
    slow.all();
    EXPECT_TRUE(slow.ended());
    EXPECT_LT(sent, head.size());
    EXPECT_TRUE(system_.asked().empty());

    RawClient patient(static_cast<unsigned short>(one_.gateway->ports().http));
    patient.send(head + "\r\n");
    for (int i = 0; i < 20; ++i) {
        patient.send("x");
        if (i % 5 != 0) continue;
        EXPECT_EQ(ask("GET", rest_path).status, 200);
    }
    EXPECT_EQ(http::testing::body_in(patient.answer()), std::string(20, 'x'));
}

TEST_F(EntryChecks, WaitingForTheServiceIsNotTheClientsTime) {
    TearDown();
    settings_one_.pace = settings_two_.pace = std::chrono::milliseconds{250};
    open_all();
    system_.answer_with([](const auto&) {
        std::this_thread::sleep_for(std::chrono::milliseconds{700});
        return InformationSystem::Said{answer(200, "muộn nhưng đến"), false};
    });
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("POST " + rest_path +
                " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\nContent-Length: 4\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    client.send("than");
    EXPECT_EQ(http::testing::body_in(client.answer()), "muộn nhưng đến");
}

TEST_F(EntryChecks, BodyThatStopsComingIsRefused) {
    TearDown();
    settings_one_.pace = std::chrono::milliseconds{150};
    open_all();
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("POST " + rest_path +
                " HTTP/1.1\r\nHost: x\r\nX-Road-Client: QUANGTRI/GOV/H50/MOT-CUA\r\nContent-Length: 4\r\n\r\nth");
    client.all();
    EXPECT_TRUE(client.ended());
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(EntryChecks, PortOfAnotherProgramIsNotShared) {
    GatewayParts parts;
    parts.settings = settings_one_;
    parts.settings.http_port = one_.gateway->ports().http;
    parts.configuration = one_.configuration;
    parts.log = one_.log;
    parts.authentication = one_.tls;
    auto second = Gateway::open(std::move(parts), clock_, random_).value();
    const auto started = second->start();
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, "exchange.listen");
}

TEST_F(EntryChecks, TooManyConnectionsAreCut) {
    TearDown();
    settings_one_.max_connections_per_peer = 2;
    open_all();
    RawClient a(static_cast<unsigned short>(one_.gateway->ports().http)),
        b(static_cast<unsigned short>(one_.gateway->ports().http));
    a.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_FALSE(a.answer().empty());
    b.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_FALSE(b.answer().empty());
    RawClient c(static_cast<unsigned short>(one_.gateway->ports().http));
    c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(c.all(), "");
}

TEST_F(EntryChecks, StopLetsARunningExchangeEnd) {
    std::promise<void> asked;
    system_.answer_with([&](const auto&) {
        asked.set_value();
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
        return InformationSystem::Said{answer(200, "đã xong"), false};
    });
    auto waiting = std::async(std::launch::async, [this] { return over_http(); });
    asked.get_future().wait();
    one_.gateway->stop();
    EXPECT_EQ(http::testing::body_in(waiting.get()), "đã xong");
}

TEST_F(EntryChecks, IdleConnectionsCostLittle) {
    const auto resident = [] {
        std::ifstream statm("/proc/self/statm");
        int64_t all = 0, held = 0;
        statm >> all >> held;
        return held * 4096;
    };
    [[maybe_unused]] const auto before = resident();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 400; ++i)
        clients.push_back(std::make_unique<RawClient>(static_cast<unsigned short>(one_.gateway->ports().http)));
    while (one_.gateway->health().at("connections").to_number<int>() < 400)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
#ifndef HL_SANITIZED
    EXPECT_LT(resident() - before, 400 * 4096);
#endif
}

}  // namespace hl::exchange::test
