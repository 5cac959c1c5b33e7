// What clients and gateways get on bad days: X-Road's own faults, nothing lost, nothing answered that was not logged.
#include <fstream>

#include "exchange/gateway/gateway_fixture.h"
#include "http/raw_client.h"

namespace hl::exchange::test {

using http::testing::RawClient;

class BadDay : public GatewayTest {
  protected:
    http::Response get() { return ask("GET", rest_path + "/x"); }
    void expect_fault(const http::Response& response, std::string_view code) {
        EXPECT_EQ(fault(response), code) << response.status << " " << response.body;
        EXPECT_EQ(response.status, code.starts_with("server.") ? 500 : 400);
        EXPECT_NE(response.body.find("\"detail\""), std::string::npos);
    }
};

TEST_F(BadDay, ClientHeaderIsMissing) {
    RawClient client(static_cast<unsigned short>(one_.gateway->ports().http));
    client.send("GET " + rest_path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answered = client.answer();
    EXPECT_EQ(http::testing::status_in(answered), 500);
    EXPECT_NE(answered.find("X-Road-Error: server.clientproxy.missing_header"), std::string::npos) << answered;
}

TEST_F(BadDay, FaultsAreSpeltAsTheDialectDemands) {
    TearDown();
    settings_one_.dialect = Dialect::camel_case;
    open_all();
    EXPECT_EQ(fault(ask("GET", rest_path, {{"X-Road-Client", "QUANGTRI/GOV/H50/KHONG-CO"}})),
              "Server.ClientProxy.UnknownMember");
}

TEST_F(BadDay, ConfigurationHasExpired) {
    clock_.advance(std::chrono::minutes{11});
    expect_fault(get(), "server.clientproxy.global_conf_outdated");
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_EQ(one_.gateway->health().at("status"), "failing");
}

TEST_F(BadDay, ClientIsUnknown) {
    expect_fault(ask("GET", rest_path, {{"X-Road-Client", "QUANGTRI/GOV/H50/KHONG-CO"}}),
                 "server.clientproxy.unknown_member");
}

TEST_F(BadDay, ProviderIsUnknown) {
    expect_fault(ask("GET", "/r1/QUANGTRI/GOV/H99/X/y"), "server.clientproxy.unknown_member");
}

TEST_F(BadDay, ServiceIsUnknown) {
    expect_fault(ask("GET", "/r1/QUANGTRI/GOV/H50.12/DKKD/khong-co"), "server.serverproxy.unknown_service");
}

TEST_F(BadDay, SoapServiceIsCalledByRest) {
    expect_fault(ask("GET", "/r1/QUANGTRI/GOV/H50.12/DKKD/doanh-nghiep-soap"), "server.serverproxy.unknown_service");
    configuration_.services.push_back({{firms, "chi-soap", {}}, ServiceType::soap, "", {}, {}, true, {}});
    publish();
    expect_fault(ask("GET", "/r1/QUANGTRI/GOV/H50.12/DKKD/chi-soap"), "server.serverproxy.service_type");
}

TEST_F(BadDay, ThereIsNoRight) {
    const auto response = ask("GET", rest_path, {{"X-Road-Client", "QUANGTRI/GOV/H50/KHAC"}});
    expect_fault(response, "server.serverproxy.access_denied");
    EXPECT_NE(response.body.find("Request is not allowed: "), std::string::npos);
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(BadDay, ServiceIsDisabled) {
    configuration_.services[0].enabled = false;
    configuration_.services[0].disabled_notice = "Bảo trì đến 01/12";
    publish();
    const auto response = get();
    expect_fault(response, "server.serverproxy.service_disabled");
    EXPECT_NE(response.body.find("Bảo trì đến 01/12"), std::string::npos);
}

TEST_F(BadDay, InformationSystemIsDown) {
    {
        // A port that nobody listens on any more.
        InformationSystem gone([](const auto&) { return InformationSystem::Said{}; });
        settings_two_.services[0].url = gone.url();
    }
    TearDown();
    open_all();
    expect_fault(get(), "server.serverproxy.service_failed.network_error");
    // The request itself was verified and logged before the system was asked.
    EXPECT_EQ(entries(*two_.log).size(), 1u);
}

TEST_F(BadDay, InformationSystemAnswersNonsense) {
    system_.answer_with([](const auto&) { return InformationSystem::Said{"HELLO THERE\r\n\r\n", true}; });
    expect_fault(get(), "server.serverproxy.service_failed.http_error");
}

TEST_F(BadDay, InformationSystemClosesWithoutAnAnswer) {
    system_.answer_with([](const auto&) { return InformationSystem::Said{"", true}; });
    expect_fault(get(), "server.serverproxy.service_failed.network_error");
}

TEST_F(BadDay, InformationSystemLiesAboutItsLength) {
    system_.answer_with([](const auto&) {
        return InformationSystem::Said{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", true};
    });
    expect_fault(get(), "server.serverproxy.service_failed.http_error");
    EXPECT_EQ(entries(*one_.log).size(), 1u);
}

TEST_F(BadDay, InformationSystemIsSlow) {
    TearDown();
    settings_two_.services[0].answer_time = std::chrono::milliseconds{150};
    open_all();
    system_.answer_with([](const auto&) {
        std::this_thread::sleep_for(std::chrono::milliseconds{600});
        return InformationSystem::Said{answer(200, "late"), false};
    });
    expect_fault(get(), "server.serverproxy.service_failed.network_error");
}

TEST_F(BadDay, ProvidersGatewayIsDown) {
    two_.gateway->stop();
    expect_fault(get(), "server.clientproxy.network_error");
}

TEST_F(BadDay, ProvidersGatewayShowsAnothersCertificate) {
    configuration_.servers[1].certificates = {std::string(64, 'f')};
    publish();
    expect_fault(get(), "server.clientproxy.ssl_authentication_failed");
}

TEST_F(BadDay, ClientsGatewayIsNotRegistered) {
    // Only the provider's gateway knows that the client's was taken out.
    configuration_.servers[0].certificates = {std::string(64, 'e')};
    ASSERT_TRUE(two_.configuration->take(sign_configuration(configuration_, registry_key_), clock_.now()).ok());
    const auto response = get();
    EXPECT_EQ(response.status, 500);
    EXPECT_TRUE(fault(response).ends_with("ssl_authentication_failed") || fault(response).ends_with("network_error"))
        << fault(response);
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(BadDay, ClientsGatewayMayNotSpeakForTheClient) {
    configuration_.servers[0].clients = {stranger};
    ASSERT_TRUE(two_.configuration->take(sign_configuration(configuration_, registry_key_), clock_.now()).ok());
    expect_fault(get(), "server.serverproxy.ssl_authentication_failed");
}

TEST_F(BadDay, SigningCertificateIsNotTheMembers) {
    configuration_.members[0].signing_certificates = {std::string(64, 'd')};
    ASSERT_TRUE(two_.configuration->take(sign_configuration(configuration_, registry_key_), clock_.now()).ok());
    expect_fault(get(), "server.serverproxy.signature_verification.incorrect_certificate");
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_TRUE(entries(*two_.log).empty());
}

TEST_F(BadDay, AnswerIsSignedByAnother) {
    configuration_.members[3].signing_certificates = {std::string(64, 'd')};
    ASSERT_TRUE(one_.configuration->take(sign_configuration(configuration_, registry_key_), clock_.now()).ok());
    expect_fault(get(), "server.clientproxy.signature_verification.incorrect_certificate");
}

TEST_F(BadDay, TokenIsPulledAndPutBack) {
    one_.token_pulled = true;
    expect_fault(get(), "server.clientproxy.token_not_available");
    EXPECT_TRUE(system_.asked().empty());
    one_.token_pulled = false;
    EXPECT_EQ(get().status, 200);
    two_.token_pulled = true;
    expect_fault(get(), "server.serverproxy.token_not_available");
}

TEST_F(BadDay, ClocksAreFarApart) {
    // OCSP responses and signatures are of the gateways' own time; only the provider's clock is late here.
    configuration_.expires = clock_.now() + std::chrono::hours{2};
    publish();
    TearDown();
    open_all();
    clock_.advance(std::chrono::minutes{1});
    EXPECT_EQ(get().status, 200);
}

TEST_F(BadDay, LogIsFull) {
    // More free disk is demanded than there is: first of the client's gateway, then of the provider's.
    const auto full = [&](const std::string& name, int64_t free_bytes) {
        MessageLogOptions o;
        o.folder = folder_ / (name + "-log");
        o.master_key = std::string(32, 'l');
        o.min_free_bytes = free_bytes;
        return std::shared_ptr<MessageLog>(MessageLog::open(o, clock_, random_).value());
    };
    TearDown();
    one_.gateway.reset();
    one_.log.reset();
    one_.log = full("one", INT64_MAX / 2);
    open_all();
    expect_fault(get(), "server.clientproxy.logging_failed");
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_EQ(two_.log->health().messages, 0);
    TearDown();
    for (auto* side : {&one_, &two_}) {
        side->gateway.reset();
        side->log.reset();
    }
    one_.log = full("one", 0);
    two_.log = full("two", INT64_MAX / 2);
    open_all();
    expect_fault(get(), "server.serverproxy.logging_failed");
    EXPECT_TRUE(system_.asked().empty());
}

TEST_F(BadDay, CertificateTowardsGatewaysIsRenewedWhileItRuns) {
    const auto key = make_key(KeyKind::p256).value();
    const auto certificate = certified(*key, KeyUse::authentication);
    configuration_.servers[0].certificates.push_back(certificate.sha256_hex());
    publish();
    EXPECT_EQ(get().status, 200);
    ASSERT_TRUE(one_.gateway->renew({key, {certificate.der()}}).ok());
    two_.gateway->stop();
    open(two_, settings_two_, firms.member());
    configuration_.servers[0].certificates = {certificate.sha256_hex()};
    configuration_.servers[1].address = fmt::format("127.0.0.1:{}", two_.gateway->ports().peers);
    publish();
    EXPECT_EQ(get().status, 200);
    gateway::TlsIdentity wrong{key, {one_.tls.chain[0]}};
    EXPECT_FALSE(one_.gateway->renew(wrong).ok());
}

TEST_F(BadDay, ConfigurationIsFetchedAndABadOneLeavesTheGoodOneInUse) {
    std::string document;
    std::mutex mutex;
    InformationSystem registry([&](const auto&) {
        std::scoped_lock lock(mutex);
        return InformationSystem::Said{answer(200, document), false};
    });
    const auto serve = [&](std::string text) {
        std::scoped_lock lock(mutex);
        document = std::move(text);
    };
    TearDown();
    settings_one_.registry_url = registry.url("/configuration");
    settings_one_.configuration_interval = std::chrono::seconds{3600};
    serve("nonsense");
    open_all();
    EXPECT_EQ(get().status, 200);
    EXPECT_FALSE(one_.gateway->fetch_configuration().ok());
    EXPECT_EQ(one_.gateway->health().at("status"), "failing");
    configuration_.rights.clear();
    serve(sign_configuration(configuration_, crypto::make_signing_key(random_)));
    EXPECT_FALSE(one_.gateway->fetch_configuration().ok());
    EXPECT_EQ(get().status, 200);
    serve(sign_configuration(configuration_, registry_key_));
    ASSERT_TRUE(one_.gateway->fetch_configuration().ok());
    EXPECT_EQ(one_.configuration->current()->configuration().number, configuration_.number);
}

TEST_F(BadDay, ConfigurationThatHasNotChangedIsNotSentAgain) {
    std::mutex mutex;
    std::string document;
    InformationSystem registry([&](const auto& asked) {
        std::scoped_lock lock(mutex);
        if (asked.header("If-None-Match") == "\"7\"")
            return InformationSystem::Said{"HTTP/1.1 304 Not Modified\r\nETag: \"7\"\r\n\r\n", false};
        return InformationSystem::Said{answer(200, document, "ETag: \"7\"\r\n"), false};
    });
    settings_one_.registry_url = registry.url("/configuration");
    settings_one_.configuration_interval = std::chrono::seconds{3600};
    document = "nonsense";
    TearDown();
    open_all();
    // What was not taken has no tag: it is asked for whole.
    EXPECT_FALSE(one_.gateway->fetch_configuration().ok());
    EXPECT_FALSE(one_.gateway->fetch_configuration().ok());
    {
        std::scoped_lock lock(mutex);
        document = sign_configuration(configuration_, registry_key_);
    }
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(one_.gateway->fetch_configuration().ok());
    EXPECT_EQ(registry.asked().back().header("If-None-Match"), "\"7\"");
    EXPECT_EQ(one_.configuration->current()->configuration().number, configuration_.number);
    EXPECT_EQ(get().status, 200);
}

TEST_F(BadDay, TimeStampsAreTooLate) {
    configuration_.time_stampers = {{"TSA", authority_->time_stamper().der(), "http://127.0.0.1:1/"}};
    configuration_.expires = clock_.now() + std::chrono::hours{24};
    configuration_.stamp_failure_period = std::chrono::seconds{600};
    configuration_.ocsp_freshness = std::chrono::hours{24};
    publish();
    EXPECT_EQ(get().status, 200);
    clock_.advance(std::chrono::minutes{11});
    expect_fault(get(), "server.clientproxy.timestamper_failed");
}

TEST_F(BadDay, GatewayIsInMaintenance) {
    configuration_.servers[1].maintenance = true;
    configuration_.servers[1].maintenance_notice = "Nâng cấp đến 5 giờ";
    publish();
    const auto response = get();
    expect_fault(response, "server.serverproxy.maintenance_mode");
    EXPECT_NE(response.body.find("Nâng cấp đến 5 giờ"), std::string::npos);
}

TEST_F(BadDay, ConsumerAsksTooOften) {
    TearDown();
    settings_two_.services[0].limit.per_second = 1;
    settings_two_.services[0].limit.burst = 2;
    open_all();
    EXPECT_EQ(get().status, 200);
    EXPECT_EQ(get().status, 200);
    expect_fault(get(), "server.serverproxy.rate_limit_exceeded");
    clock_.advance(std::chrono::seconds{1});
    EXPECT_EQ(get().status, 200);
}

TEST_F(BadDay, QuotaOutlivesARestartAndADamagedFileOfItIsNoEnd) {
    TearDown();
    settings_two_.services[0].limit.per_day = 3;
    without_ocsp();
    open_all();
    EXPECT_EQ(get().status, 200);
    EXPECT_EQ(get().status, 200);
    TearDown();
    open_all();
    EXPECT_EQ(get().status, 200);
    expect_fault(get(), "server.serverproxy.quota_exceeded");
    TearDown();
    open_all();
    expect_fault(get(), "server.serverproxy.quota_exceeded");
    // The next day is a new one, also when the gateway was down at midnight.
    TearDown();
    clock_.advance(std::chrono::hours{24});
    configuration_.expires = clock_.now() + std::chrono::minutes{10};
    open_all();
    EXPECT_EQ(get().status, 200);
    TearDown();
    std::ofstream(settings_two_.folder / "quotas.json") << "nonsense";
    open_all();
    EXPECT_EQ(get().status, 200);
}

TEST_F(BadDay, FailingSystemIsLeftAloneForAWhile) {
    TearDown();
    settings_two_.services[0].breaker_failures = 2;
    open_all();
    system_.answer_with([](const auto&) { return InformationSystem::Said{"", true}; });
    get();
    get();
    const auto before = system_.asked().size();
    expect_fault(get(), "server.serverproxy.service_failed.circuit_open");
    EXPECT_EQ(system_.asked().size(), before);
    clock_.advance(std::chrono::seconds{6});
    system_.answer_with([](const auto&) { return InformationSystem::Said{answer(200, "back"), false}; });
    EXPECT_EQ(get().body, "back");
    EXPECT_EQ(get().body, "back");
}

}  // namespace hl::exchange::test
