// One gateway on both ends, and several gateways of one provider.
#include "exchange/gateway/gateway_fixture.h"
#include "http/raw_client.h"

namespace hl::exchange::test {

class OneGateway : public GatewayTest {
  protected:
    void describe() override {
        GatewayTest::describe();
        settings_one_.services = settings_two_.services;
        configuration_.servers[0].clients = {desk, stranger, firms};
    }
    void SetUp() override {
        GatewayTest::SetUp();
        // The same gateway signs for both members.
        TearDown();
        GatewayParts parts;
        parts.settings = settings_one_;
        parts.configuration = one_.configuration;
        parts.log = one_.log;
        parts.authentication = one_.tls;
        parts.signers[desk.member()] = [this]() -> Result<BatchSigner::Identity> { return *one_.identity; };
        parts.signers[firms.member()] = [this]() -> Result<BatchSigner::Identity> { return *two_.identity; };
        one_.gateway = Gateway::open(std::move(parts), clock_, random_).value();
        ASSERT_TRUE(one_.gateway->start().ok());
        publish();
    }
};

TEST_F(OneGateway, SignsAndLogsBothMessagesWithoutANetworkBetween) {
    const auto response = ask("POST", rest_path + "/x", {}, "thân");
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.body, "thân");
    const auto logged = entries(*one_.log);
    ASSERT_EQ(logged.size(), 4u);
    EXPECT_EQ(one_.gateway->core().figures.links_opened, 0u);
    int provider = 0;
    for (const auto& e : logged) provider += e.side == exchange::Side::provider ? 1 : 0;
    EXPECT_EQ(provider, 2);
}

TEST_F(OneGateway, StreamsLargeBodiesToo) {
    const std::string body(1'000'000, 'l');
    EXPECT_EQ(ask("POST", rest_path, {}, body).body, body);
    EXPECT_EQ(fault(ask("GET", rest_path, {{"X-Road-Client", "QUANGTRI/GOV/H50/KHAC"}})),
              "server.serverproxy.access_denied");
}

class SeveralGateways : public GatewayTest {
  protected:
    const ServerId server_three{"QUANGTRI", "GOV", "H50.12", "CONG-3"};
    void describe() override {
        GatewayTest::describe();
        // In the registry's order this one comes first; nobody listens there.
        configuration_.servers.push_back({server_three, "127.0.0.1:1", {std::string(64, '3')}, {firms}, false, {}});
    }
};

TEST_F(SeveralGateways, OneThatIsDownIsPassedOver) {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(ask("POST", rest_path, {}, "x").status, 200);
    EXPECT_EQ(system_.asked().size(), 20u);
}

TEST_F(SeveralGateways, NamedOneIsAskedAlone) {
    EXPECT_EQ(ask("GET", rest_path, {{"X-Road-Security-Server", to_path(server_two)}}).status, 200);
    EXPECT_EQ(fault(ask("GET", rest_path, {{"X-Road-Security-Server", to_path(server_three)}})),
              "server.clientproxy.network_error");
    EXPECT_EQ(fault(ask("GET", rest_path, {{"X-Road-Security-Server", to_path(server_one)}})),
              "server.clientproxy.invalid_security_server");
}

}  // namespace hl::exchange::test
