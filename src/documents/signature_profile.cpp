#include "documents/signature_profile.h"

#include <array>

#include "base/crypto.h"
#include "base/text.h"
#include "documents/xml.h"

namespace hl::documents {

namespace {

constexpr std::string_view enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
constexpr std::array canonical_forms{std::string_view{"http://www.w3.org/2001/10/xml-exc-c14n#"},
                                     std::string_view{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}};
struct Algorithm {
    std::string_view uri, name;
    bool weak;
};
constexpr std::array signature_methods{
    Algorithm{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "rsa-sha256", false},
    Algorithm{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "ecdsa-sha256", false},
    Algorithm{"http://www.w3.org/2000/09/xmldsig#rsa-sha1", "rsa-sha1", true}};
constexpr std::array digest_methods{Algorithm{"http://www.w3.org/2001/04/xmlenc#sha256", "sha256", false},
                                    Algorithm{"http://www.w3.org/2000/09/xmldsig#sha1", "sha1", true}};

Error outside(std::string_view why) {
    return {ErrorKind::invalid, "edxml.signature_profile",
            "Chữ ký số không phải một chữ ký phủ toàn bộ văn bản theo cách được nhận. Đề nghị bên gửi ký lại.",
            fmt::format("The signature is not of the accepted form: {}. The sender must sign the whole message with "
                        "one enveloped signature.",
                        why)};
}

void find_signatures(xmlNode* node, std::vector<xmlNode*>& out) {
    for (; node; node = node->next) {
        if (xml::is(node, xml::ds, "Signature")) out.push_back(node);
        find_signatures(node->children, out);
    }
}

/// Exactly these child elements in this order, all of xmldsig; the ones after `required` may be absent.
bool children_are(const xmlNode* node, std::initializer_list<std::string_view> names) {
    const auto* at = xml::first_element(node);
    for (const auto wanted : names) {
        if (!xml::is(at, xml::ds, wanted)) return false;
        at = xml::next_element(at);
    }
    return at == nullptr;
}

std::string algorithm(const xmlNode* node) {
    return xml::attribute(node, "", "Algorithm").value_or("");
}

bool canonical_form(const xmlNode* node) {
    const auto uri = algorithm(node);
    return std::ranges::find(canonical_forms, uri) != canonical_forms.end() && !xml::first_element(node);
}

template <size_t N>
const Algorithm* known(const std::array<Algorithm, N>& all, std::string_view uri) {
    const auto found = std::ranges::find(all, uri, &Algorithm::uri);
    return found == all.end() ? nullptr : &*found;
}

bool transforms_are_ours(const xmlNode* transforms) {
    const auto* first = xml::first_element(transforms);
    if (!xml::is(first, xml::ds, "Transform") || algorithm(first) != enveloped || xml::first_element(first))
        return false;
    const auto* second = xml::next_element(first);
    if (!second) return true;
    return xml::is(second, xml::ds, "Transform") && canonical_form(second) && !xml::next_element(second);
}

bool key_info_is_ours(const xmlNode* info) {
    if (!children_are(info, {"X509Data"})) return false;
    size_t certificates = 0;
    for (const auto* n = xml::first_element(xml::first_element(info)); n; n = xml::next_element(n)) {
        if (xml::is(n, xml::ds, "X509Certificate"))
            ++certificates;
        else if (!xml::is(n, xml::ds, "X509SubjectName"))
            return false;
    }
    return certificates >= 1 && certificates <= 10;
}

constexpr std::string_view xades = "http://uri.etsi.org/01903/v1.3.2#";

/// The only thing that may stand beside the signature: one time-stamp of its value, in the unsigned properties of
/// XAdES. It is under no signature of the sender and needs none: it is signed by who stamped.
std::optional<SignatureProfile::Stamp> time_stamp_of(xmlDoc* document, const xmlNode* object, const xmlNode* value) {
    const auto only = [](const xmlNode* parent, std::string_view name) -> const xmlNode* {
        const auto* node = xml::first_element(parent);
        return node && xml::is(node, xades, name) && !xml::next_element(node) ? node : nullptr;
    };
    const auto* at = only(object, "QualifyingProperties");
    for (const auto name : {"UnsignedProperties", "UnsignedSignatureProperties", "SignatureTimeStamp"})
        at = at ? only(at, name) : nullptr;
    const auto* token = at ? xml::first_element(at) : nullptr;
    bool exclusive = false;
    if (token && xml::is(token, xml::ds, "CanonicalizationMethod")) {
        if (!canonical_form(token)) return std::nullopt;
        exclusive = algorithm(token) == canonical_forms[0];
        token = xml::next_element(token);
    }
    if (!token || !xml::is(token, xades, "EncapsulatedTimeStamp") || xml::next_element(token)) return std::nullopt;
    std::string packed;
    for (const char c : xml::text(token))
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') packed += c;
    auto der = crypto::from_base64(packed);
    if (!der || der->empty()) return std::nullopt;
    return SignatureProfile::Stamp{xml::canonical_part(document, value, exclusive), *std::move(der)};
}

}  // namespace

Result<SignatureProfile> check_signature_profile(xmlDoc* document) {
    std::vector<xmlNode*> all;
    auto* root = xmlDocGetRootElement(document);
    find_signatures(root, all);
    if (all.empty())
        return Error{ErrorKind::invalid, "edxml.unsigned",
                     "Văn bản không có chữ ký số. Đề nghị bên gửi ký rồi gửi lại.",
                     "The message is not signed. The sender must sign it and send it again."};
    if (all.size() > 1) return outside("it has more than one signature");
    auto* signature = all.front();
    const auto* header = signature->parent;
    if (!xml::is(header, xml::edxml, "edXMLHeader") || !xml::is(header->parent, xml::edxml, "edXMLEnvelope") ||
        header->parent->parent != root || !xml::is(root, xml::edxml, "edXML"))
        return outside("it does not stand in edXMLHeader");
    const bool stamped = children_are(signature, {"SignedInfo", "SignatureValue", "KeyInfo", "Object"});
    if (!stamped && !children_are(signature, {"SignedInfo", "SignatureValue", "KeyInfo"}))
        return outside("it must hold SignedInfo, SignatureValue, KeyInfo and at most a time-stamp");
    const auto* info = xml::child(signature, xml::ds, "SignedInfo");
    if (!children_are(info, {"CanonicalizationMethod", "SignatureMethod", "Reference"}))
        return outside("it must have one reference");
    const auto* reference = xml::child(info, xml::ds, "Reference");
    if (xml::attribute(reference, "", "URI") != std::string{} || xml::attribute(reference, "", "Type"))
        return outside("its reference is not to the whole message");
    if (!children_are(reference, {"Transforms", "DigestMethod", "DigestValue"}) ||
        !transforms_are_ours(xml::first_element(reference)))
        return outside("it transforms what it signs");
    if (!canonical_form(xml::first_element(info))) return outside("its canonical form is not a known one");
    const auto* method = known(signature_methods, algorithm(xml::child(info, xml::ds, "SignatureMethod")));
    const auto* digest = known(digest_methods, algorithm(xml::child(reference, xml::ds, "DigestMethod")));
    if (!method || !digest) return outside("its algorithms are not accepted");
    if (!key_info_is_ours(xml::child(signature, xml::ds, "KeyInfo")))
        return outside("its key must come in certificates (X509Data)");
    SignatureProfile out{signature, std::string{method->name}, method->weak || digest->weak};
    if (stamped) {
        out.time_stamp = time_stamp_of(document, xml::child(signature, xml::ds, "Object"),
                                       xml::child(signature, xml::ds, "SignatureValue"));
        if (!out.time_stamp) return outside("what stands in its Object is not one time-stamp of the signature");
    }
    return out;
}

}  // namespace hl::documents
