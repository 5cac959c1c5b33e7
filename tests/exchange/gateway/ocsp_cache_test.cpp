#include "exchange/gateway/ocsp_cache.h"

#include "exchange/gateway/trust_services.h"

namespace hl::exchange::gateway {
namespace {

using namespace std::chrono_literals;

class Cache : public test::ServicesTest {
  protected:
    Cache() : certificate_(issued(*new_key())) {
        subjects_ = {{certificate_, authority_->root(), {url("/ocsp")}, {}}};
        start();
    }
    void start() {
        cache_ = std::make_unique<OcspCache>([this] { return subjects_; }, [] { return OcspTerms{}; }, folder_ / "ocsp",
                                             clock_);
    }
    [[nodiscard]] Result<std::string> response() const { return cache_->response(certificate_.sha256_hex()); }
    [[nodiscard]] std::string status() const { return std::string(cache_->health().at("status").as_string()); }

    Certificate certificate_;
    std::vector<OcspSubject> subjects_;
    std::unique_ptr<OcspCache> cache_;
};

TEST_F(Cache, HoldsAResponseThatPeersBelieve) {
    EXPECT_EQ(response().error().code, "exchange.ocsp");
    const auto wait = cache_->refresh();
    ASSERT_TRUE(response().ok()) << response().error().en;
    EXPECT_TRUE(check_ocsp(*response(), certificate_, authority_->root(), 3600s, clock_.now()).ok());
    EXPECT_EQ(cache_->responses().size(), 1U);
    EXPECT_EQ(status(), "ok");
    EXPECT_GT(wait, 0ms);
}

TEST_F(Cache, AsksAgainLongBeforeAResponseIsStaleAndNotMoreOften) {
    cache_->refresh();
    clock_.advance(1100s);
    cache_->refresh();
    EXPECT_EQ(asked_ocsp_, 1);
    clock_.advance(101s);
    cache_->refresh();
    EXPECT_EQ(asked_ocsp_, 2);
}

TEST_F(Cache, WhileTheResponderIsDownTheLastOneServesAsLongAsItIsFresh) {
    cache_->refresh();
    stop_services();
    clock_.advance(1201s);
    const Instant down = clock_.now();
    cache_->refresh();
    ASSERT_TRUE(response().ok());
    EXPECT_EQ(status(), "warning");
    EXPECT_EQ(cache_->health().at("certificates").at(0).at("down_since").as_string(), to_rfc3339(down));
    clock_.advance(2300s);
    cache_->refresh();
    EXPECT_TRUE(response().ok());
    clock_.advance(100s);
    cache_->refresh();
    ASSERT_FALSE(response().ok());
    EXPECT_NE(response().error().en.find(to_rfc3339(down)), std::string::npos) << response().error().en;
    EXPECT_EQ(status(), "failing");
    EXPECT_TRUE(cache_->responses().empty());

    restart_services();
    clock_.advance(31s);
    cache_->refresh();
    EXPECT_TRUE(response().ok());
    EXPECT_EQ(status(), "ok");
    EXPECT_FALSE(cache_->health().at("certificates").at(0).as_object().contains("down_since"));
}

TEST_F(Cache, ARestartWhileTheResponderIsDownLosesNothing) {
    cache_->refresh();
    const auto before = response().value();
    failing_ = true;
    clock_.advance(600s);
    start();
    cache_->refresh();
    ASSERT_TRUE(response().ok()) << response().error().en;
    EXPECT_EQ(*response(), before);
    clock_.advance(3600s);  // and a stale one from the disk is none
    start();
    cache_->refresh();
    EXPECT_FALSE(response().ok());
}

TEST_F(Cache, ARevokedCertificateIsNotUsedAMomentLonger) {
    cache_->refresh();
    ASSERT_TRUE(authority_->revoke(certificate_.serial()).ok());
    clock_.advance(1201s);
    cache_->refresh();
    ASSERT_FALSE(response().ok());
    EXPECT_NE(response().error().en.find("revoked"), std::string::npos);
    failing_ = true;
    clock_.advance(1201s);
    cache_->refresh();
    start();
    cache_->refresh();
    EXPECT_FALSE(response().ok());
}

TEST_F(Cache, TheNextAddressIsAskedWhenOneFailsOrTalksNonsense) {
    subjects_[0].urls = {"http://127.0.0.1:1/", url("/nonsense"), url("/ocsp")};
    cache_->refresh();
    EXPECT_TRUE(response().ok());
    EXPECT_EQ(asked_nonsense_, 1);
}

TEST_F(Cache, AnAddressIsFoundInTheConfigurationForEveryKeyThere) {
    const auto identity = Identity::open(folder_ / "keys", test::master_key, clock_, random_).value();
    const ClientId member{"QUANGTRI", "GOV", "H50.12", ""};
    for (const auto& [whom, use] : {std::pair{std::optional<ClientId>(), KeyUse::authentication},
                                    std::pair{std::optional<ClientId>(member), KeyUse::signing}}) {
        const auto request = identity->make_key(whom, KeyKind::p256, {.common_name = "x"}).value();
        ASSERT_TRUE(identity->take_certificate(authority_->issue(request, use, std::chrono::days{99})->pem()).ok());
    }
    Configuration configuration;
    auto& authority = configuration.authorities.emplace_back();
    authority.certificate = authority_->root().der();
    authority.ocsp_urls = {url("/ocsp")};
    subjects_ = ocsp_subjects(*identity->current(), configuration, clock_.now());
    ASSERT_EQ(subjects_.size(), 2U);
    EXPECT_EQ(subjects_[0].urls, std::vector{url("/ocsp")});
    cache_->refresh();
    const auto signer = signing_identity(*identity, *cache_, member, true);
    ASSERT_TRUE(signer.ok()) << signer.error().en;
    EXPECT_FALSE(signer->ocsp.empty());
    EXPECT_TRUE(ocsp_subjects(*identity->current(), {}, clock_.now()).empty());
    clock_.advance(7200s);
    EXPECT_EQ(signing_identity(*identity, *cache_, member, true).error().code, "exchange.ocsp");
    EXPECT_TRUE(signing_identity(*identity, *cache_, member, false).ok());
}

TEST_F(Cache, FetchesByItselfInTheBackground) {
    cache_->start();
    while (!response().ok()) std::this_thread::yield();
    cache_->stop();
    cache_->stop();
    EXPECT_EQ(asked_ocsp_, 1);
}

}  // namespace
}  // namespace hl::exchange::gateway
