#include "exchange/gateway/identity.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "exchange/trust/soft_token.h"

namespace hl::exchange::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

const ClientId justice{"QUANGTRI", "GOV", "H50.12", ""};
const ClientId health_department{"QUANGTRI", "GOV", "H50.20", ""};

class GatewayIdentity : public test::AuthorityTest {
  protected:
    GatewayIdentity() { start(); }
    void start() {
        identity_.reset();
        auto opened = Identity::open(folder_ / "keys", test::master_key, clock_, random_);
        if (!opened.ok()) throw std::runtime_error(opened.error().en);
        identity_ = std::move(opened).value();
    }
    [[nodiscard]] std::string request(const std::optional<ClientId>& member) {
        return identity_->make_key(member, KeyKind::p256, {.common_name = member ? "Sở Tư pháp" : "Cổng 1"}).value();
    }
    /// A new key with its certificate; the certificate's fingerprint.
    std::string renew(const std::optional<ClientId>& member, days valid = days{365}) {
        const auto certificate =
            authority_->issue(request(member), member ? KeyUse::signing : KeyUse::authentication, valid).value();
        const auto taken = identity_->take_certificate(certificate.pem());
        EXPECT_TRUE(taken.ok()) << taken.error().en;
        return certificate.sha256_hex();
    }
    [[nodiscard]] std::string in_use(const ClientId& member) const {
        const auto signer = identity_->signer(member);
        return signer.ok() ? Certificate::from_der(signer->certificate)->sha256_hex() : signer.error().code;
    }
    [[nodiscard]] std::string problem() const {
        const auto health = identity_->health();
        const auto& problems = health.at("problems").as_array();
        return problems.empty() ? "" : std::string(problems[0].at("en").as_string());
    }
    [[nodiscard]] std::string status() const { return std::string(identity_->health().at("status").as_string()); }

    std::unique_ptr<Identity> identity_;
};

TEST_F(GatewayIdentity, BeginsEmptyAndSaysWhatToDo) {
    EXPECT_EQ(identity_->tls().error().code, "exchange.no_key");
    EXPECT_EQ(in_use(justice), "exchange.no_key");
    EXPECT_EQ(status(), "failing");
    EXPECT_NE(problem().find("Make a key"), std::string::npos) << problem();
}

TEST_F(GatewayIdentity, AKeyIsUsedOnceItsCertificateIsThere) {
    const auto pem = request(justice);
    EXPECT_EQ(in_use(justice), "exchange.no_key");
    EXPECT_EQ(identity_->current()->waiting.at(0).key, "sign-GOV-H50.12-1.key");
    const auto certificate = authority_->issue(pem, KeyUse::signing, days{365}).value();
    EXPECT_EQ(identity_->take_certificate(certificate.der()).value(), "sign-GOV-H50.12-1.key");
    EXPECT_EQ(in_use(justice), certificate.sha256_hex());

    const auto digest = sha512("x");
    EXPECT_TRUE(identity_->signer(justice)->key->sign(digest).ok());
    EXPECT_EQ(in_use(health_department), "exchange.no_key");
    renew(health_department);
    EXPECT_NE(in_use(health_department), in_use(justice));
}

TEST_F(GatewayIdentity, IsTheSameAfterARestart) {
    const auto signing = renew(justice), authentication = renew(std::nullopt);
    start();
    EXPECT_EQ(in_use(justice), signing);
    EXPECT_EQ(identity_->current()->authentication->certificate.sha256_hex(), authentication);
    EXPECT_EQ(status(), "ok") << problem();
}

TEST_F(GatewayIdentity, ANewKeyTakesOverWithoutAStop) {
    const auto first = renew(justice);
    int changes = 0;
    identity_->on_change([&] { ++changes; });
    const auto snapshot = identity_->current();
    const auto pem = request(justice);
    EXPECT_EQ(in_use(justice), first);  // the new key has no certificate yet
    EXPECT_FALSE(identity_->refresh());
    EXPECT_EQ(identity_->current()->signing.at(justice), snapshot->signing.at(justice));
    // Whoever copies the file into the folder by hand gets the same as with a command.
    const auto second = authority_->issue(pem, KeyUse::signing, days{365}).value();
    ASSERT_TRUE(write_file(folder_ / "keys/sign-GOV-H50.12-2.pem", second.pem()).ok());
    EXPECT_TRUE(identity_->refresh());
    EXPECT_EQ(in_use(justice), second.sha256_hex());
    EXPECT_EQ(changes, 1);
    EXPECT_EQ(snapshot->signing.at(justice)->certificate.sha256_hex(), first);  // who holds it may finish with it
}

