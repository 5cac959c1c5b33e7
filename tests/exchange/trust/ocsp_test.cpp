#include "exchange/trust/authority_fixture.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;

class Ocsp : public test::AuthorityTest {
  protected:
    Ocsp() : certificate_(issued(*new_key())), root_(authority_->root()) {}
    [[nodiscard]] std::string answer() const {
        return authority_->answer_ocsp(make_ocsp_request(certificate_, root_).value());
    }
    [[nodiscard]] Result<OcspStatus> check(std::string_view response) const {
        return check_ocsp(response, certificate_, root_, 3600s, clock_.now());
    }
    Certificate certificate_, root_;
};

TEST_F(Ocsp, SaysGoodOfWhatWasIssued) {
    const auto status = check(answer());
    ASSERT_TRUE(status.ok()) << status.error().en;
    EXPECT_TRUE(status->good);
    EXPECT_EQ(status->this_update, std::chrono::floor<std::chrono::seconds>(clock_.now()));
    EXPECT_EQ(status->produced_at, status->this_update);
}

TEST_F(Ocsp, AnAnswerServesUntilItIsStaleAndNotAMomentLonger) {
    const auto response = answer();
    const Instant made = std::chrono::floor<std::chrono::seconds>(clock_.now());
    clock_.set(made + 3600s);
    EXPECT_TRUE(check(response).ok());
    clock_.set(made + 3600s + 1ms);
    EXPECT_EQ(check(response).error().code, "exchange.ocsp");
    clock_.set(made - 6min);
    EXPECT_EQ(check(response).error().code, "exchange.ocsp");
}

TEST_F(Ocsp, RevokedUnknownAndOthersCertificatesAreRefused) {
    const auto before = answer();
    ASSERT_TRUE(authority_->revoke(certificate_.serial()).ok());
    EXPECT_NE(check(answer()).error().en.find("revoked"), std::string::npos);
    EXPECT_TRUE(check(before).ok());  // what was said before stays true for as long as it is fresh

    const auto other = issued(*new_key());
    EXPECT_EQ(check_ocsp(before, other, root_, 3600s, clock_.now()).error().code, "exchange.ocsp");

    hl::test::TempDir elsewhere;
    const auto stranger =
        DevelopmentAuthority::open(elsewhere / "ca", test::master_key, "Khác", clock_, random_).value();
    const auto request = make_ocsp_request(other, root_).value();
    EXPECT_EQ(check_ocsp(stranger->answer_ocsp(request), other, root_, 3600s, clock_.now()).error().code,
              "exchange.ocsp");  // another authority's signature
}

TEST_F(Ocsp, ACertificateThatTheRegisterHasLostIsUnknown) {
    authority_.reset();
    const auto path = folder_ / "ca/register.jsonl";
    const auto text = read_file(path).value();
    ASSERT_TRUE(write_file(path, text.substr(0, text.rfind('\n', text.size() - 2) + 1)).ok());  // an old backup
    reopen();
    EXPECT_NE(check(answer()).error().en.find("does not know"), std::string::npos) << check(answer()).error().en;
}

TEST_F(Ocsp, AChangedAnswerIsRefused) {
    const auto response = answer();
    for (size_t i = 0; i < response.size(); i += 7) {
        std::string changed = response;
        changed[i] = static_cast<char>(changed[i] ^ 0x10);
        const auto status = check(changed);
        if (status.ok()) {  // a bit that nothing depends on
            EXPECT_EQ(status->this_update, check(response)->this_update) << "byte " << i;
        }
    }
    EXPECT_EQ(check("").error().code, "exchange.ocsp");
    EXPECT_EQ(check(response.substr(0, response.size() / 2)).error().code, "exchange.ocsp");
}

TEST_F(Ocsp, WhatIsNoQuestionGetsAnAnswerToo) {
    for (const std::string question : {"", "nonsense", "\x30\x00"}) {
        const auto response = authority_->answer_ocsp(question);
        EXPECT_NE(check(response).error().en.find("malformed"), std::string::npos) << check(response).error().en;
    }
}

