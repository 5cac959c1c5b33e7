// Certificates, rules over their subjects, lists of revoked ones and time-stamps, without a database.
#include <gtest/gtest.h>
#include <openssl/ts.h>

#include "base/crypto.h"
#include "base/files.h"
#include "documents/pki.h"
#include "documents/revocation.h"
#include "documents/samples.h"
#include "documents/signers.h"
#include "support/temp_dir.h"
#include "support/test_store.h"

namespace hl::documents {
namespace {

using hl::test::code_of;
using hl::test::ok;
using namespace test;

const Instant now = at_local(day(2026, 11, 23), 9);
time_t seconds(Instant t) {
    return static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count());
}
std::vector<std::string> anchors() {
    return {root().certificate_pem()};
}
Certificate facts(const Certified& who, const Certified& issuer = root()) {
    return *read_certificate(who.certificate_pem(), {issuer.certificate_pem()});
}
Revocation judge(const Certified& who, const std::vector<std::string>& lists, Instant at = now) {
    std::vector<RevocationList> read;
    for (const auto& bytes : lists) read.push_back(*read_revocation_list(bytes, anchors()));
    return RevocationLists(std::move(read)).judge(facts(who), anchors(), at);
}

TEST(Revocation, GoodRevokedAndUnknownAreThreeThings) {
    EXPECT_EQ(judge(ec_signer(), {}).why, "no_list");
    EXPECT_EQ(judge(ec_signer(), {revoked_by(root(), {})}).state, Revocation::State::good);
    const auto at = seconds(now) - 3600;
    const auto list = revoked_by(root(), {{&ec_signer(), at}});
    EXPECT_EQ(judge(ec_signer(), {list}).state, Revocation::State::revoked);
    EXPECT_EQ(judge(ec_signer(), {list}).revoked_at, Instant{std::chrono::seconds{at}});
    EXPECT_EQ(judge(rsa_signer(), {list}).state, Revocation::State::good);
}

TEST(Revocation, AListThatHasRunOutSaysNothingGoodButWhomItNamesStaysRevoked) {
    const auto stale = revoked_by(root(), {{&rsa_signer(), long_ago}}, long_ago, seconds(now) - 1);
    EXPECT_EQ(judge(ec_signer(), {stale}).why, "stale");
    EXPECT_EQ(judge(rsa_signer(), {stale}).state, Revocation::State::revoked);
    const auto early = revoked_by(root(), {}, seconds(now) + 3600);
    EXPECT_EQ(judge(ec_signer(), {early}).why, "not_yet");
}

TEST(Revocation, TheNewestListOfAnAuthorityCounts) {
    const auto old = revoked_by(root(), {}, seconds(now) - 7200),
               fresh = revoked_by(root(), {{&ec_signer(), seconds(now) - 3600}}, seconds(now) - 3600);
    EXPECT_EQ(judge(ec_signer(), {old, fresh}).state, Revocation::State::revoked);
    EXPECT_EQ(judge(ec_signer(), {fresh, old}).state, Revocation::State::revoked);
    EXPECT_EQ(judge(ec_signer(), {old, fresh}).as_of, Instant{std::chrono::seconds{seconds(now) - 3600}});
}

TEST(Revocation, ARevokedAuthorityRevokesWhatItMade) {
    const auto middle = certify(make_key(false), "Trung gian thu", &root(), true);
    const auto leaf = certify(make_key(false), "Co quan la", &middle, false);
    auto c = facts(leaf, middle);
    c.issuers_pem = {middle.certificate_pem()};
    const auto judged = [&](std::vector<std::string> bytes) {
        std::vector<RevocationList> read;
        for (const auto& b : bytes)
            read.push_back(*read_revocation_list(b, {root().certificate_pem(), middle.certificate_pem()}));
        return RevocationLists(std::move(read)).judge(c, anchors(), now);
    };
    EXPECT_EQ(judged({revoked_by(root(), {})}).why, "no_list");
    EXPECT_EQ(judged({revoked_by(root(), {}), revoked_by(middle, {})}).state, Revocation::State::good);
    EXPECT_EQ(judged({revoked_by(root(), {{&middle, long_ago}}), revoked_by(middle, {})}).state,
              Revocation::State::revoked);
}

TEST(Revocation, ListsThatAreForgedPartialOrEndlessAreRefused) {
    const auto thief = certify(make_key(false), "Goc thu nghiem", nullptr, true);  // of the same name
    EXPECT_EQ(code_of(read_revocation_list(revoked_by(root(), {}, long_ago, long_ago + 86400, 0, &thief), anchors())),
              "documents.revocation_list");
    EXPECT_EQ(
        code_of(read_revocation_list(revoked_by(root(), {}, long_ago, long_ago + 86400, NID_delta_crl), anchors())),
        "documents.revocation_list");
    EXPECT_EQ(code_of(read_revocation_list(revoked_by(root(), {}, long_ago, 0), anchors())),
              "documents.revocation_list");
    EXPECT_EQ(code_of(read_revocation_list("khong phai", anchors())), "documents.revocation_list");
    EXPECT_EQ(code_of(read_revocation_list(revoked_by(root(), {}) + "x", anchors())), "documents.revocation_list");
    // Of somebody we do not know: kept, and believed only when the signature brings him under our anchor.
    const auto unknown = read_revocation_list(revoked_by(thief, {}), {});
    ASSERT_TRUE(ok(unknown));
    EXPECT_FALSE(unknown->verified);
    const RevocationLists lists({*unknown});
    const auto said = lists.judge(facts(ec_signer()), anchors(), now);
    EXPECT_EQ(said.state, Revocation::State::unknown);
    EXPECT_EQ(said.why, "wrong");
    // And it cannot have anybody revoked.
    const RevocationLists worse({*read_revocation_list(revoked_by(thief, {{&ec_signer(), long_ago}}), {})});
    EXPECT_EQ(worse.judge(facts(ec_signer()), anchors(), now).state, Revocation::State::unknown);
}

TEST(SignerRules, ARenewedCertificateStaysBoundByItsSubjectAndAnothersIsNot) {
    SignerBinding b;
    b.organ = "G22";
    b.rule = SignerBinding::Rule::subject;
    b.subject = *read_name_rule("CN=Co quan EC");
    b.issuer_key = facts(ec_signer()).issuer_key;
    b.from = day(2026, 1, 1);
    b.source = "thử";
    ASSERT_TRUE(ok(check_binding(b)));
    EXPECT_TRUE(b.fits(facts(ec_signer())));
    EXPECT_TRUE(b.fits(facts(certify(make_key(false), "Co quan EC", &root(), false))));
    EXPECT_FALSE(b.fits(facts(rsa_signer())));
    const auto thief = certify(make_key(false), "Goc thu nghiem", nullptr, true);
    EXPECT_FALSE(b.fits(facts(certify(make_key(false), "Co quan EC", &thief, false), thief)));
    b.rule = SignerBinding::Rule::serial;
    b.serial = facts(ec_signer()).serial;
    EXPECT_TRUE(b.fits(facts(ec_signer())));
    EXPECT_FALSE(b.fits(facts(certify(make_key(false), "Co quan EC", &root(), false))));
    EXPECT_EQ(code_of(read_name_rule("khong co dau bang")), "documents.signer_rule");
    EXPECT_EQ(write_name_rule(*read_name_rule("O=Sở Nội vụ; CN=Văn thư")), "O=Sở Nội vụ; CN=Văn thư");
    EXPECT_EQ(code_of(read_certificate("khong phai", {})), "documents.certificate");
}

TEST(SignerRules, TheFileOfAPackSaysEveryLineThatIsWrong) {
    const hl::test::TempDir folder;
    const auto read = [&](const std::string& text) {
        EXPECT_TRUE(ok(write_file(folder / "signers.csv", text)));
        return read_signers(folder / "signers.csv");
    };
    const std::string header = "organ,rule,sha256,issuer_key,serial,subject,from,to,source\n", sha(64, 'a');
    EXPECT_TRUE(read_signers(folder / "none.csv")->empty());
    ASSERT_TRUE(ok(read_signers(HL_SOURCE_DIR "/packs/quang-tri/documents/signers.csv")));
    const auto good = read(header + "G22,certificate," + sha + ",,,,2026-01-01,,Danh sách\nH49,subject,," + sha +
                           ",,O=Cơ quan,2026-01-01,2027-01-01,Danh sách\n");
    ASSERT_TRUE(ok(good));
    EXPECT_EQ(good->size(), 2u);
    EXPECT_FALSE(good->at(1).holds(day(2027, 1, 1)));
    for (const auto* line :
         {"X,certificate,SHA,,,,2026-01-01,,Danh sách\n", "G22,name,SHA,,,,2026-01-01,,Danh sách\n",
          "G22,certificate,12,,,,2026-01-01,,Danh sách\n", "G22,certificate,SHA,,,,ngay,,Danh sách\n",
          "G22,certificate,SHA,,,,2026-01-01,,\n", "G22,subject,,SHA,,x,2026-01-01,,Danh sách\n",
          "G22,serial,,,12,,2026-01-01,,Danh sách\n"}) {
        std::string text = line;
        if (const auto at = text.find("SHA"); at != std::string::npos) text.replace(at, 3, sha);
        const auto wrong = read(header + text);
        EXPECT_EQ(code_of(wrong), "documents.signers") << line;
        EXPECT_NE(wrong.error().at.find(":2"), std::string::npos) << line;
    }
}

/// A time-stamp over the bytes, by `who`, as of `at`.
std::string stamped(const Certified& who, std::string_view bytes, Instant at) {
    struct Told {
        long seconds;
    } told{static_cast<long>(seconds(at))};
    const auto hash = crypto::sha256(bytes);
    const std::unique_ptr<TS_REQ, decltype(&TS_REQ_free)> request(TS_REQ_new(), &TS_REQ_free);
    const std::unique_ptr<TS_MSG_IMPRINT, decltype(&TS_MSG_IMPRINT_free)> imprint(TS_MSG_IMPRINT_new(),
                                                                                  &TS_MSG_IMPRINT_free);
    const std::unique_ptr<X509_ALGOR, decltype(&X509_ALGOR_free)> algorithm(X509_ALGOR_new(), &X509_ALGOR_free);
    X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr);
    TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get());
    TS_MSG_IMPRINT_set_msg(imprint.get(), const_cast<unsigned char*>(hash.data()), 32);
    TS_REQ_set_version(request.get(), 1);
    TS_REQ_set_msg_imprint(request.get(), imprint.get());
    TS_REQ_set_cert_req(request.get(), 1);
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new(BIO_s_mem()), &BIO_free);
    i2d_TS_REQ_bio(in.get(), request.get());
    const std::unique_ptr<TS_RESP_CTX, decltype(&TS_RESP_CTX_free)> context(TS_RESP_CTX_new(), &TS_RESP_CTX_free);
    const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> policy(OBJ_txt2obj("1.2.3.4", 1),
                                                                           &ASN1_OBJECT_free);
    TS_RESP_CTX_set_signer_cert(context.get(), who.certificate.get());
    TS_RESP_CTX_set_signer_key(context.get(), who.key.get());
    TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha256());
    TS_RESP_CTX_set_def_policy(context.get(), policy.get());
    TS_RESP_CTX_add_md(context.get(), EVP_sha256());
    TS_RESP_CTX_set_time_cb(
        context.get(),
        [](TS_RESP_CTX*, void* data, long* sec, long* usec) {
            *sec = static_cast<Told*>(data)->seconds;
            *usec = 0;
            return 1;
        },
        &told);
    TS_RESP_CTX_set_serial_cb(
        context.get(),
        [](TS_RESP_CTX*, void*) {
            auto* one = ASN1_INTEGER_new();
            ASN1_INTEGER_set(one, 1);
            return one;
        },
        nullptr);
    const std::unique_ptr<TS_RESP, decltype(&TS_RESP_free)> response(TS_RESP_create_response(context.get(), in.get()),
                                                                     &TS_RESP_free);
    unsigned char* der = nullptr;
    const int size =
        response && TS_RESP_get_token(response.get()) ? i2d_PKCS7(TS_RESP_get_token(response.get()), &der) : 0;
    if (size <= 0) throw std::runtime_error("the stamp was not made");
    std::string out{reinterpret_cast<const char*>(der), static_cast<size_t>(size)};
    OPENSSL_free(der);
    return out;
}

