// Reads signatures of exactly the form that SignatureWriter writes: the text is matched against the form's literals,
// and what stands in the slots can hold no markup. So the literals with the slots' text *are* the canonical bytes, and
// no tree is needed.
#include "base/text.h"
#include "exchange/trust/xades.h"
#include "exchange/trust/xades_form.h"
#include "exchange/trust/xades_matcher.h"

namespace hl::exchange {

namespace {

std::string joined(std::string_view a, std::string_view b) {
    std::string out;
    out.reserve(a.size() + b.size());
    out += a;
    out += b;
    return out;
}

bool digit(char c) {
    return c >= '0' && c <= '9';
}

/// Of SignedInfo, behind its start tag.
bool read_info(Matcher& m, SignatureParts& out) {
    if (!m.literal(form::to_method)) return false;
    out.elliptic = m.literal(form::ecdsa_sha512);
    if (!out.elliptic && !m.literal(form::rsa_sha512)) return false;
    if (!m.literal(form::to_data_uri)) return false;
    out.data_uri = m.literal(form::message_uri)  ? form::message_uri
                   : m.literal(form::result_uri) ? form::result_uri
                                                 : "";
    if (out.data_uri.empty() || !m.literal(form::to_data_digest)) return false;
    auto data = m.base64();
    if (!data || !m.literal(form::to_properties_digest)) return false;
    auto properties = m.base64();
    if (!properties || !m.literal(form::signed_info_end)) return false;
    out.data.value = *std::move(data);
    out.properties.value = *std::move(properties);
    return true;
}

bool read_properties(Matcher& m, SignatureParts& out) {
    if (!m.literal(form::to_time)) return false;
    const auto time =
        m.slot([](char c) { return digit(c) || c == '-' || c == ':' || c == '.' || c == 'T' || c == 'Z'; });
    if (!time || !m.literal(form::to_certificate_digest)) return false;
    auto at = parse_rfc3339(*time);
    auto certificate = m.base64();
    if (!at.ok() || !certificate || !m.literal(form::to_issuer)) return false;
    // A name with characters that XML spells in several ways, or cannot hold, is left to the tree.
    const auto issuer =
        m.slot([](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '<' && c != '>' && c != '&'; });
    if (!issuer || !text::is_valid_utf8(*issuer) || issuer->find("\xEF\xBF") != std::string_view::npos) return false;
    if (!m.literal(form::to_serial) || !m.slot(digit) || !m.literal(form::to_mime_type)) return false;
    if (!m.literal(form::result_type) && !m.literal(form::message_type)) return false;
    out.signed_at = *at;
    out.certificate_digest.value = *std::move(certificate);
    return m.literal(form::signed_properties_end);
}

bool read_unsigned(Matcher& m, SignatureParts& out) {
    if (!m.literal(form::to_unsigned)) return false;
    if (m.literal(form::issuers_begin)) {
        while (m.literal(form::issuer_begin)) {
            if (out.issuers.size() == 16 || !m.literal(std::to_string(out.issuers.size() + 1)) || !m.literal("\">"))
                return false;
            auto issuer = m.base64();
            if (!issuer || !m.literal(form::issuer_end)) return false;
            out.issuers.push_back(*std::move(issuer));
        }
        if (!m.literal(form::issuers_end)) return false;
    }
    if (!m.literal(form::revocation_begin)) return false;
    if (m.literal(form::ocsp_begin)) {
        auto ocsp = m.base64();
        if (!ocsp || !m.literal(form::ocsp_end)) return false;
        out.ocsp.push_back(*std::move(ocsp));
    }
    return m.literal(form::revocation_end) && m.literal(form::tail) && m.rest().empty();
}

}  // namespace

std::optional<SignatureParts> read_own_form(std::string_view xml) {
    if (xml.size() > signature_limit) return std::nullopt;
    Matcher m(xml);
    SignatureParts out;
    if (!m.literal(form::head) || !m.literal(form::signed_info_open)) return std::nullopt;
    auto begin = m.rest();
    if (!read_info(m, out)) return std::nullopt;
    out.signed_info = joined(form::signed_info_open_canonical, begin.substr(0, begin.size() - m.rest().size()));
    if (!m.literal(form::to_value)) return std::nullopt;
    auto value = m.base64();
    if (!value || !m.literal(form::to_certificate)) return std::nullopt;
    auto certificate = m.base64();
    if (!certificate || !m.literal(form::to_properties) || !m.literal(form::signed_properties_open))
        return std::nullopt;
    out.value = *std::move(value);
    out.certificate = *std::move(certificate);
    begin = m.rest();
    if (!read_properties(m, out)) return std::nullopt;
    out.signed_properties =
        joined(form::signed_properties_open_canonical, begin.substr(0, begin.size() - m.rest().size()));
    if (!read_unsigned(m, out)) return std::nullopt;
    return out;
}

}  // namespace hl::exchange
