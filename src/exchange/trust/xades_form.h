// The one form in which this program writes signatures: canonical XML as literal text with slots between. The writer
// fills it without a tree; a signature of exactly this form is also read without one. Element order, ids and prefixes
// are X-Road's. Private to this folder.
#pragma once
#include <string_view>

namespace hl::exchange::form {

// Namespaces stand on the root; in canonical form an element that is signed on its own carries those in scope: all of
// them for SignedProperties (inclusive, since its reference has no transform), only its own for SignedInfo (exclusive).
inline constexpr std::string_view head =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
    R"(<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"><ds:Signature Id="signature">)";
inline constexpr std::string_view signed_info_open = "<ds:SignedInfo>";
inline constexpr std::string_view signed_info_open_canonical =
    R"(<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">)";
inline constexpr std::string_view signed_properties_open = R"(<xades:SignedProperties Id="signed-properties">)";
inline constexpr std::string_view signed_properties_open_canonical =
    R"(<xades:SignedProperties xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Id="signed-properties">)";

// SignedInfo behind its start tag.
inline constexpr std::string_view to_method =
    R"(<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=")";
inline constexpr std::string_view rsa_sha512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
inline constexpr std::string_view ecdsa_sha512 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";
inline constexpr std::string_view to_data_uri =
    R"("></ds:SignatureMethod><ds:Reference Id="signature-reference-0" URI=")";
inline constexpr std::string_view message_uri = "/message.xml";
inline constexpr std::string_view result_uri = "/sig-hashchainresult.xml";
inline constexpr std::string_view chain_uri = "/sig-hashchain.xml";
inline constexpr std::string_view to_data_digest =
    R"("><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"></ds:DigestMethod><ds:DigestValue>)";
inline constexpr std::string_view to_properties_digest =
    R"(</ds:DigestValue></ds:Reference><ds:Reference Id="signature-reference-1" Type="http://uri.etsi.org/01903#SignedProperties" URI="#signed-properties"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"></ds:DigestMethod><ds:DigestValue>)";
inline constexpr std::string_view signed_info_end = "</ds:DigestValue></ds:Reference></ds:SignedInfo>";

inline constexpr std::string_view to_value = R"(<ds:SignatureValue Id="signature-value">)";
inline constexpr std::string_view to_certificate = "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>";
inline constexpr std::string_view to_properties =
    R"(</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object><xades:QualifyingProperties Target="#signature">)";

// SignedProperties behind its start tag.
inline constexpr std::string_view to_time = "<xades:SignedSignatureProperties><xades:SigningTime>";
inline constexpr std::string_view to_certificate_digest =
    "</xades:SigningTime><xades:SigningCertificate><xades:Cert><xades:CertDigest>"
    R"(<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"></ds:DigestMethod><ds:DigestValue>)";
inline constexpr std::string_view to_issuer =
    "</ds:DigestValue></xades:CertDigest><xades:IssuerSerial><ds:X509IssuerName>";
inline constexpr std::string_view to_serial = "</ds:X509IssuerName><ds:X509SerialNumber>";
// The policy's document, its digest and its address are X-Road's constants.
inline constexpr std::string_view policy_id = "urn:oid:1.3.6.1.4.1.3516.16.2";
inline constexpr std::string_view policy_digest =
    "BuO0EDNfkxSVlUbxCzmQPzX1AUF1/xx9ytWHk3/6SAOePxQiniEfDYk+90QeYb3lWpV3Izhuz9fKaYyE+lTcXw==";
inline constexpr std::string_view to_mime_type =
    "</ds:X509SerialNumber></xades:IssuerSerial></xades:Cert></xades:SigningCertificate>"
    "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>"
    R"(<xades:Identifier Qualifier="OIDAsURN">urn:oid:1.3.6.1.4.1.3516.16.2</xades:Identifier>)"
    "<xades:Description>Profile for High Performance Digital Signatures (version 1.2)</xades:Description>"
    "</xades:SigPolicyId><xades:SigPolicyHash>"
    R"(<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"></ds:DigestMethod>)"
    "<ds:DigestValue>BuO0EDNfkxSVlUbxCzmQPzX1AUF1/xx9ytWHk3/6SAOePxQiniEfDYk+90QeYb3lWpV3Izhuz9fKaYyE+lTcXw=="
    "</ds:DigestValue></xades:SigPolicyHash><xades:SigPolicyQualifiers><xades:SigPolicyQualifier>"
    "<xades:SPURI>https://repo.cyber.ee/dsig-profile-1.2.pdf</xades:SPURI>"
    "</xades:SigPolicyQualifier></xades:SigPolicyQualifiers></xades:SignaturePolicyId>"
    "</xades:SignaturePolicyIdentifier></xades:SignedSignatureProperties><xades:SignedDataObjectProperties>"
    R"(<xades:DataObjectFormat ObjectReference="#signature-reference-0"><xades:MimeType>)";
inline constexpr std::string_view message_type = "text/xml";
inline constexpr std::string_view result_type = "application/hash-chain-result";
inline constexpr std::string_view signed_properties_end =
    "</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties></xades:SignedProperties>";

// What is not signed: the issuers' certificates and the OCSP response, which prove themselves.
inline constexpr std::string_view to_unsigned = "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>";
inline constexpr std::string_view issuers_begin = "<xades:CertificateValues>";
inline constexpr std::string_view issuer_begin = R"(<xades:EncapsulatedX509Certificate Id="encapsulated-cert-)";
inline constexpr std::string_view issuer_end = "</xades:EncapsulatedX509Certificate>";
inline constexpr std::string_view issuers_end = "</xades:CertificateValues>";
inline constexpr std::string_view revocation_begin = "<xades:RevocationValues><xades:OCSPValues>";
inline constexpr std::string_view ocsp_begin = R"(<xades:EncapsulatedOCSPValue Id="ocsp-response-1">)";
inline constexpr std::string_view ocsp_end = "</xades:EncapsulatedOCSPValue>";
inline constexpr std::string_view revocation_end = "</xades:OCSPValues></xades:RevocationValues>";
inline constexpr std::string_view tail =
    "</xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties></ds:Object>"
    "</ds:Signature></asic:XAdESSignatures>";

}  // namespace hl::exchange::form