const Certified& stamper() {
    static const auto made = [] {
        auto c = certify(make_key(true), "Dau thoi gian thu", &root(), false);
        extend(c.certificate.get(), root().certificate.get(), NID_ext_key_usage, "critical,timeStamping");
        X509_sign(c.certificate.get(), root().key.get(), EVP_sha256());
        return c;
    }();
    return made;
}

std::string with_stamp(std::string edxml, const std::string& token) {
    const std::string end = "</Signature>";
    edxml.insert(edxml.find(end),
                 R"(<Object><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#">)"
                 R"(<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>)"
                 R"(<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>)"
                 "<xades:EncapsulatedTimeStamp>" +
                     crypto::to_base64(token) +
                     "</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp></xades:UnsignedSignatureProperties>"
                     "</xades:UnsignedProperties></xades:QualifyingProperties></Object>");
    return edxml;
}

TEST(TimeStamp, OverTheSignaturesValueProvesWhenItWasSigned) {
    const auto plain = *sign_edxml(written(fresh()), ec_signer().identity());
    const auto from = plain.find("<SignatureValue>"), to = plain.find("</SignatureValue>");
    ASSERT_NE(from, std::string::npos);
    const auto value = plain.substr(from + 16, to - from - 16);
    const auto canonical =
        "<SignatureValue xmlns=\"http://www.w3.org/2000/09/xmldsig#\">" + value + "</SignatureValue>";
    const auto at = std::chrono::floor<std::chrono::seconds>(now - std::chrono::hours{5});
    const Verifier believes(TrustSettings{anchors(), false, {stamper().certificate_pem()}});
    const auto good = believes.verify(with_stamp(plain, stamped(stamper(), canonical, at)), now);
    ASSERT_TRUE(ok(good));
    ASSERT_TRUE(good->stamped_at);
    EXPECT_EQ(*good->stamped_at, at);
    // Of something else, or by nobody we believe: the signature stands, its time is not proven.
    const auto other = believes.verify(with_stamp(plain, stamped(stamper(), canonical + " ", at)), now);
    ASSERT_TRUE(ok(other));
    EXPECT_FALSE(other->stamped_at);
    const auto stranger = verifier().verify(with_stamp(plain, stamped(stamper(), canonical, at)), now);
    ASSERT_TRUE(ok(stranger));
    EXPECT_FALSE(stranger->stamped_at);
    EXPECT_FALSE(believes.verify(plain, now)->stamped_at);
    // Nothing else may stand in the Object.
    auto odd = with_stamp(plain, "x");
    odd.replace(odd.find("xades:SignatureTimeStamp>"), 25, "xades:CounterSignature  >");
    EXPECT_EQ(code_of(believes.verify(odd, now)).substr(0, 5), "edxml");
    auto second = with_stamp(with_stamp(plain, stamped(stamper(), canonical, at)), "eA==");
    EXPECT_EQ(code_of(believes.verify(second, now)), "edxml.signature_profile");
}

}  // namespace
}  // namespace hl::documents