TEST_F(GatewayIdentity, ANewKeyWaitsUntilItIsReadyAndNobodyIsLeftWithoutOne) {
    std::set<std::string> ready;
    identity_->use_when([&](const Certificate& c, const auto&) { return ready.contains(c.sha256_hex()); });
    const auto first = renew(justice);
    EXPECT_EQ(in_use(justice), first);  // not ready, and still better than none
    const auto second = renew(justice);
    EXPECT_EQ(in_use(justice), second);
    ready.insert(first);
    identity_->refresh();
    EXPECT_EQ(in_use(justice), first);
    ASSERT_EQ(identity_->current()->coming.size(), 1U);
    EXPECT_EQ(identity_->current()->coming[0].first->certificate.sha256_hex(), second);
    ready.insert(second);
    identity_->refresh();
    EXPECT_EQ(in_use(justice), second);
}

TEST_F(GatewayIdentity, TheEndOfACertificateIsToldInTime) {
    renew(std::nullopt);
    renew(justice, days{60});
    EXPECT_EQ(status(), "ok") << problem();
    clock_.advance(days{30});
    identity_->refresh();
    EXPECT_EQ(status(), "warning");
    EXPECT_NE(problem().find("ends in 29 days"), std::string::npos) << problem();
    const auto health = identity_->health();
    bool seen = false;
    for (const auto& key : health.at("keys").as_array())
        if (key.at("use") == "signing") seen = key.at("days_left") == 29 && key.at("member") == "QUANGTRI/GOV/H50.12";
    EXPECT_TRUE(seen) << boost::json::serialize(health);
    clock_.advance(days{30});
    identity_->refresh();
    EXPECT_EQ(in_use(justice), "exchange.no_key");
    EXPECT_EQ(status(), "failing");
    EXPECT_NE(problem().find("ended on"), std::string::npos) << problem();
}

TEST_F(GatewayIdentity, AnOlderKeyServesWhenTheNewerOneHasEnded) {
    const auto longer = renew(justice, days{300});
    renew(justice, days{30});
    clock_.advance(days{40});
    identity_->refresh();
    EXPECT_EQ(in_use(justice), longer);
}

TEST_F(GatewayIdentity, CertificatesOfOthersAndForOtherUsesAreRefused) {
    const auto pem = request(justice);
    EXPECT_EQ(identity_->take_certificate(issued(*new_key()).pem()).error().code, "exchange.certificate");
    const auto wrong_use = authority_->issue(pem, KeyUse::authentication, days{9}).value();
    EXPECT_EQ(identity_->take_certificate(wrong_use.pem()).error().code, "exchange.certificate");
    EXPECT_EQ(identity_->take_certificate("nonsense").error().code, "exchange.certificate");
    const auto good = authority_->issue(pem, KeyUse::signing, days{9}).value();
    clock_.advance(days{10});
    EXPECT_EQ(identity_->take_certificate(good.pem()).error().code, "exchange.certificate");
    EXPECT_EQ(in_use(justice), "exchange.no_key");
    ASSERT_TRUE(write_file(folder_ / "keys/sign-GOV-H50.12-1.pem", issued(*new_key()).pem()).ok());
    identity_->refresh();
    EXPECT_EQ(in_use(justice), "exchange.no_key");
}

TEST_F(GatewayIdentity, AListThatCannotBeReadLeavesWhatIsInUse) {
    const auto signing = renew(justice);
    renew(std::nullopt);
    const auto list = read_file(folder_ / "keys/keys.json").value();
    ASSERT_TRUE(write_file(folder_ / "keys/keys.json", "{").ok());
    EXPECT_FALSE(identity_->refresh());
    EXPECT_EQ(in_use(justice), signing);
    EXPECT_EQ(status(), "failing");
    EXPECT_EQ(Identity::open(folder_ / "keys", test::master_key, clock_, random_).error().code, "exchange.keys_file");
    ASSERT_TRUE(write_file(folder_ / "keys/keys.json", list).ok());
    identity_->refresh();
    EXPECT_EQ(status(), "ok") << problem();
}

TEST_F(GatewayIdentity, RequestsAreMadeAnewForAKeyThatIsThere) {
    renew(justice);
    const auto again = identity_->request("sign-GOV-H50.12-1.key", {.common_name = "Sở Tư pháp"});
    ASSERT_TRUE(again.ok()) << again.error().en;
    const auto certificate = authority_->issue(*again, KeyUse::signing, days{400}).value();
    EXPECT_EQ(certificate.public_key_der(), identity_->signer(justice)->key->public_key_der());
    EXPECT_EQ(identity_->request("none", {.common_name = "x"}).error().code, "exchange.key_not_found");
}

