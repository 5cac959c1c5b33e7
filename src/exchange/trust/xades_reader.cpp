// Signature documents of any X-Road version, read through a tree. Everything is found by its place, never by its Id:
// an element that was moved, doubled or wrapped is not found at all.
#include <openssl/evp.h>

#include "base/crypto.h"
#include "exchange/trust/xades.h"
#include "exchange/trust/xades_form.h"

namespace hl::exchange {

namespace {

Error malformed(std::string_view why) {
    return dom::malformed(dom::signature_document, why);
}

struct Method {
    bool elliptic;
    DigestKind digest;
};
std::optional<Method> method_of(std::string_view uri) {
    constexpr std::string_view prefix = "http://www.w3.org/2001/04/xmldsig-more#";
    if (!uri.starts_with(prefix)) return std::nullopt;
    uri.remove_prefix(prefix.size());
    static constexpr std::array<std::pair<std::string_view, Method>, 6> known{{
        {"rsa-sha512", {false, DigestKind::sha512}},
        {"rsa-sha384", {false, DigestKind::sha384}},
        {"rsa-sha256", {false, DigestKind::sha256}},
        {"ecdsa-sha512", {true, DigestKind::sha512}},
        {"ecdsa-sha384", {true, DigestKind::sha384}},
        {"ecdsa-sha256", {true, DigestKind::sha256}},
    }};
    for (const auto& [name, method] : known)
        if (name == uri) return method;
    return std::nullopt;
}

/// DigestMethod and DigestValue, the next two elements from `method` on, and nothing behind them.
Result<DigestClaim> read_digest(const xmlNode* method) {
    if (!dom::is(method, dom::ds, "DigestMethod")) return malformed("a digest has no method");
    const auto kind = digest_kind_of(dom::attribute(method, "Algorithm").value_or(""));
    if (!kind) return malformed("a digest's algorithm is not SHA-256, SHA-384 or SHA-512");
    const auto* value = dom::next_element(method);
    if (!dom::is(value, dom::ds, "DigestValue") || dom::next_element(value))
        return malformed("a digest has no value of its own");
    auto bytes = dom::bytes(value);
    if (!bytes) return malformed("a digest is not base64");
    return DigestClaim{*kind, *std::move(bytes)};
}

struct Reference {
    std::string uri;
    DigestClaim digest;
    std::optional<dom::Canonical> transform;
};
Result<Reference> read_reference(const xmlNode* node) {
    Reference out;
    auto uri = dom::attribute(node, "URI");
    if (!uri) return malformed("a reference has no URI");
    out.uri = *std::move(uri);
    const auto* child = dom::first_element(node);
    if (dom::is(child, dom::ds, "Transforms")) {
        const auto* transform = dom::first_element(child);
        if (!dom::is(transform, dom::ds, "Transform") || dom::next_element(transform) || dom::first_element(transform))
            return malformed("a reference has other transforms than one canonical form");
        out.transform = dom::canonical_of(dom::attribute(transform, "Algorithm").value_or(""));
        if (!out.transform) return malformed("a reference has a transform that is not known here");
        child = dom::next_element(child);
    }
    TRY(out.digest, read_digest(child));
    return out;
}

struct SignedInfo {
    Reference data, properties;
};
Result<SignedInfo> read_signed_info(const xmlNode* info, SignatureParts& out) {
    const auto* canonicalisation = dom::first_element(info);
    if (!dom::is(canonicalisation, dom::ds, "CanonicalizationMethod") || dom::first_element(canonicalisation))
        return malformed("SignedInfo names no canonical form");
    const auto form = dom::canonical_of(dom::attribute(canonicalisation, "Algorithm").value_or(""));
    if (!form) return malformed("SignedInfo's canonical form is not known here");
    out.signed_info = dom::canonical(info, *form);
    const auto* node = dom::next_element(canonicalisation);
    if (!dom::is(node, dom::ds, "SignatureMethod") || dom::first_element(node))
        return malformed("SignedInfo names no signature method");
    const auto method = method_of(dom::attribute(node, "Algorithm").value_or(""));
    if (!method) return malformed("its signature method is not RSA or ECDSA with SHA-256, SHA-384 or SHA-512");
    out.elliptic = method->elliptic;
    out.method_digest = method->digest;
    const auto* first = dom::next_element(node);
    const auto* second = first ? dom::next_element(first) : nullptr;
    if (!dom::is(first, dom::ds, "Reference") || !dom::is(second, dom::ds, "Reference") || dom::next_element(second))
        return malformed("SignedInfo has not exactly two references");
    SignedInfo read;
    TRY(read.data, read_reference(first));
    TRY(read.properties, read_reference(second));
    if (read.data.uri.starts_with('#')) std::swap(read.data, read.properties);
    if (read.data.uri.starts_with('#') || !read.properties.uri.starts_with('#') || read.data.transform)
        return malformed("its references are not one to the message and one to its own properties");
    return read;
}

Result<void> read_policy(const xmlNode* identifier) {
    const auto* policy = dom::only(identifier, dom::xades, "SignaturePolicyId");
    const auto id = dom::text(dom::only(dom::only(policy, dom::xades, "SigPolicyId"), dom::xades, "Identifier"));
    if (!id || *id != form::policy_id)
        return malformed(fmt::format("it was made under another policy than {}", form::policy_id));
    TRY(const auto hash, read_digest(dom::first_element(dom::only(policy, dom::xades, "SigPolicyHash"))));
    if (hash.kind == DigestKind::sha512 && hash.value != crypto::from_base64(form::policy_digest))
        return malformed("its policy's document is another one");
    return {};
}

Result<void> read_signed_properties(const xmlNode* node, SignatureParts& out) {
    const auto* properties = dom::only(node, dom::xades, "SignedSignatureProperties");
    const auto time = dom::text(dom::only(properties, dom::xades, "SigningTime"));
    auto at = parse_rfc3339(time.value_or(""));
    if (!at.ok()) return malformed("its time cannot be read");
    out.signed_at = *at;
    const auto* certificate =
        dom::first_element(dom::only(properties, dom::xades, "SigningCertificate"));  // the signer's comes first
    if (!dom::is(certificate, dom::xades, "Cert")) return malformed("it does not name its certificate");
    TRY(out.certificate_digest, read_digest(dom::first_element(dom::only(certificate, dom::xades, "CertDigest"))));
    // X-Road before its version 6.16 named no policy.
    if (const auto* policy = dom::only(properties, dom::xades, "SignaturePolicyIdentifier"))
        TRY_VOID(read_policy(policy));
    return {};
}

/// Every element of `list`, which may be null, with base64 in it.
Result<std::vector<std::string>> read_values(const xmlNode* list, std::string_view name) {
    std::vector<std::string> out;
    for (const auto* node = dom::first_element(list); node; node = dom::next_element(node)) {
        if (!dom::is(node, dom::xades, name)) continue;
        auto bytes = dom::bytes(node);
        if (!bytes) return malformed(fmt::format("{} is not base64", name));
        if (out.size() == 16) return malformed(fmt::format("it has too many of {}", name));
        out.push_back(*std::move(bytes));
    }
    return out;
}

Result<void> read_unsigned_properties(const xmlNode* node, SignatureParts& out) {
    const auto* properties = dom::only(node, dom::xades, "UnsignedSignatureProperties");
    TRY(out.issuers,
        read_values(dom::only(properties, dom::xades, "CertificateValues"), "EncapsulatedX509Certificate"));
    TRY(out.ocsp,
        read_values(dom::only(dom::only(properties, dom::xades, "RevocationValues"), dom::xades, "OCSPValues"),
                    "EncapsulatedOCSPValue"));
    if (const auto* stamp = dom::only(properties, dom::xades, "SignatureTimeStamp")) {
        TRY(auto tokens, read_values(stamp, "EncapsulatedTimeStamp"));
        if (tokens.size() == 1) out.time_stamp = std::move(tokens[0]);
    }
    return {};
}

}  // namespace

std::optional<DigestKind> digest_kind_of(std::string_view uri) {
    if (uri == sha512_uri) return DigestKind::sha512;
    if (uri == "http://www.w3.org/2001/04/xmldsig-more#sha384") return DigestKind::sha384;
    if (uri == "http://www.w3.org/2001/04/xmlenc#sha256") return DigestKind::sha256;
    return std::nullopt;
}

std::string digest(DigestKind kind, std::string_view bytes) {
    if (kind == DigestKind::sha512) return std::string(view(sha512(bytes)));
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
               kind == DigestKind::sha384 ? EVP_sha384() : EVP_sha256(), nullptr);
    out.resize(size);
    return out;
}

