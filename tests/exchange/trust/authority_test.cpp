#include "exchange/trust/authority.h"

#include <atomic>
#include <thread>

#include "exchange/trust/authority_fixture.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using Authority = test::AuthorityTest;
using Chains = test::AuthorityTest;

TEST_F(Authority, IssuesWhatOpensslVerifies) {
    const auto key = new_key();
    const auto certificate = issued(*key);
    EXPECT_EQ(certificate.public_key_der(), key->public_key_der());
    EXPECT_EQ(certificate.issuer(), authority_->root().subject());
    EXPECT_NE(certificate.subject().find("CN=Sở Tư pháp tỉnh Quảng Trị"), std::string::npos) << certificate.subject();
    file("root.pem", authority_->root().pem());
    file("leaf.pem", certificate.pem());
    file("tsa.pem", authority_->time_stamper().pem());
    const auto ran = openssl("verify -x509_strict -attime " + seconds() + " -CAfile root.pem leaf.pem");
    EXPECT_EQ(ran.status, 0) << ran.output;
    const auto stamper =
        openssl("verify -x509_strict -purpose timestampsign -attime " + seconds() + " -CAfile root.pem tsa.pem");
    EXPECT_EQ(stamper.status, 0) << stamper.output;
    const auto shown = openssl("x509 -noout -serial -fingerprint -sha256 -in leaf.pem");
    std::string serial = certificate.serial();
    for (char& c : serial) c = static_cast<char>(std::toupper(c));
    EXPECT_NE(shown.output.find("serial=" + serial), std::string::npos) << shown.output;
}

TEST_F(Authority, KeepsItsKeysAndRegisterOverARestart) {
    const auto certificate = issued(*new_key());
    const auto root = authority_->root();
    ASSERT_TRUE(authority_->revoke(certificate.serial()).ok());
    reopen();
    EXPECT_EQ(authority_->root().der(), root.der());
    const auto request = make_ocsp_request(certificate, root).value();
    const auto answer = check_ocsp(authority_->answer_ocsp(request), certificate, root, 1h, clock_.now());
    ASSERT_FALSE(answer.ok());
    EXPECT_NE(answer.error().en.find("revoked"), std::string::npos) << answer.error().en;
}

TEST_F(Authority, ForgetsALineThatACrashLeftHalfWrittenAndNothingElse) {
    const auto certificate = issued(*new_key());
    authority_.reset();
    const auto path = folder_ / "ca/register.jsonl";
    const auto whole = read_file(path).value();
    ASSERT_TRUE(write_file(path, whole + "{\"event\":\"issued\",\"serial\":\"12").ok());
    reopen();
    EXPECT_EQ(read_file(path).value(), whole);
    const auto request = make_ocsp_request(certificate, authority_->root()).value();
    EXPECT_TRUE(check_ocsp(authority_->answer_ocsp(request), certificate, authority_->root(), 1h, clock_.now()).ok());
}

TEST_F(Authority, RefusesARegisterThatWasChanged) {
    authority_.reset();
    const auto path = folder_ / "ca/register.jsonl";
    ASSERT_TRUE(write_file(path, "nonsense\n" + read_file(path).value()).ok());
    EXPECT_EQ(DevelopmentAuthority::open(folder_ / "ca", test::master_key, "x", clock_, random_).error().code,
              "exchange.register_damaged");
}

TEST_F(Authority, WorksBesideAnotherProcessOnTheSameFolder) {
    const auto first = issued(*new_key());
    const auto other = DevelopmentAuthority::open(folder_ / "ca", test::master_key, "x", clock_, random_);
    ASSERT_TRUE(other.ok());
    EXPECT_EQ((*other)->root().der(), authority_->root().der());
    const auto second = issued(*new_key());
    // The other one had not read of it, and does before it writes.
    ASSERT_TRUE((*other)->revoke(second.serial()).ok());
    ASSERT_TRUE(authority_->revoke(first.serial()).ok());
    reopen();
    for (const auto& certificate : {first, second}) {
        const auto request = make_ocsp_request(certificate, authority_->root()).value();
        const auto answer =
            read_ocsp(authority_->answer_ocsp(request), certificate, authority_->root(), 1h, clock_.now());
        ASSERT_TRUE(answer.ok());
        EXPECT_TRUE(answer->revoked);
    }
}

