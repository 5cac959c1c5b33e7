// A gateway joins with a one-time code: certificates and configuration in one answer, the code burnt, a repetition
// safe.
#include "exchange/registry/certificate_request.h"
#include "exchange/registry/events.h"
#include "exchange/registry/registry_fixture.h"
#include "exchange/registry/trust_services.h"
#include "exchange/trust/certificate_chain.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using test::code_of;

class Join : public fixture::RegistryTest {
  protected:
    void SetUp() override {
        RegistryTest::SetUp();
        auto made = DevelopmentAuthority::open(folder / "ca", std::string(32, 'm'), "CA thử nghiệm", clock(), random);
        ASSERT_TRUE(test::ok(made));
        development = std::move(*made);
        authority = development;
        open();
        populate();
    }
    /// The installation has real trust services only.
    void without_authority() {
        authority = nullptr;
        open();
        const auto added = write([&](auto& tx) {
            return add_trust_service(
                tx, *registry, admin,
                json::object{{"kind", "authority"}, {"name", "CA ngoài"}, {"certificate", development->root().pem()}},
                now());
        });
        ASSERT_TRUE(test::ok(added));
    }
    Result<JoinCode> code() {
        return write([&](auto& tx) {
            return make_join_code(tx, *registry, admin,
                                  {register_of_firms.member(), "CONG-1", {register_of_firms}, 24h}, random, now());
        });
    }
    static std::string request_for(KeyPtr& key, std::string name) {
        key = *make_key(KeyKind::p256);
        return *certificate_request(*key, {"VN", "Sở Tài chính", std::move(name), ""});
    }
    JoinRequest request(const JoinCode& made) {
        return {made.id,
                made.secret,
                "cong.example:5500",
                request_for(authentication, "cong"),
                {{register_of_firms.member(), request_for(signing, "so-tai-chinh")}}};
    }
    Result<JoinAnswer> join_with(const JoinRequest& r) { return join(store(), *registry, r, random, now()); }

    std::shared_ptr<DevelopmentAuthority> development;
    KeyPtr authentication, signing;
};
HL_FOR_EVERY_ENGINE(Join);

TEST_P(Join, CodeIsReadBackAndAMistypedOneIsTold) {
    const auto made = code();
    ASSERT_TRUE(test::ok(made));
    const auto text = to_text(*made);
    EXPECT_EQ(*join_code_from_text(text), *made);
    EXPECT_EQ(*join_code_from_text("  " + text.substr(0, 40) + "\r\n" + text.substr(40) + " "), *made);
    auto wrong = text;
    wrong[20] = wrong[20] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code_of(join_code_from_text(wrong)), "exchange.join_code_damaged");
    EXPECT_EQ(code_of(join_code_from_text(text.substr(0, text.size() - 3))), "exchange.join_code_damaged");
    EXPECT_EQ(made->fingerprint, key_fingerprint(registry->keys().main()->public_key));
}

TEST_P(Join, CertificatesAreIssuedRegisteredAndInTheAnswersConfiguration) {
    const auto answer = join_with(request(*code()));
    ASSERT_TRUE(test::ok(answer));
    EXPECT_FALSE(answer->waiting);
    const auto auth = Certificate::from_pem(answer->authentication);
    const auto sign = Certificate::from_pem(answer->signing.at(0).certificate);
    ASSERT_TRUE(test::ok(auth));
    ASSERT_TRUE(test::ok(sign));
    EXPECT_EQ(auth->public_key_der(), authentication->public_key_der());
    EXPECT_EQ(sign->public_key_der(), signing->public_key_der());
    const auto c = read_configuration(answer->configuration.document, registry->keys().main()->public_key);
    ASSERT_TRUE(test::ok(c));
    const Knowledge k(*c);
    EXPECT_EQ(k.server_of_certificate(auth->sha256_hex())->address, "cong.example:5500");
    EXPECT_TRUE(k.signs_for(sign->sha256_hex(), register_of_firms));
    EXPECT_EQ(k.providers(firms).size(), 1u);
    EXPECT_TRUE(
        test::ok(check_certificate(*sign, {}, c->authorities_for(KeyUse::signing), now(), CertificateUse::signing)));
    EXPECT_EQ(events(events::certificate_registered), 2);
}

TEST_P(Join, SameRequestsAgainGetTheSameCertificates) {
    const auto r = request(*code());
    const auto first = join_with(r);
    clock().advance(25h);  // the code's own time is over by then: the gateway may still fetch its answer
    const auto second = join_with(r);
    ASSERT_TRUE(test::ok(second));
    EXPECT_EQ(first->authentication, second->authentication);
    EXPECT_EQ(first->signing.at(0).certificate, second->signing.at(0).certificate);
    EXPECT_EQ(configuration().servers.at(0).certificates.size(), 1u);
}