Result<SignatureParts> read_signature_tree(std::string_view xml) {
    TRY(const auto document, dom::parse(xml, signature_limit, dom::signature_document));
    const auto* root = xmlDocGetRootElement(document.get());
    const auto* signature = dom::first_element(root);
    if (!dom::is(root, dom::asic, "XAdESSignatures") || !dom::is(signature, dom::ds, "Signature") ||
        dom::next_element(signature))
        return malformed("it is not one ds:Signature in asic:XAdESSignatures");
    const auto* info = dom::first_element(signature);
    const auto* value = info ? dom::next_element(info) : nullptr;
    const auto* key = value ? dom::next_element(value) : nullptr;
    const auto* object = key ? dom::next_element(key) : nullptr;
    const auto* qualifying = dom::first_element(object);
    if (!dom::is(info, dom::ds, "SignedInfo") || !dom::is(value, dom::ds, "SignatureValue") ||
        !dom::is(key, dom::ds, "KeyInfo") || !dom::is(object, dom::ds, "Object") || dom::next_element(object) ||
        !dom::is(qualifying, dom::xades, "QualifyingProperties") || dom::next_element(qualifying))
        return malformed("its elements are not SignedInfo, SignatureValue, KeyInfo and one Object of properties");
    const auto* properties = dom::only(qualifying, dom::xades, "SignedProperties");
    const auto id = dom::attribute(signature, "Id"), properties_id = dom::attribute(properties, "Id");
    if (!properties || !id || !properties_id) return malformed("it or its SignedProperties has no Id");
    if (dom::attribute(qualifying, "Target") != "#" + *id) return malformed("its properties are another signature's");

    SignatureParts out;
    TRY(auto read, read_signed_info(info, out));
    if (read.properties.uri != "#" + *properties_id) return malformed("its own properties are not signed");
    out.signed_properties = dom::canonical(properties, read.properties.transform.value_or(dom::Canonical::inclusive));
    if (out.signed_info.empty() || out.signed_properties.empty()) return malformed("it has no canonical form");
    out.data_uri = std::move(read.data.uri);
    out.data = std::move(read.data.digest);
    out.properties = std::move(read.properties.digest);
    auto signature_value = dom::bytes(value);
    auto certificate = dom::bytes(dom::only(dom::only(key, dom::ds, "X509Data"), dom::ds, "X509Certificate"));
    if (!signature_value || signature_value->empty()) return malformed("its value is not base64");
    if (!certificate) return malformed("KeyInfo does not hold one certificate");
    out.value = *std::move(signature_value);
    out.certificate = *std::move(certificate);
    TRY_VOID(read_signed_properties(properties, out));
    TRY_VOID(read_unsigned_properties(dom::only(qualifying, dom::xades, "UnsignedProperties"), out));
    return out;
}

Result<SignatureParts> read_signature(std::string_view xml) {
    if (auto own = read_own_form(xml)) return *std::move(own);
    return read_signature_tree(xml);
}

}  // namespace hl::exchange
