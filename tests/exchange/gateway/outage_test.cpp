// What a gateway leans on is away for a while and comes back: the registry, its authority's OCSP responder and
// time-stamper; and clocks that are an hour apart. Through two gateways, end to end.
#include "exchange/gateway/gateway_fixture.h"
#include "exchange/gateway/ocsp_cache.h"
#include "exchange/gateway/stamper.h"

namespace hl::exchange::test {

using namespace std::chrono_literals;

class Outage : public GatewayTest {
  protected:
    http::Response get() { return ask("GET", rest_path + "/x"); }
    void expect_fault(const http::Response& response, std::string_view code, std::string_view text) {
        EXPECT_EQ(fault(response), code) << response.status << " " << response.body;
        EXPECT_EQ(response.status, 500);
        EXPECT_NE(response.body.find(text), std::string::npos) << response.body;
        EXPECT_NE(response.body.find("\"detail\""), std::string::npos);
    }
    /// The registry goes on publishing while something else is away.
    void publish_again() {
        configuration_.expires = clock_.now() + 10min;
        publish();
    }
    /// A service that can be away: then it takes connections and says nothing.
    struct Service {
        explicit Service(std::function<std::string(const InformationSystem::Asked&)> answer)
            : system([this, answer = std::move(answer)](const auto& asked) {
                  if (away) return InformationSystem::Said{"", true};
                  return InformationSystem::Said{test::answer(200, answer(asked)), false};
              }) {}
        std::atomic<bool> away = false;
        InformationSystem system;
    };
};

TEST_F(Outage, RegistryIsAwayMessagesPassUntilTheConfigurationExpiresAndAgainWhenItIsBack) {
    std::mutex mutex;
    std::string document;
    Service registry([&](const auto&) {
        std::scoped_lock lock(mutex);
        return document;
    });
    TearDown();
    for (auto* settings : {&settings_one_, &settings_two_}) {
        settings->registry_url = registry.system.url("/configuration");
        settings->configuration_interval = 3600s;
    }
    registry.away = true;
    open_all();
    clock_.advance(9min);
    EXPECT_FALSE(one_.gateway->fetch_configuration().ok());
    EXPECT_EQ(get().status, 200);
    EXPECT_EQ(one_.gateway->health().at("status"), "failing");

    clock_.advance(2min);
    EXPECT_FALSE(one_.gateway->fetch_configuration().ok());
    const auto passed = system_.asked().size();
    expect_fault(get(), "server.clientproxy.global_conf_outdated", "");
    configuration_.expires = clock_.now() + 10min;
    const auto next = sign_configuration(configuration_, registry_key_);
    ASSERT_TRUE(one_.configuration->take(next, clock_.now()).ok());
    expect_fault(get(), "server.serverproxy.global_conf_outdated", "");
    EXPECT_EQ(system_.asked().size(), passed);

    {
        std::scoped_lock lock(mutex);
        document = next;
    }
    registry.away = false;
    ASSERT_TRUE(one_.gateway->fetch_configuration().ok());
    ASSERT_TRUE(two_.gateway->fetch_configuration().ok());
    EXPECT_EQ(get().status, 200);
    EXPECT_EQ(one_.gateway->health().at("status"), "ok");
}

TEST_F(Outage, TimeStampsAreAwayForFourHoursThenNothingPassesAndRecoversByItself) {
    Service authority([&](const auto& asked) { return authority_->answer_time_stamp(asked.body).value(); });
    configuration_.time_stampers = {{"TSA", authority_->time_stamper().der(), authority.system.url("/tsa")}};
    TearDown();
    without_ocsp();
    open_all();
    const auto terms = [this] { return gateway::stamp_terms(configuration_); };
    gateway::Stamper at_one(*one_.log, terms, clock_, random_), at_two(*two_.log, terms, clock_, random_);

    EXPECT_EQ(get().status, 200);
    authority.away = true;
    at_one.round();
    at_two.round();
    EXPECT_TRUE(one_.log->oldest_unstamped());
    clock_.advance(4h - 1s);
    publish_again();
    EXPECT_EQ(get().status, 200);

    clock_.advance(2s);
    at_one.round();
    const auto passed = system_.asked().size();
    expect_fault(get(), "server.clientproxy.timestamper_failed", "time-stamping service");
    EXPECT_EQ(one_.gateway->health().at("status"), "failing");

    authority.away = false;
    at_one.round();
    // The client's gateway has its stamp, the provider's has none yet.
    expect_fault(get(), "server.serverproxy.timestamper_failed", "time-stamping service");
    EXPECT_EQ(system_.asked().size(), passed);
    at_two.round();
    EXPECT_EQ(get().status, 200);
    at_one.round();
    at_two.round();
    for (auto* side : {&one_, &two_})
        for (RecordNumber i = 0; i < side->log->size(); ++i) {
            if (!side->log->entry(i).ok()) continue;  // a stamp's own record
            EXPECT_TRUE(side->log->stamp(i).value()) << i;
        }
}

/// Gateways that sign with what their OCSP caches hold.
class OcspOutage : public Outage {
  protected:
    void SetUp() override {
        GatewayTest::SetUp();
        caches_.clear();
        for (auto* side : {&one_, &two_}) {
            const auto certificate = Certificate::from_der(side->identity->certificate).value();
            gateway::OcspSubject subject{certificate, authority_->root(), {responder_.system.url("/ocsp")}, {}};
            caches_[side] = std::make_unique<gateway::OcspCache>([subject] { return std::vector{subject}; },
                                                                 [] { return gateway::OcspTerms{}; },
                                                                 folder_ / side->signing_sha256, clock_);
        }
        refresh();
        TearDown();
        open_all();
    }
    void compose(Side& side, GatewayParts& parts) override {
        if (caches_.empty()) return;
        for (auto& [member, identity] : parts.signers)
            identity = [cache = caches_.at(&side).get(), &side]() -> Result<BatchSigner::Identity> {
                auto out = *side.identity;
                TRY(out.ocsp, cache->response(side.signing_sha256));
                return out;
            };
    }
    void refresh() {
        for (auto& [side, cache] : caches_) cache->refresh();
    }
    Service responder_{[this](const auto& asked) { return authority_->answer_ocsp(asked.body); }};
    std::map<Side*, std::unique_ptr<gateway::OcspCache>> caches_;
};

TEST_F(OcspOutage, ForAnHourTheLastResponseServesThenNothingIsSignedAndItRecoversByItself) {
    EXPECT_EQ(get().status, 200);
    responder_.away = true;
    clock_.advance(55min);
    refresh();
    publish_again();
    EXPECT_EQ(get().status, 200);

    clock_.advance(6min);
    refresh();
    publish_again();
    const auto passed = system_.asked().size();
    const auto logged = one_.log->size();
    expect_fault(get(), "server.clientproxy.cannot_sign", "OCSP");
    EXPECT_EQ(system_.asked().size(), passed);
    EXPECT_EQ(one_.log->size(), logged);

    responder_.away = false;
    clock_.advance(31s);
    refresh();
    EXPECT_EQ(get().status, 200);
}

/// The provider's gateway believes another time. Certificates are of the day before, so that they are good at either.
class ClockIsOff : public Outage {
  protected:
    const Clock& clock_of(const Side& side) const override { return &side == &two_ ? other_ : clock_; }
    void set_apart(std::chrono::minutes ahead) {
        TearDown();
        clock_.advance(24h);
        other_.set(clock_.now() + ahead);
        for (auto* side : {&one_, &two_}) {
            auto identity = *side->identity;
            const auto certificate = Certificate::from_der(identity.certificate).value();
            identity.ocsp = authority_->answer_ocsp(make_ocsp_request(certificate, authority_->root()).value());
            side->identity = std::make_shared<const BatchSigner::Identity>(std::move(identity));
        }
        configuration_.issued = clock_.now();
        configuration_.expires = clock_.now() + 3h;
        open_all();
    }
    ManualClock other_{clock_.now()};
};

TEST_F(ClockIsOff, ByAnHourAheadIsRefusedAndToldTheOtherGatewaysTime) {
    set_apart(60min);
    const auto response = get();
    EXPECT_TRUE(fault(response).starts_with("server.serverproxy.signature_verification.")) << fault(response);
    expect_fault(response, fault(response), "check both gateways' clocks");
    EXPECT_NE(response.body.find(to_rfc3339(other_.now())), std::string::npos) << response.body;
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_EQ(two_.log->size(), 0);
}

TEST_F(ClockIsOff, ByAnHourBehindIsRefusedAndToldTheOtherGatewaysTime) {
    set_apart(-60min);
    const auto response = get();
    EXPECT_TRUE(fault(response).starts_with("server.serverproxy.signature_verification.")) << fault(response);
    expect_fault(response, fault(response), "check both gateways' clocks");
    EXPECT_NE(response.body.find(to_rfc3339(other_.now())), std::string::npos) << response.body;
    EXPECT_TRUE(system_.asked().empty());
    EXPECT_EQ(two_.log->size(), 0);
}

TEST_F(ClockIsOff, ByAnHourAheadTheConfigurationHasExpiredThereAlone) {
    set_apart(0min);
    configuration_.expires = clock_.now() + 10min;
    publish();
    other_.advance(60min);
    expect_fault(get(), "server.serverproxy.global_conf_outdated", "");
    other_.set(clock_.now());
    EXPECT_EQ(get().status, 200);
}

TEST_F(ClockIsOff, AMinuteApartIsNothing) {
    for (const auto apart : {1min, -1min}) {
        set_apart(apart);
        // What was signed before a gateway's start by its own clock is refused.
        clock_.advance(2min);
        other_.advance(2min);
        EXPECT_EQ(get().status, 200) << apart.count();
    }
}

}  // namespace hl::exchange::test
