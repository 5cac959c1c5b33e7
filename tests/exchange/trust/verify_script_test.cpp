// docs/verify-container.sh on containers written here: other people's tools must come to the same verdict.
#include "exchange/trust/container_fixture.h"

namespace hl::exchange {
namespace {

using namespace test;

class VerifyScript : public ContainerTest {
  protected:
    Ran verify(const ContainerParts& parts) {
        return verify_file(file("c.asice", write_container(parts, clock_.now()).value()));
    }
    Ran verify_file(const std::string& container) {
        const auto authorities = file("ca.pem", authority_->root().pem());
        const auto stampers = file("tsa.pem", authority_->root().pem() + authority_->time_stamper().pem());
        return run(std::string(HL_SOURCE_DIR) + "/docs/verify-container.sh " + container + " " + authorities + " " +
                   stampers);
    }
    void expect_valid(const ContainerParts& parts) {
        const auto ran = verify(parts);
        EXPECT_EQ(ran.status, 0) << ran.output;
        EXPECT_TRUE(ran.output.ends_with("VALID\n")) << ran.output;
        EXPECT_TRUE(verify_container(parts, trust()).ok());
    }
    void expect_refused(const ContainerParts& parts, std::string_view check) {
        const auto ran = verify(parts);
        EXPECT_NE(ran.status, 0) << ran.output;
        EXPECT_NE(ran.output.find("FAILED  " + std::string(check)), std::string::npos) << ran.output;
        EXPECT_FALSE(verify_container(parts, trust()).ok());
    }
};

TEST_F(VerifyScript, TakesALoneRestMessage) {
    expect_valid(rest_single());
}

TEST_F(VerifyScript, TakesARestMessageOfABatchSignedWithRsa) {
    become(KeyKind::rsa2048);
    expect_valid(rest_batch());
}

TEST_F(VerifyScript, TakesASoapMessageWithTwoAttachments) {
    expect_valid(soap_with_attachments());
}

TEST_F(VerifyScript, RefusesAChangedMessageAndASmuggledAttachment) {
    auto parts = rest_single();
    parts.message += ' ';
    expect_refused(parts, "signature_value");
    parts = rest_single();
    parts.attachments = {"x"};
    expect_refused(parts, "content");
}

TEST_F(VerifyScript, RefusesAChangedAttachmentOrMessageOfABatch) {
    const auto good = soap_with_attachments();
    auto parts = good;
    parts.attachments[1][0] ^= 1;
    expect_refused(parts, "content");
    parts = good;
    parts.message += ' ';
    expect_refused(parts, "content");
    parts = good;
    parts.chain_result = replaced(parts.chain_result, "<DigestValue>", "<DigestValue> ");
    expect_refused(parts, "signature_value");
}

TEST_F(VerifyScript, RefusesAChangedSignatureOrStamp) {
    const auto good = rest_batch();
    auto parts = good;
    parts.signature += '\n';
    expect_refused(parts, "time_stamp");
    parts = good;
    parts.stamp_token = token_over("something else");
    expect_refused(parts, "time_stamp");
}

TEST_F(VerifyScript, RefusesASignatureThatWasChangedBeforeItWasStamped) {
    auto parts = signed_parts("m", {});
    parts.signature =
        replaced(parts.signature, to_rfc3339(clock_.now()), to_rfc3339(clock_.now() - std::chrono::minutes{9}));
    stamp(parts);
    expect_refused(parts, "signature_value");
}

TEST_F(VerifyScript, RefusesARevokedCertificate) {
    ASSERT_TRUE(authority_->revoke(certificate_.serial()).ok());
    identity_.ocsp = ocsp();
    expect_refused(rest_single(), "ocsp");
}

TEST_F(VerifyScript, RefusesWhatIsNoContainer) {
    EXPECT_NE(verify_file(file("c.asice", "not a zip")).status, 0);
}

}  // namespace
}  // namespace hl::exchange