TEST_F(Authority, IssuesNothingThatIsNotInTheRegister) {
    const auto path = folder_ / "ca/register.jsonl";
    const auto certificate = issued(*new_key());
    EXPECT_NE(read_file(path)->find(certificate.serial()), std::string::npos);
}

TEST_F(Authority, RenewsItsServicesBeforeTheyEnd) {
    const auto before = authority_->time_stamper();
    clock_.advance(days{365 * 5 - 10});
    reopen();
    EXPECT_NE(authority_->time_stamper().serial(), before.serial());
    EXPECT_EQ(authority_->time_stamper().public_key_der(), before.public_key_der());
}

TEST_F(Authority, RefusesRequestsThatAreNone) {
    EXPECT_EQ(authority_->issue("nonsense", KeyUse::signing, days{1}).error().code, "exchange.certificate_request");
    auto request = certificate_request(*new_key(), {.common_name = "a"}).value();
    request[100] = request[100] == 'A' ? 'B' : 'A';
    EXPECT_EQ(authority_->issue(request, KeyUse::signing, days{1}).error().code, "exchange.certificate_request");
    const auto ran = openssl("req -new -newkey rsa:1024 -nodes -keyout weak.key -subj /CN=weak -out weak.pem");
    ASSERT_EQ(ran.status, 0) << ran.output;
    EXPECT_EQ(authority_->issue(read_file(folder_ / "weak.pem").value(), KeyUse::signing, days{1}).error().code,
              "exchange.certificate_request");
    EXPECT_EQ(authority_->revoke("00aa").error().code, "exchange.certificate_unknown");
}

TEST_F(Authority, ServesManyAtOnceAndForgetsNobody) {
    std::mutex mutex;
    std::vector<Certificate> all;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            const auto key = new_key();
            for (int i = 0; i < 5; ++i) {
                const auto certificate = issued(*key);
                const auto question = make_ocsp_request(certificate, authority_->root()).value();
                const auto imprint = sha512(certificate.der());
                const auto request = make_time_stamp_request(imprint, random_).value();
                const auto token = token_of_response(authority_->answer_time_stamp(request).value(), request);
                if (!check_ocsp(authority_->answer_ocsp(question), certificate, authority_->root(), 1h, clock_.now())
                         .ok() ||
                    !check_time_stamp(*token, imprint, {authority_->root().der()}).ok())
                    ++wrong;
                const std::scoped_lock lock(mutex);
                all.push_back(certificate);
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    reopen();
    for (const auto& certificate : all) {
        const auto question = make_ocsp_request(certificate, authority_->root()).value();
        EXPECT_TRUE(
            check_ocsp(authority_->answer_ocsp(question), certificate, authority_->root(), 1h, clock_.now()).ok());
    }
}

TEST_F(Chains, LeadFromTheCertificateToItsAnchor) {
    const auto certificate = issued(*new_key());
    const auto chain =
        check_certificate(certificate, {}, {authority_->root().der()}, clock_.now(), CertificateUse::signing);
    ASSERT_TRUE(chain.ok()) << chain.error().en;
    EXPECT_EQ(*chain, (std::vector{certificate.der(), authority_->root().der()}));
}

TEST_F(Chains, AreRefusedWithASentenceThatSaysWhatToDo) {
    const auto certificate = issued(*new_key(), KeyUse::signing, days{30});
    const auto said = [&](const std::vector<std::string>& anchors, Instant at, CertificateUse use) {
        const auto chain = check_certificate(certificate, {}, anchors, at, use);
        if (chain.ok()) return std::string("believed");
        EXPECT_EQ(chain.error().code, "exchange.certificate");
        return chain.error().en;
    };
    const std::vector root{authority_->root().der()};
    EXPECT_NE(said(root, clock_.now() + days{31}, CertificateUse::any).find("has expired"), std::string::npos);
    EXPECT_NE(said(root, clock_.now() - days{1}, CertificateUse::any).find("not valid yet"), std::string::npos);
    EXPECT_NE(said(root, clock_.now(), CertificateUse::authentication).find("key usage"), std::string::npos);
    EXPECT_NE(said({}, clock_.now(), CertificateUse::any).find("trusted certification authority"), std::string::npos);

    hl::test::TempDir elsewhere;
    const auto other =
        DevelopmentAuthority::open(elsewhere / "ca", test::master_key, "Quảng Trị thử nghiệm", clock_, random_);
    EXPECT_NE(said({(*other)->root().der()}, clock_.now(), CertificateUse::any), "believed");
}

TEST_F(Chains, GoThroughIntermediatesSentAlongInAnyOrder) {
    file("ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n");
    file("leafext", "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,nonRepudiation\n");
    const auto ran = openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout r.key -out r.pem -subj /CN=R -days 9000 "
        "&& openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout i.key -out i.csr -subj /CN=I "
        "&& openssl x509 -req -in i.csr -CA r.pem -CAkey r.key -CAcreateserial -extfile ext -days 9000 -out i.pem "
        "&& openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout l.key -out l.csr -subj /CN=L "
        "&& openssl x509 -req -in l.csr -CA i.pem -CAkey i.key -CAcreateserial -extfile leafext -days 9000 -out l.pem");
    ASSERT_EQ(ran.status, 0) << ran.output;
    const auto load = [&](const std::string& name) {
        return Certificate::from_pem(read_file(folder_ / name).value()).value();
    };
    const auto leaf = load("l.pem"), between = load("i.pem"), root = load("r.pem");
    const Instant at = leaf.not_before() + days{1};
    const std::vector sent{issued(*new_key()).der(), between.der()};
    const auto chain = check_certificate(leaf, sent, {root.der()}, at, CertificateUse::signing);
    ASSERT_TRUE(chain.ok()) << chain.error().en;
    EXPECT_EQ(*chain, (std::vector{leaf.der(), between.der(), root.der()}));
    EXPECT_FALSE(check_certificate(leaf, {}, {root.der()}, at, CertificateUse::signing).ok());
    // An intermediate may be trusted as it is.
    EXPECT_TRUE(check_certificate(leaf, {}, {between.der()}, at, CertificateUse::signing).ok());

    const auto both = read_certificates(between.pem() + root.pem());
    ASSERT_TRUE(both.ok());
    EXPECT_EQ(both->size(), 2U);
}