TEST_F(GatewayIdentity, IsReadByManyThreadsWhileItChanges) {
    renew(justice);
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            const auto digest = sha512("x");
            while (!stop) {
                const auto signer = identity_->signer(justice);
                // Key and certificate always belong together.
                if (!signer.ok() || !signer->key->sign(digest).ok() ||
                    Certificate::from_der(signer->certificate)->public_key_der() != signer->key->public_key_der())
                    ++wrong;
            }
        });
    for (int i = 0; i < 3; ++i) renew(justice);
    stop = true;
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST_F(GatewayIdentity, ServesMutualTls) {
    renew(std::nullopt);
    const auto own = identity_->tls();
    ASSERT_TRUE(own.ok()) << own.error().en;
    const auto server = TlsContext::make(TlsContext::Role::server, &*own, Shown{}, clock_);
    const auto client = TlsContext::make(TlsContext::Role::client, &*own, Shown{}, clock_);
    ASSERT_TRUE(server.ok()) << server.error().en;
    ASSERT_TRUE(client.ok()) << client.error().en;
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    SSL* left = (*server)->open(ends[0], "");
    SSL* right = (*client)->open(ends[1], "peer");
    std::thread accepting([&] { EXPECT_EQ(SSL_do_handshake(left), 1); });
    EXPECT_EQ(SSL_do_handshake(right), 1);
    accepting.join();
    EXPECT_EQ(peer_certificate(left), identity_->current()->authentication->certificate.sha256_hex());
    EXPECT_EQ(peer_certificate(right), peer_certificate(left));
    SSL_free(left);
    SSL_free(right);
    for (const int end : ends) ::close(end);
}

TEST_F(GatewayIdentity, ATokenThatIsAwayIsAProblemAndIsUsedWhenItIsThere) {
    test::SoftToken token;
    token.make("Cổng");
    token.add_key("Cổng", "signing", "01", test::SoftToken::p256);
    const std::string uri = "pkcs11:token=C%E1%BB%95ng;object=signing";
    Certificate certificate;
    {
        const auto key = open_token_key(test::SoftToken::module, uri, "1234").value();
        certificate = issued(*key);
    }
    token.pull();
    KeyPlaces places;
    places.signing[justice].push_back(
        {.token = uri, .module = test::SoftToken::module, .pin_file = "pin", .certificate = "token.pem"});
    ASSERT_TRUE(write_file(folder_ / "keys/keys.json", write_key_places(places)).ok());
    ASSERT_TRUE(write_file(folder_ / "keys/pin", "9999\n").ok());
    ASSERT_TRUE(write_file(folder_ / "keys/token.pem", certificate.pem()).ok());
    start();
    EXPECT_EQ(in_use(justice), "exchange.no_key");
    token.put_back();
    identity_->refresh();
    EXPECT_EQ(in_use(justice), "exchange.no_key");
    bool told = false;
    for (const auto& one : identity_->current()->problems) told = told || one.en.find("PIN") != std::string::npos;
    EXPECT_TRUE(told);
    ASSERT_TRUE(write_file(folder_ / "keys/pin", "1234\n").ok());
    identity_->refresh();
    EXPECT_EQ(in_use(justice), certificate.sha256_hex());
    EXPECT_TRUE(identity_->signer(justice)->key->sign(sha512("x")).ok());
}

TEST(KeyPlaces, AreReadStrictlyAndWrittenAsTheyAreRead) {
    const std::string text =
        R"({"authentication":[{"key":"a.key","certificate":"a.pem"}],)"
        R"("signing":{"QUANGTRI/GOV/H50.12":[{"token":"pkcs11:object=k","module":"/m.so","pin_file":"pin","certificate":"b.pem"}]}})";
    const auto read = read_key_places(text);
    ASSERT_TRUE(read.ok()) << read.error().en;
    EXPECT_EQ(read_key_places(write_key_places(*read)).value(), *read);
    EXPECT_EQ(read_key_places(R"({"authentication":[{"key":"a.key"}]})")->authentication[0].certificate, "a.pem");
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {"", ""},
        {"[]", ""},
        {R"({"sign":{}})", "/sign"},
        {R"({"authentication":{}})", "/authentication"},
        {R"({"authentication":[1]})", "/authentication/0"},
        {R"({"authentication":[{}]})", "/authentication/0"},
        {R"({"authentication":[{"key":"a.key","colour":"red"}]})", "/authentication/0/colour"},
        {R"({"authentication":[{"key":7}]})", "/authentication/0/key"},
        {R"({"authentication":[{"key":"../a.key","certificate":"a.pem"}]})", "/authentication/0"},
        {R"({"authentication":[{"key":"a.key","certificate":"/etc/a.pem"}]})", "/authentication/0"},
        {R"({"authentication":[{"key":"a.key","token":"pkcs11:object=k"}]})", "/authentication/0"},
        {R"({"authentication":[{"token":"pkcs11:object=k","certificate":"a.pem"}]})", "/authentication/0"},
        {R"({"signing":{"QUANGTRI/GOV/H50.12/SUB":[]}})", "/signing/QUANGTRI/GOV/H50.12/SUB"},
        {R"({"signing":{"nobody":[]}})", "/signing/nobody"}};
    for (const auto& [mistake, where] : mistakes) {
        const auto result = read_key_places(mistake);
        ASSERT_FALSE(result.ok()) << mistake;
        EXPECT_EQ(result.error().code, "exchange.keys_file") << mistake;
        EXPECT_EQ(result.error().at, where) << mistake;
    }
}

}  // namespace
}  // namespace hl::exchange::gateway