TEST_P(Join, CodeWorksOnceInTimeAndWithItsSecret) {
    const auto made = *code();
    auto wrong = request(made);
    wrong.secret = "x";
    EXPECT_EQ(code_of(join_with(wrong)), "exchange.join_code");
    ASSERT_TRUE(test::ok(join_with(request(made))));
    EXPECT_EQ(code_of(join_with(request(made))), "exchange.join_code_used");
    const auto late = *code();
    clock().advance(24h);
    EXPECT_EQ(code_of(join_with(request(late))), "exchange.join_code_expired");
}

TEST_P(Join, EveryMemberOfTheCodeSignsAndNobodyElse) {
    auto r = request(*code());
    r.signing.push_back({one_stop.member(), request_for(signing, "x")});
    EXPECT_EQ(code_of(join_with(r)), "exchange.join_keys");
    r.signing.clear();
    EXPECT_EQ(code_of(join_with(r)), "exchange.join_keys");
    r.signing.push_back({register_of_firms.member(), r.authentication});
    EXPECT_EQ(code_of(join_with(r)), "exchange.join_keys") << "one key for both uses";
    r.signing[0].request = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";
    EXPECT_EQ(code_of(join_with(r)), "exchange.certificate_request");
    r.address = "khong co cong";
    EXPECT_EQ(code_of(join_with(r)), "exchange.address");
    EXPECT_TRUE(configuration().servers.empty());
}

TEST_P(Join, WithAnExternalAuthorityItWaitsForTheUpload) {
    without_authority();
    const auto r = request(*code());
    const auto waiting = join_with(r);
    ASSERT_TRUE(test::ok(waiting));
    EXPECT_TRUE(waiting->waiting);
    EXPECT_TRUE(configuration().servers.at(0).certificates.empty());
    const auto pem = [&](std::string_view csr, KeyUse use) {
        return development->issue(csr, use, std::chrono::days{90})->pem();
    };
    const auto upload = [&](std::vector<std::string> pems) {
        return write([&](auto& tx) { return upload_certificates(tx, *registry, admin, waiting->server, pems, now()); });
    };
    KeyPtr other;
    EXPECT_EQ(code_of(upload({pem(request_for(other, "x"), KeyUse::signing)})), "exchange.certificate");
    ASSERT_TRUE(
        test::ok(upload({pem(r.authentication, KeyUse::authentication), pem(r.signing[0].request, KeyUse::signing)})));
    const auto done = join_with(r);
    ASSERT_TRUE(test::ok(done));
    EXPECT_FALSE(done->waiting);
    EXPECT_EQ(configuration().servers.at(0).certificates.size(), 1u);
}

TEST_P(Join, CertificatesOfStrangersAreNotUploaded) {
    without_authority();
    const auto r = request(*code());
    const auto waiting = join_with(r);
    auto stranger = DevelopmentAuthority::open(folder / "ca-2", std::string(32, 'm'), "CA lạ", clock(), random);
    const auto pem = (*stranger)->issue(r.authentication, KeyUse::authentication, std::chrono::days{90})->pem();
    EXPECT_EQ(code_of(write(
                  [&](auto& tx) { return upload_certificates(tx, *registry, admin, waiting->server, {pem}, now()); })),
              "exchange.certificate");
}

TEST_P(Join, RevokedCertificateIsBelievedByNobody) {
    const auto answer = join_with(request(*code()));
    const auto hash = Certificate::from_pem(answer->authentication)->sha256_hex();
    ASSERT_TRUE(test::ok(write([&](auto& tx) { return revoke_certificate(tx, *registry, admin, hash, now()); })));
    EXPECT_EQ(Knowledge(configuration()).server_of_certificate(hash), nullptr);
    EXPECT_EQ(code_of(write([&](auto& tx) { return revoke_certificate(tx, *registry, admin, hash, now()); })),
              "exchange.unknown_certificate");
}

TEST_P(Join, IntegratorsMakeNoCodes) {
    const auto made = write([&](auto& tx) {
        return make_join_code(tx, *registry, provider, {register_of_firms.member(), "CONG-1", {register_of_firms}, 24h},
                              random, now());
    });
    EXPECT_EQ(code_of(made), "access.denied");
}

TEST_P(Join, GatewayInMaintenanceSaysSo) {
    ASSERT_TRUE(test::ok(join_with(request(*code()))));
    const ServerId server{"QUANGTRI", "GOV", "H50.12", "CONG-1"};
    ASSERT_TRUE(
        test::ok(write([&](auto& tx) { return set_maintenance(tx, *registry, provider, server, "Nâng cấp", now()); })));
    EXPECT_EQ(configuration().servers.at(0).maintenance_notice, "Nâng cấp");
    ASSERT_TRUE(test::ok(
        write([&](auto& tx) { return set_maintenance(tx, *registry, provider, server, std::nullopt, now()); })));
    EXPECT_FALSE(configuration().servers.at(0).maintenance);
}

}  // namespace
}  // namespace hl::exchange
