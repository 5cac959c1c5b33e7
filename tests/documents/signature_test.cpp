// Signatures by xmlsec: what is signed here verifies here and with the xmlsec1 tool, what the tool signs verifies here,
// and nothing can be moved, wrapped or weakened.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "documents/development_keys.h"
#include "documents/pki.h"
#include "documents/samples.h"
#include "support/temp_dir.h"
#include "support/test_store.h"

namespace hl::documents {
namespace {

using hl::test::code_of;
using hl::test::ok;
using namespace test;

const Instant now = at_local(day(2026, 11, 23), 9);

std::string signed_by(const Certified& who, const Message& m) {
    auto out = sign_edxml(written(m), who.identity());
    if (!out.ok()) throw std::runtime_error(out.error().en);
    return *std::move(out);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

int run(const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str());
}

TEST(Signature, EverySampleVerifiesHereAndStaysTheSameMessage) {
    for (const auto& [name, message] : samples())
        for (const auto* who : {&rsa_signer(), &ec_signer()}) {
            const auto bytes = signed_by(*who, message);
            const auto facts = verifier().verify(bytes, now);
            ASSERT_TRUE(ok(facts)) << name;
            EXPECT_EQ(facts->algorithm, who == &rsa_signer() ? "rsa-sha256" : "ecdsa-sha256");
            EXPECT_FALSE(facts->weak);
            EXPECT_NE(facts->certificate.subject.find("Co quan"), std::string::npos);
            const auto back = read_edxml(bytes, profile());
            ASSERT_TRUE(ok(back)) << name;
            EXPECT_TRUE(*back == message) << name;
        }
}

TEST(Signature, EverySampleVerifiesWithTheXmlsec1Tool) {
    const hl::test::TempDir folder;
    ASSERT_TRUE(ok(write_file(folder / "root.pem", root().certificate_pem())));
    for (const auto& [name, message] : samples())
        for (const auto* who : {&rsa_signer(), &ec_signer()}) {
            ASSERT_TRUE(ok(write_file(folder / "m.edxml", signed_by(*who, message))));
            EXPECT_EQ(run(fmt::format("xmlsec1 --verify --trusted-pem {} {}", (folder / "root.pem").string(),
                                      (folder / "m.edxml").string())),
                      0)
                << name;
        }
}

/// As another product may write it: inclusive canonical form, line breaks, the subject's name.
std::string outside_template(std::string_view method, std::string_view digest) {
    return fmt::format(
        R"(<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">
<SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
<SignatureMethod Algorithm="{}"/><Reference URI=""><Transforms>
<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms>
<DigestMethod Algorithm="{}"/><DigestValue/></Reference></SignedInfo><SignatureValue/>
<KeyInfo><X509Data><X509SubjectName/><X509Certificate/></X509Data></KeyInfo></Signature>)",
        method, digest);
}

std::string signed_by_tool(const hl::test::TempDir& folder, const Message& m, const Certified& who,
                           const std::string& signature) {
    const auto bytes = replaced(written(m), "</edXML:edXMLHeader>", signature + "</edXML:edXMLHeader>");
    EXPECT_TRUE(ok(write_file(folder / "key.pem", who.key_pem())));
    EXPECT_TRUE(ok(write_file(folder / "cert.pem", who.certificate_pem())));
    EXPECT_TRUE(ok(write_file(folder / "plain.edxml", bytes)));
    EXPECT_EQ(run(fmt::format("xmlsec1 --sign --privkey-pem {},{} --output {} {}", (folder / "key.pem").string(),
                              (folder / "cert.pem").string(), (folder / "signed.edxml").string(),
                              (folder / "plain.edxml").string())),
              0);
    return read_file(folder / "signed.edxml").value();
}

TEST(Signature, WhatTheXmlsec1ToolSignsVerifiesHere) {
    const hl::test::TempDir folder;
    for (const auto& [name, message] : samples()) {
        const auto bytes = signed_by_tool(folder, message, rsa_signer(),
                                          outside_template("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                                                           "http://www.w3.org/2001/04/xmlenc#sha256"));
        EXPECT_TRUE(ok(verifier().verify(bytes, now))) << name;
        EXPECT_TRUE(*read_edxml(bytes, profile()) == message) << name;
    }
}

TEST(Signature, Sha1IsRefusedUnlessToldOtherwiseAndThenMarked) {
    const hl::test::TempDir folder;
    const auto bytes = signed_by_tool(
        folder, fresh(), rsa_signer(),
        outside_template("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#sha1"));
    EXPECT_EQ(code_of(verifier().verify(bytes, now)), "edxml.signature_weak");
    const auto facts = verifier(true).verify(bytes, now);
    ASSERT_TRUE(ok(facts));
    EXPECT_TRUE(facts->weak);
    EXPECT_EQ(facts->algorithm, "rsa-sha1");
}

TEST(Signature, AnyChangeOfTheMessageShows) {
    const auto bytes = signed_by(ec_signer(), fresh());
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{">125<", ">126<"},
                                                          {"H50.03", "H50.04"},
                                                          {"<ContentTransferEncoded>U", "<ContentTransferEncoded>V"},
                                                          {"<edXML:BussinessDocType>0", "<edXML:BussinessDocType>1"},
                                                          {"Công văn 125.pdf", "Công văn 126.pdf"}})
        EXPECT_EQ(code_of(verifier().verify(replaced(bytes, from, to), now)), "edxml.signature_wrong") << from;
}

TEST(Signature, OnlyTheWholeMessageMayBeSigned) {
    const auto bytes = signed_by(ec_signer(), fresh());
    const auto from = bytes.find("<Signature"), to = bytes.find("</Signature>") + 12;
    const auto signature = bytes.substr(from, to - from);
    const auto bare = bytes.substr(0, from) + bytes.substr(to);
    const auto code = [&](const std::string& b) { return code_of(verifier().verify(b, now)); };
    EXPECT_EQ(code(bare), "edxml.unsigned");
    // Moved elsewhere, doubled, wrapped into a second message.
    EXPECT_EQ(code(replaced(bare, "</edXML:edXMLEnvelope>", signature + "</edXML:edXMLEnvelope>")),
              "edxml.signature_profile");
    EXPECT_EQ(code(replaced(bytes, "</edXML:edXMLHeader>", signature + "</edXML:edXMLHeader>")),
              "edxml.signature_profile");
    EXPECT_EQ(code(replaced(bytes, "URI=\"\"", "URI=\"#a\"")), "edxml.signature_profile");
    EXPECT_EQ(code(replaced(bytes, "URI=\"\"", "URI=\"http://127.0.0.1:1/x\"")), "edxml.signature_profile");
    EXPECT_EQ(code(replaced(bytes, " URI=\"\"", "")), "edxml.signature_profile");
    EXPECT_EQ(code(replaced(bytes, "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                            "http://www.w3.org/TR/1999/REC-xslt-19991116")),
              "edxml.signature_profile");
    EXPECT_EQ(code(replaced(bytes, "</Signature>", "<Object>x</Object></Signature>")), "edxml.signature_profile");
    EXPECT_EQ(code(replaced(bytes, "</X509Data>", "</X509Data><KeyValue/>")), "edxml.signature_profile");
    EXPECT_EQ(code(replaced(bytes, "xmldsig-more#ecdsa-sha256", "xmldsig-more#hmac-sha256")),
              "edxml.signature_profile");
}

TEST(Signature, OnlyCertificatesUnderAnAnchorAndInTheirTimeCount) {
    static const auto stranger_root = certify(make_key(false), "Goc la", nullptr, true);
    static const auto stranger = certify(make_key(false), "Nguoi la", &stranger_root, false);
    static const auto expired = certify(make_key(false), "Het han", &root(), false, "digitalSignature", 365);
    static const auto other_use = certify(make_key(false), "Ma hoa", &root(), false, "keyEncipherment");
    static const auto self = certify(make_key(false), "Tu ky", nullptr, false);
    EXPECT_EQ(code_of(verifier().verify(signed_by(stranger, fresh()), now)), "edxml.signature_untrusted");
    EXPECT_EQ(code_of(verifier().verify(signed_by(self, fresh()), now)), "edxml.signature_untrusted");
    const auto late = signed_by(expired, fresh());
    EXPECT_EQ(code_of(verifier().verify(late, now)), "edxml.signature_untrusted");
    EXPECT_TRUE(ok(verifier().verify(late, at_local(day(2020, 6, 1), 9))));
    EXPECT_EQ(code_of(verifier().verify(signed_by(other_use, fresh()), now)), "edxml.signature_untrusted");
}

TEST(Signature, ChainsThroughAnIntermediateAuthorityVerify) {
    static const auto middle = certify(make_key(false), "Trung gian", &root(), true);
    static const auto leaf = certify(make_key(false), "Duoi trung gian", &middle, false);
    auto identity = leaf.identity();
    EXPECT_EQ(code_of(verifier().verify(*sign_edxml(written(fresh()), identity), now)), "edxml.signature_untrusted");
    identity.issuers_pem = {middle.certificate_pem()};
    const auto facts = verifier().verify(*sign_edxml(written(fresh()), identity), now);
    ASSERT_TRUE(ok(facts));
    EXPECT_NE(facts->certificate.subject.find("Duoi trung gian"), std::string::npos);
}

TEST(Signature, ShortRsaKeysAreRefused) {
    static const auto small = certify(make_key(true, 1024), "Ngan", &root(), false);
    EXPECT_EQ(code_of(verifier().verify(signed_by(small, fresh()), now)), "edxml.signature_weak");
}

TEST(Signature, KeysOfADemonstrationSignAndVerifyAndAreMadeOnce) {
    const hl::test::TempDir folder;
    ASSERT_TRUE(ok(make_development_keys(folder / "signing", folder / "trust", folder / "revocation", now)));
    const auto key = read_file(folder / "signing" / "default.key").value();
    ASSERT_TRUE(ok(make_development_keys(folder / "signing", folder / "trust", folder / "revocation", now)));
    EXPECT_EQ(read_file(folder / "signing" / "default.key").value(), key);
    const auto identity = SigningIdentity::read(folder / "signing" / "default.key", folder / "signing" / "default.crt");
    ASSERT_TRUE(ok(identity));
    const auto trusting = Verifier::read(folder / "trust");
    ASSERT_TRUE(ok(trusting));
    EXPECT_TRUE(ok((*trusting)->verify(*sign_edxml(written(fresh()), *identity), now)));
}

TEST(Signature, AMessageIsSignedOnce) {
    EXPECT_EQ(code_of(sign_edxml(signed_by(ec_signer(), fresh()), ec_signer().identity())), "edxml.signed_already");
}

TEST(Signature, KeysOpenToOthersAreRefused) {
    const hl::test::TempDir folder;
    ASSERT_TRUE(ok(write_file(folder / "cert.pem", ec_signer().certificate_pem() + root().certificate_pem())));
    ASSERT_TRUE(ok(write_file(folder / "key.pem", ec_signer().key_pem(), 0644)));
    EXPECT_EQ(code_of(SigningIdentity::read(folder / "key.pem", folder / "cert.pem")), "documents.signing_identity");
    ASSERT_TRUE(ok(write_file(folder / "own.pem", ec_signer().key_pem(), 0600)));
    const auto read = SigningIdentity::read(folder / "own.pem", folder / "cert.pem");
    ASSERT_TRUE(ok(read));
    EXPECT_EQ(read->issuers_pem.size(), 1u);
    EXPECT_EQ(code_of(Verifier::read(folder / "nothing")), "documents.trust");
    EXPECT_TRUE(ok(Verifier::read(folder.path())));
}

}  // namespace
}  // namespace hl::documents