TEST_F(Ocsp, OpensslUnderstandsTheAnswerAndWeItsQuestion) {
    file("root.pem", root_.pem());
    file("leaf.pem", certificate_.pem());
    auto ran = openssl("ocsp -issuer root.pem -cert leaf.pem -reqout q.der -no_nonce");
    ASSERT_EQ(ran.status, 0) << ran.output;
    EXPECT_EQ(read_file(folder_ / "q.der").value(), make_ocsp_request(certificate_, root_).value());
    ran = openssl("ocsp -sha256 -issuer root.pem -cert leaf.pem -reqout n.der -nonce");
    ASSERT_EQ(ran.status, 0) << ran.output;
    const auto response = authority_->answer_ocsp(read_file(folder_ / "n.der").value());
    EXPECT_TRUE(check(response).ok());
    file("a.der", response);
    ran = openssl(
        "ocsp -no_nonce -respin a.der -reqin n.der -sha256 -issuer root.pem -cert leaf.pem -CAfile root.pem "
        "-validity_period 9999999999 -attime " +
        seconds());
    EXPECT_NE(ran.output.find("Response verify OK"), std::string::npos) << ran.output;
    EXPECT_NE(ran.output.find("leaf.pem: good"), std::string::npos) << ran.output;
}

TEST_F(Ocsp, WhatOpensslsResponderSaysIsUnderstood) {
    // A root that answers for itself, as small authorities do, with the answer in OpenSSL's own hand.
    auto ran = openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout r.key -out r.pem -subj /CN=R -days 3000 "
        "&& "
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout l.key -out l.csr -subj /CN=L && "
        "openssl x509 -req -in l.csr -CA r.pem -CAkey r.key -set_serial 0x77 -days 3000 -out l.pem");
    ASSERT_EQ(ran.status, 0) << ran.output;
    file("index.txt", "V\t350101000000Z\t\t77\tunknown\t/CN=L\n");
    ran = openssl(
        "ocsp -issuer r.pem -cert l.pem -reqout q.der && openssl ocsp -index index.txt -CA r.pem -rsigner r.pem "
        "-rkey r.key -reqin q.der -respout a.der -ndays 1");
    ASSERT_EQ(ran.status, 0) << ran.output;
    const auto leaf = Certificate::from_pem(read_file(folder_ / "l.pem").value()).value();
    const auto root = Certificate::from_pem(read_file(folder_ / "r.pem").value()).value();
    const auto response = read_file(folder_ / "a.der").value();
    const auto status = check_ocsp(response, leaf, root, 3600s, leaf.not_before() + 10min);
    ASSERT_TRUE(status.ok()) << status.error().en;
    EXPECT_TRUE(status->next_update.has_value());
    EXPECT_EQ(check_ocsp(response, leaf, root, 3600s * 48, leaf.not_before() + 25h).error().code, "exchange.ocsp");
}

TEST_F(Ocsp, AResponderNamedBeforehandIsBelievedAndNobodyElse) {
    auto ran = openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout o.key -out o.pem -subj /CN=O -days 3000");
    ASSERT_EQ(ran.status, 0) << ran.output;
    file("root.pem", root_.pem());
    file("leaf.pem", certificate_.pem());
    std::string serial = certificate_.serial();
    for (char& c : serial) c = static_cast<char>(std::toupper(c));  // as OpenSSL's index spells it
    file("index.txt", "V\t350101000000Z\t\t" + serial + "\tunknown\t/CN=L\n");
    ran = openssl(
        "ocsp -issuer root.pem -cert leaf.pem -reqout q.der && openssl ocsp -index index.txt -CA root.pem "
        "-rsigner o.pem -rkey o.key -reqin q.der -respout a.der");
    ASSERT_EQ(ran.status, 0) << ran.output;
    const auto responder = Certificate::from_pem(read_file(folder_ / "o.pem").value()).value();
    const auto response = read_file(folder_ / "a.der").value();
    const Instant at = responder.not_before() + 10min;  // OpenSSL dates its answer by the machine's clock
    const auto believed = [&](const std::vector<std::string>& named) {
        return check_ocsp(response, certificate_, root_, 3600s, at, named).ok();
    };
    EXPECT_TRUE(believed({responder.der()}));
    EXPECT_FALSE(believed({}));
    EXPECT_FALSE(believed({root_.der(), certificate_.der()}));
}

}  // namespace
}  // namespace hl::exchange
