// Signatures that other software made, in the forms that X-Road's older versions wrote: here xmlsec1 signs them.
#include <openssl/pem.h>

#include "exchange/trust/keys_openssl.h"
#include "exchange/trust/signing_fixture.h"
#include "exchange/trust/xades.h"

namespace hl::exchange {
namespace {

using namespace test;

class OtherSigners : public SigningTest {
  protected:
    std::string key_pem() {
        const openssl::BioHandle out(BIO_new(BIO_s_mem()));
        const auto handle = key_->handle();
        PEM_write_bio_PrivateKey(out.get(), openssl::pkey(handle), nullptr, nullptr, 0, nullptr, nullptr);
        return openssl::text_of(out.get());
    }
    /// What xmlsec1 makes of a template over `data`.
    std::string signed_by_xmlsec(const std::string& document, std::string_view uri, std::string_view data) {
        file("key.pem", key_pem());
        file("cert.pem", certificate_.pem());
        file("data", data);
        file("template.xml", document);
        const auto ran =
            run("cd " + folder_.path().string() + " && xmlsec1 --sign --privkey-pem key.pem,cert.pem --url-map:" +
                std::string(uri) + " data --enabled-reference-uris same-doc,local,remote " +
                "--id-attr:Id http://uri.etsi.org/01903/v1.3.2#:SignedProperties --output signed.xml template.xml");
        EXPECT_EQ(ran.status, 0) << ran.output;
        return read_file(folder_ / "signed.xml").value();
    }
    /// Indented, without a policy or Ids of references, base64 in lines that end with CR and LF.
    [[nodiscard]] std::string older_form(std::string_view uri, std::string_view canonical,
                                         std::string_view method) const {
        const auto digest = crypto::to_base64(view(sha512(certificate_.der())));
        return fmt::format(R"(<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <ds:Signature Id="signature">
    <ds:SignedInfo>
      <ds:CanonicalizationMethod Algorithm="{0}"/>
      <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{1}"/>
      <ds:Reference URI="{2}">
        <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>
        <ds:DigestValue></ds:DigestValue>
      </ds:Reference>
      <ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#signed-properties">
        <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
        <ds:DigestValue></ds:DigestValue>
      </ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue></ds:SignatureValue>
    <ds:KeyInfo><ds:X509Data/></ds:KeyInfo>
    <ds:Object><xades:QualifyingProperties Target="#signature">
      <xades:SignedProperties Id="signed-properties">
        <xades:SignedSignatureProperties>
          <xades:SigningTime>2026-11-28T02:00:00.2Z</xades:SigningTime>
          <xades:SigningCertificate><xades:Cert>
            <xades:CertDigest>
              <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>
              <ds:DigestValue>{3}&#13;
{4}</ds:DigestValue>
            </xades:CertDigest>
            <xades:IssuerSerial><ds:X509IssuerName>CN="Ai" &amp; &lt;ai></ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></xades:IssuerSerial>
          </xades:Cert></xades:SigningCertificate>
        </xades:SignedSignatureProperties>
        <xades:SignedDataObjectProperties>
          <xades:DataObjectFormat ObjectReference="{2}"><xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat>
        </xades:SignedDataObjectProperties>
      </xades:SignedProperties>
      <xades:UnsignedProperties><xades:UnsignedSignatureProperties>
        <xades:RevocationValues><xades:OCSPValues>
          <xades:EncapsulatedOCSPValue Id="ocsp-response-1">{5}</xades:EncapsulatedOCSPValue>
        </xades:OCSPValues></xades:RevocationValues>
      </xades:UnsignedSignatureProperties></xades:UnsignedProperties>
    </xades:QualifyingProperties></ds:Object>
  </ds:Signature>
</asic:XAdESSignatures>
)",
                           canonical, method, uri, digest.substr(0, 76), digest.substr(76),
                           crypto::to_base64(identity_.ocsp));
    }
};

constexpr std::string_view inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
constexpr std::string_view exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";

TEST_F(OtherSigners, OlderFormsOfALoneMessageVerify) {
    const auto parts = parts_of("<m/>");
    const std::vector<std::tuple<KeyKind, std::string_view, std::string_view>> forms{
        {KeyKind::rsa2048, inclusive, "rsa-sha512"},
        {KeyKind::rsa2048, exclusive, "rsa-sha256"},
        {KeyKind::p256, exclusive, "ecdsa-sha512"},
        {KeyKind::p256, inclusive, "ecdsa-sha256"}};
    for (const auto& [kind, canonical, method] : forms) {
        if (kind != key_->kind()) become(kind);
        const auto xml = signed_by_xmlsec(older_form("/message.xml", canonical, method), "/message.xml", "<m/>");
        const auto signer = verifier_.verify(xml, "", "", parts, clock_.now());
        ASSERT_TRUE(signer.ok()) << signer.error().en;
        EXPECT_EQ(signer->certificate_sha256, certificate_.sha256_hex());
        expect_code(verifier_.verify(xml, "", "", parts_of("<n/>"), clock_.now()), "exchange.invalid_signature");
        const auto changed = replaced(xml, "02:00:00.2Z", "02:00:00.3Z");
        expect_code(verifier_.verify(changed, "", "", parts, clock_.now()), "exchange.invalid_signature");
    }
}

TEST_F(OtherSigners, AnOlderFormOfABatchVerifies) {
    const std::vector<std::vector<SignedPart>> messages{parts_of("một", {"tệp"}), parts_of("hai")};
    const auto chain = build_hash_chain(messages, "/sig-hashchainresult.xml", "/sig-hashchain.xml");
    const auto xml = signed_by_xmlsec(older_form("/sig-hashchainresult.xml", exclusive, "ecdsa-sha512"),
                                      "/sig-hashchainresult.xml", chain.result);
    for (size_t i = 0; i < messages.size(); ++i) {
        const auto signer = verifier_.verify(xml, chain.result, chain.chains[i], messages[i], clock_.now());
        EXPECT_TRUE(signer.ok()) << signer.error().en;
    }
}

}  // namespace
}  // namespace hl::exchange
