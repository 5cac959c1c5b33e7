#include "exchange/trust/authority_fixture.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;

class TimeStamps : public test::AuthorityTest {
  protected:
    [[nodiscard]] std::string token() {
        const auto request = make_time_stamp_request(imprint_, random_).value();
        return token_of_response(authority_->answer_time_stamp(request).value(), request).value();
    }
    [[nodiscard]] std::vector<std::string> root() const { return {authority_->root().der()}; }
    const Digest512 imprint_ = sha512("kết quả chuỗi băm");
};

TEST_F(TimeStamps, SayWhenAndAreBelievedUnderTheirAuthority) {
    const auto stamp = check_time_stamp(token(), imprint_, root());
    ASSERT_TRUE(stamp.ok()) << stamp.error().en;
    EXPECT_EQ(stamp->at, std::chrono::floor<std::chrono::seconds>(clock_.now()));
    EXPECT_EQ(stamp->serial.size(), 32U);
    // X-Road's configuration lists the time-stampers' own certificates.
    EXPECT_TRUE(check_time_stamp(token(), imprint_, {authority_->time_stamper().der()}).ok());
}

TEST_F(TimeStamps, OutliveTheCertificateOfWhoMadeThem) {
    const auto kept = token();
    clock_.advance(std::chrono::days{365 * 30});
    EXPECT_TRUE(check_time_stamp(kept, imprint_, root()).ok());
}

TEST_F(TimeStamps, OfOtherDataOrFromStrangersAreRefused) {
    EXPECT_EQ(check_time_stamp(token(), sha512("khác"), root()).error().code, "exchange.timestamp");
    EXPECT_EQ(check_time_stamp(token(), imprint_, {}).error().code, "exchange.timestamp");
    hl::test::TempDir elsewhere;
    const auto other = DevelopmentAuthority::open(elsewhere / "ca", test::master_key, "Khác", clock_, random_).value();
    EXPECT_EQ(check_time_stamp(token(), imprint_, {other->root().der()}).error().code, "exchange.timestamp");
    EXPECT_EQ(check_time_stamp("nonsense", imprint_, root()).error().code, "exchange.timestamp");
    // A certificate that may sign messages may not stamp time, whoever issued it.
    EXPECT_EQ(check_time_stamp(token(), imprint_, {issued(*new_key()).der()}).error().code, "exchange.timestamp");
}

TEST_F(TimeStamps, ChangedAreRefused) {
    const auto good = token();
    size_t believed = 0;
    for (size_t i = 0; i < good.size(); i += 5) {
        std::string changed = good;
        changed[i] = static_cast<char>(changed[i] ^ 0x04);
        const auto stamp = check_time_stamp(changed, imprint_, root());
        if (stamp.ok()) {
            ++believed;
            EXPECT_EQ(stamp->at, check_time_stamp(good, imprint_, root())->at) << "byte " << i;
        }
    }
    EXPECT_LT(believed, good.size() / 20);  // names of algorithms that nothing depends on
}

TEST_F(TimeStamps, AnAnswerToAnotherRequestIsRefused) {
    const auto mine = make_time_stamp_request(imprint_, random_).value();
    const auto other = make_time_stamp_request(imprint_, random_).value();
    const auto answer = authority_->answer_time_stamp(other).value();
    EXPECT_TRUE(token_of_response(answer, other).ok());
    EXPECT_EQ(token_of_response(answer, mine).error().code, "exchange.timestamp");
}

TEST_F(TimeStamps, WhatIsNoRequestIsRejectedInTheProtocolsOwnWords) {
    const auto answer = authority_->answer_time_stamp("nonsense");
    ASSERT_TRUE(answer.ok());
    EXPECT_NE(token_of_response(*answer).error().en.find("status 2"), std::string::npos)
        << token_of_response(*answer).error().en;
    EXPECT_EQ(token_of_response("").error().code, "exchange.timestamp");
}

TEST_F(TimeStamps, OpensslVerifiesTheAnswerAndTheTokenAlone) {
    const auto request = make_time_stamp_request(imprint_, random_).value();
    const auto response = authority_->answer_time_stamp(request).value();
    file("q.tsq", request);
    file("a.tsr", response);
    file("a.tst", token_of_response(response).value());
    file("data", "kết quả chuỗi băm");
    file("root.pem", authority_->root().pem());
    const std::string rest = " -CAfile root.pem -attime " + seconds();
    for (const std::string what :
         {"-queryfile q.tsq -in a.tsr", "-data data -in a.tsr", "-data data -token_in -in a.tst"}) {
        const auto ran = openssl("ts -verify " + what + rest);
        EXPECT_NE(ran.output.find("Verification: OK"), std::string::npos) << what << "\n" << ran.output;
    }
}

TEST_F(TimeStamps, WhatOpensslStampsIsBelieved) {
    file("openssl.cnf",
         "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
         "digests = sha512\naccuracy = secs:1, millisecs:500\nordering = yes\nclock_precision_digits = 3\n"
         "ess_cert_id_chain = yes\ness_cert_id_alg = sha1\n");
    file("serial", "01\n");
    file("ext", "keyUsage=critical,nonRepudiation\nextendedKeyUsage=critical,timeStamping\n");
    auto ran = openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout r.key -out r.pem -subj /CN=R -days 3000 "
        "&& "
        "openssl req -new -newkey rsa:2048 -nodes -keyout t.key -out t.csr -subj /CN=T && "
        "openssl x509 -req -in t.csr -CA r.pem -CAkey r.key -CAcreateserial -extfile ext -days 3000 -out t.pem");
    ASSERT_EQ(ran.status, 0) << ran.output;
    const auto request = make_time_stamp_request(imprint_, random_).value();
    file("q.tsq", request);
    ran = openssl("ts -reply -config openssl.cnf -queryfile q.tsq -signer t.pem -inkey t.key -chain r.pem -out a.tsr");
    ASSERT_EQ(ran.status, 0) << ran.output;
    const auto answer = read_file(folder_ / "a.tsr").value();
    const auto kept = token_of_response(answer, request);
    ASSERT_TRUE(kept.ok()) << kept.error().en;
    const auto certificate = [&](const std::string& name) {
        return Certificate::from_pem(read_file(folder_ / name).value())->der();
    };
    for (const auto& authority : {certificate("r.pem"), certificate("t.pem")}) {
        const auto stamp = check_time_stamp(*kept, imprint_, {authority});
        ASSERT_TRUE(stamp.ok()) << stamp.error().en;
        EXPECT_EQ(stamp->serial, "02");
    }
}

}  // namespace
}  // namespace hl::exchange
