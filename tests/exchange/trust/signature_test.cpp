#include "exchange/trust/signing_fixture.h"
#include "exchange/trust/xades.h"
#include "exchange/trust/xades_form.h"

namespace hl::exchange {
namespace {

using namespace test;

class Signature : public SigningTest {
  protected:
    /// The same document, spelt so that only the reader through a tree takes it.
    static std::string other_form(const std::string& xml) {
        return replaced(xml, "<ds:SignatureValue Id=", "<ds:SignatureValue  Id=");
    }
    void expect_both(const std::string& xml, const MessageSignature& signature, const std::vector<SignedPart>& parts,
                     std::string_view code) {
        expect_code(verify(xml, signature, parts), code);
        expect_code(verify(other_form(xml), signature, parts), code);
    }
};

TEST_F(Signature, EveryKindOfKeySignsAndVerifies) {
    for (const auto kind : {KeyKind::p256, KeyKind::rsa2048, KeyKind::rsa3072}) {
        become(kind);
        const auto parts = parts_of("Thông điệp");
        const auto signature = sign_one(parts);
        EXPECT_FALSE(signature.chain_result);
        EXPECT_TRUE(signature.chain.empty());
        const auto signer = verify(signature, parts);
        ASSERT_TRUE(signer.ok()) << signer.error().en;
        EXPECT_EQ(signer->certificate_sha256, certificate_.sha256_hex());
        EXPECT_EQ(signer->subject, certificate_.subject());
        EXPECT_EQ(signer->signed_at, clock_.now());
    }
}

TEST_F(Signature, OfABatchVerifiesForEachMessageAlone) {
    const std::vector<std::vector<SignedPart>> messages{parts_of("một"), parts_of("hai", {"tệp", "ảnh"}),
                                                        parts_of("ba")};
    const auto signatures = sign(messages);
    for (size_t i = 0; i < messages.size(); ++i) {
        EXPECT_EQ(signatures[i].xml, signatures[0].xml);
        EXPECT_EQ(signatures[i].chain_result, signatures[0].chain_result);
        EXPECT_TRUE(verify(signatures[i], messages[i]).ok());
        expect_code(verify(signatures[i], messages[(i + 1) % 3]), "exchange.hash_chain");
    }
}

TEST_F(Signature, OfALoneMessageWithAttachmentsCoversThemThroughAChain) {
    const auto parts = parts_of("một", {"tệp"});
    const auto signature = sign_one(parts);
    ASSERT_TRUE(signature.chain_result);
    EXPECT_TRUE(verify(signature, parts).ok());
    expect_code(verify(signature, parts_of("một", {"tệp khác"})), "exchange.hash_chain");
}

TEST_F(Signature, OwnFormAndTreeReadTheSame) {
    become(KeyKind::rsa2048);
    identity_.issuers = {authority_->root().der(), authority_->time_stamper().der()};
    for (const auto& parts : {parts_of("một"), parts_of("một", {"tệp"})}) {
        const auto xml = *sign_one(parts).xml;
        const auto own = read_own_form(xml);
        const auto tree = read_signature_tree(xml);
        ASSERT_TRUE(own);
        ASSERT_TRUE(tree.ok()) << tree.error().en;
        EXPECT_EQ(own->signed_info, tree->signed_info);
        EXPECT_EQ(own->signed_properties, tree->signed_properties);
        EXPECT_EQ(own->value, tree->value);
        EXPECT_EQ(own->certificate, tree->certificate);
        EXPECT_EQ(own->issuers, tree->issuers);
        EXPECT_EQ(own->ocsp, tree->ocsp);
        EXPECT_EQ(own->data.value, tree->data.value);
        EXPECT_EQ(own->data_uri, tree->data_uri);
        EXPECT_EQ(own->properties.value, tree->properties.value);
        EXPECT_EQ(own->certificate_digest.value, tree->certificate_digest.value);
        EXPECT_EQ(own->signed_at, tree->signed_at);
        EXPECT_FALSE(read_own_form(other_form(xml)));
        EXPECT_TRUE(read_signature_tree(other_form(xml)).ok());
    }
}

TEST_F(Signature, AnotherMessageIsRefused) {
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    expect_code(verify(signature, parts_of("hai")), "exchange.invalid_signature");
    expect_code(verify(signature, parts_of("một", {"tệp"})), "exchange.invalid_signature");
    expect_code(verify(signature, {}), "exchange.invalid_signature");
}

TEST_F(Signature, WhateverIsChangedInItIsFound) {
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    const auto& xml = *signature.xml;
    const auto read = read_signature(xml).value();
    const auto forged = crypto::to_base64(view(sha512("hai")));
    // The data's digest, so that it fits another message.
    expect_both(replaced(xml, crypto::to_base64(read.data.value), forged), signature, parts_of("hai"),
                "exchange.invalid_signature");
    expect_both(replaced(xml, to_rfc3339(clock_.now()), "2020-01-01T00:00:00.000Z"), signature, parts,
                "exchange.invalid_signature");
    expect_both(replaced(xml, crypto::to_base64(read.certificate_digest.value), forged), signature, parts,
                "exchange.invalid_signature");
    expect_both(replaced(xml, form::ecdsa_sha512, form::rsa_sha512), signature, parts, "exchange.invalid_signature");
    auto value = read.value;
    value[10] ^= 1;
    expect_both(replaced(xml, crypto::to_base64(read.value), crypto::to_base64(value)), signature, parts,
                "exchange.invalid_signature");
}

TEST_F(Signature, AnotherCertificateOfTheSameAuthorityDoesNotTakeItsPlace) {
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    const auto other = issued(*new_key());
    const auto& xml = *signature.xml;
    auto swapped = replaced(xml, crypto::to_base64(certificate_.der()), crypto::to_base64(other.der()));
    expect_both(swapped, signature, parts, "exchange.invalid_signature");
    // With the digest in the signed properties, whose own digest is then wrong.
    swapped = replaced(swapped, crypto::to_base64(view(sha512(certificate_.der()))),
                       crypto::to_base64(view(sha512(other.der()))));
    expect_both(swapped, signature, parts, "exchange.invalid_signature");
}

TEST_F(Signature, WrappedSignaturesAreRefused) {
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    const auto& xml = *signature.xml;
    const auto slice = [&](std::string_view from, std::string_view to) {
        const auto begin = xml.find(from), end = xml.find(to) + to.size();
        return xml.substr(begin, end - begin);
    };
    const auto properties = slice("<xades:SignedProperties", "</xades:SignedProperties>");
    const auto info = slice("<ds:SignedInfo>", "</ds:SignedInfo>");
    const auto whole = slice("<ds:Signature Id", "</ds:Signature>");
    const auto forged_properties = replaced(replaced(properties, R"(Id="signed-properties")", R"(Id="forged")"),
                                            to_rfc3339(clock_.now()), "2020-01-01T00:00:00.000Z");
    const std::vector<std::string> wrapped{
        // The signed properties moved aside, forged ones in their place.
        replaced(xml, properties, forged_properties + properties),
        replaced(replaced(xml, properties, forged_properties), "</ds:Object>",
                 "</ds:Object><ds:Object>" + properties + "</ds:Object>"),
        replaced(xml, properties, replaced(forged_properties, R"(Id="forged")", R"(Id="signed-properties")")),
        replaced(xml, properties,
                 replaced(forged_properties, R"(Id="forged")", R"(Id="signed-properties")") + properties),
        // Two of SignedInfo, two signatures, a signature within an object, an element around it.
        replaced(xml, info, info + info),
        replaced(xml, whole, whole + whole),
        replaced(xml, "<ds:Object>", "<ds:Object>" + replaced(whole, R"(Id="signature")", R"(Id="inner")")),
        replaced(xml, whole, "<ds:Object>" + whole + "</ds:Object>"),
        // A third reference, a reference to something else, transforms.
        replaced(
            xml, "</ds:SignedInfo>",
            R"(<ds:Reference URI="/other.xml"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"></ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo>)"),
        replaced(xml, R"(URI="/message.xml")", R"(URI="/other.xml")"),
        replaced(xml, R"(URI="/message.xml")", R"(URI="")"),
        replaced(xml, R"(URI="#signed-properties")", R"(URI="#signature")"),
        replaced(xml, R"(Target="#signature")", R"(Target="#other")"),
        replaced(
            xml, R"(URI="/message.xml">)",
            R"(URI="/message.xml"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>0</ds:XPath></ds:Transform></ds:Transforms>)"),
        // The same Id twice.
        replaced(xml, R"(Id="signature-value")", R"(Id="signed-properties")"),
        replaced(xml, "<ds:X509Certificate>", "<ds:X509Certificate>AAAA</ds:X509Certificate><ds:X509Certificate>"),
    };
    for (size_t i = 0; i < wrapped.size(); ++i) {
        const auto result = verify(wrapped[i], signature, parts);
        ASSERT_FALSE(result.ok()) << i;
        EXPECT_TRUE(result.error().code == "exchange.malformed_signature" ||
                    result.error().code == "exchange.invalid_signature")
            << i << result.error().code;
    }
}

TEST_F(Signature, HostileXmlIsRefused) {
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    const auto& xml = *signature.xml;
    std::string deep;
    for (int i = 0; i < 200; ++i) deep += "<a>";
    for (int i = 0; i < 200; ++i) deep += "</a>";
    const std::vector<std::string> hostile{
        "",
        "<asic:XAdESSignatures/>",
        replaced(xml, "<asic:XAdESSignatures", "<!DOCTYPE a SYSTEM \"http://127.0.0.1/x\"><asic:XAdESSignatures"),
        replaced(xml, "<asic:XAdESSignatures", "<!DOCTYPE a [<!ENTITY e \"x\">]><asic:XAdESSignatures"),
        replaced(xml, "<xades:SigningTime>", "<xades:SigningTime><!--x-->"),
        replaced(xml, "<ds:SignedInfo>", "<ds:SignedInfo><?php x?>"),
        replaced(xml, "<ds:X509IssuerName>", "<ds:X509IssuerName><![CDATA[x]]>"),
        replaced(xml, "<xades:UnsignedProperties>", "<xades:UnsignedProperties>" + deep),
        replaced(xml, "<xades:UnsignedProperties>",
                 "<xades:UnsignedProperties><a>" + std::string(2u << 20, 'x') + "</a>"),
        replaced(xml, "xmlns:xades=", "xmlns:other="),
        "\xff\xfe" + xml,
        xml.substr(0, xml.size() / 2),
        xml + xml,
        xml + std::string(1, '\0'),
    };
    for (size_t i = 0; i < hostile.size(); ++i) {
        const auto result = verify(hostile[i], signature, parts);
        ASSERT_FALSE(result.ok()) << i;
        EXPECT_EQ(result.error().code, "exchange.malformed_signature") << i;
    }
}

TEST_F(Signature, AlgorithmsOfYesterdayAndPoliciesOfOthersAreRefused) {
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
             {form::ecdsa_sha512, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"},
             {form::ecdsa_sha512, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"},
             {sha512_uri, "http://www.w3.org/2000/09/xmldsig#sha1"},
             {"http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"},
             {form::policy_id, "urn:oid:1.2.3"}})
        expect_code(verify(replaced(*signature.xml, from, to), signature, parts), "exchange.malformed_signature");
}

TEST_F(Signature, ChainAndSignatureMustBelongTogether) {
    const std::vector<std::vector<SignedPart>> messages{parts_of("một"), parts_of("hai")};
    const auto batch = sign(messages);
    const auto single = sign_one(messages[0]);
    auto mixed = single;
    mixed.chain_result = batch[0].chain_result;
    mixed.chain = batch[0].chain;
    expect_code(verify(mixed, messages[0]), "exchange.malformed_signature");
    mixed = batch[0];
    mixed.chain_result = nullptr;
    expect_code(verify(mixed, messages[0]), "exchange.malformed_hash_chain");
    mixed.chain.clear();
    expect_code(verify(mixed, messages[0]), "exchange.malformed_signature");
    const auto other = sign({parts_of("ba"), parts_of("bốn")});
    mixed = batch[0];
    mixed.chain_result = other[0].chain_result;
    mixed.chain = other[0].chain;
    expect_code(verify(mixed, parts_of("ba")), "exchange.invalid_signature");
}

TEST_F(Signature, LineBreaksInsideBase64OfOlderFilesAreTaken) {
    become(KeyKind::rsa2048);
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    // Outside SignedInfo a line break changes nothing that is signed.
    const auto read = read_signature(*signature.xml).value();
    const auto value = crypto::to_base64(read.value);
    const auto broken =
        replaced(*signature.xml, value, "\n" + value.substr(0, 76) + "&#13;\n" + value.substr(76) + "\n");
    EXPECT_TRUE(verify(broken, signature, parts).ok());
}

TEST_F(Signature, CertificatesOutsideTheTrustedAuthoritiesAreRefused) {
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    ManualClock clock(clock_.now());
    const auto other = DevelopmentAuthority::open(folder_ / "other", master_key, "Nơi khác", clock, random_).value();
    auto elsewhere = std::make_shared<SignatureVerifier::Anchors>();
    elsewhere->authorities = {other->root().der()};
    EXPECT_TRUE(verify(signature, parts).ok());
    trusted_ = elsewhere;
    expect_code(verify(signature, parts), "exchange.certificate");
    trusted_ = nullptr;
    expect_code(verify(signature, parts), "exchange.certificate");
}

TEST_F(Signature, AnAuthenticationCertificateDoesNotSignMessages) {
    certificate_ = issued(*key_, KeyUse::authentication);
    identity_.certificate = certificate_.der();
    identity_.ocsp = ocsp();
    const auto parts = parts_of("một");
    expect_code(verify(sign_one(parts), parts), "exchange.certificate");
}

TEST_F(Signature, AnExpiredCertificateIsRefusedThoughItsBatchIsRemembered) {
    certificate_ = issued(*key_, KeyUse::signing, std::chrono::days{1});
    identity_.certificate = certificate_.der();
    identity_.ocsp = ocsp();
    auto patient = anchors();
    patient->ocsp_freshness = std::chrono::hours{24 * 10};
    trusted_ = patient;
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    EXPECT_TRUE(verify(signature, parts).ok());
    clock_.advance(std::chrono::hours{48});
    expect_code(verify(signature, parts), "exchange.certificate");
}

TEST_F(Signature, WithoutAnOcspResponseItIsRefusedUnlessTrialsAllowIt) {
    identity_.ocsp.clear();
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    expect_code(verify(signature, parts), "exchange.ocsp");
    auto trial = anchors();
    trial->require_ocsp = false;
    trusted_ = trial;
    EXPECT_TRUE(verify(signature, parts).ok());
}

TEST_F(Signature, AStaleOcspResponseIsRefusedThoughItsBatchIsRemembered) {
    const auto parts = parts_of("một");
    const auto signature = sign_one(parts);
    EXPECT_TRUE(verify(signature, parts).ok());
    clock_.advance(std::chrono::seconds{3599});
    EXPECT_TRUE(verify(signature, parts).ok());
    clock_.advance(std::chrono::seconds{3});
    expect_code(verify(signature, parts), "exchange.ocsp");
    // And a verifier that never saw it says the same.
    SignatureVerifier fresh([this] { return trusted_; });
    expect_code(fresh.verify(*signature.xml, "", "", parts, clock_.now()), "exchange.ocsp");
}

TEST_F(Signature, ARevokedCertificateOrAnotherOnesResponseIsRefused) {
    const auto parts = parts_of("một");
    const auto good = identity_.ocsp;
    ASSERT_TRUE(authority_->revoke(certificate_.serial()).ok());
    identity_.ocsp = ocsp();
    expect_code(verify(sign_one(parts), parts), "exchange.ocsp");
    become(KeyKind::p256);
    identity_.ocsp = good;
    expect_code(verify(sign_one(parts), parts), "exchange.ocsp");
}

TEST_F(Signature, BatchesAreRememberedWithinABound) {
    SignatureVerifier small([this] { return trusted_; }, 2);
    const auto parts = parts_of("một");
    for (int i = 0; i < 5; ++i) {
        const auto signature = sign_one(parts);
        for (int again = 0; again < 2; ++again)
            EXPECT_TRUE(small.verify(*signature.xml, "", "", parts, clock_.now()).ok());
        expect_code(small.verify(*signature.xml, "", "", parts_of("hai"), clock_.now()), "exchange.invalid_signature");
    }
}

}  // namespace
}  // namespace hl::exchange