TEST_F(Chains, AnAuthorityIsTakenInAndWhatIsNoneIsNot) {
    EXPECT_TRUE(import_authority(authority_->root().pem(), clock_.now()).ok());
    EXPECT_TRUE(import_authority(authority_->root().der(), clock_.now()).ok());
    const auto leaf = issued(*new_key());
    EXPECT_EQ(import_authority(leaf.pem(), clock_.now()).error().code, "exchange.certificate");
    EXPECT_EQ(import_authority(authority_->root().pem() + leaf.pem(), clock_.now()).error().code,
              "exchange.certificate");
    EXPECT_EQ(import_authority(authority_->root().pem(), clock_.now() + days{365 * 30}).error().code,
              "exchange.certificate");
    EXPECT_EQ(import_authority("nonsense", clock_.now()).error().code, "exchange.certificate");
    std::string changed = authority_->root().der();
    changed[changed.size() - 5] = static_cast<char>(changed[changed.size() - 5] ^ 1);
    EXPECT_EQ(import_authority(changed, clock_.now()).error().code, "exchange.certificate");
}

TEST_F(Chains, TheIssuersOcspAddressIsReadFromTheCertificate) {
    const auto ran = openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout a.key -out a.pem "
        "-subj /CN=A -addext 'authorityInfoAccess=OCSP;URI:http://ocsp.example/a'");
    ASSERT_EQ(ran.status, 0) << ran.output;
    EXPECT_EQ(ocsp_url_of(Certificate::from_pem(read_file(folder_ / "a.pem").value()).value()),
              "http://ocsp.example/a");
    EXPECT_EQ(ocsp_url_of(authority_->root()), "");
}

TEST_F(Chains, AuthenticationCertificatesServeTlsAndDoNotSign) {
    const auto certificate = issued(*new_key(), KeyUse::authentication);
    EXPECT_TRUE(check_use(certificate, CertificateUse::authentication).ok());
    EXPECT_FALSE(check_use(certificate, CertificateUse::signing).ok());
    EXPECT_FALSE(check_use(certificate, CertificateUse::time_stamping).ok());
    EXPECT_TRUE(check_use(authority_->time_stamper(), CertificateUse::time_stamping).ok());
}

}  // namespace
}  // namespace hl::exchange
