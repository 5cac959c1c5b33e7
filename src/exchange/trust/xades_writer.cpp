#include <openssl/bn.h>

#include "exchange/trust/keys_openssl.h"
#include "exchange/trust/xades.h"
#include "exchange/trust/xades_form.h"
#include "exchange/trust/xades_text.h"

namespace hl::exchange {

namespace {

Error not_of_the_key() {
    return {ErrorKind::internal, "exchange.certificate",
            "Chứng thư ký không thuộc về khoá ký. Chọn lại chứng thư đã cấp cho khoá này trong cấu hình.",
            "The signing certificate does not belong to the signing key. Choose the certificate issued for this key in "
            "the settings."};
}

std::string decimal(std::string_view hex) {
    BIGNUM* parsed = nullptr;
    BN_hex2bn(&parsed, std::string(hex).c_str());
    const openssl::NumberHandle number(parsed);
    char* text = number ? BN_bn2dec(number.get()) : nullptr;
    std::string out = text ? text : "0";
    OPENSSL_free(text);
    return out;
}

}  // namespace

Result<SignatureWriter> SignatureWriter::make(const BatchSigner::Identity& identity) {
    TRY(const auto certificate, Certificate::from_der(identity.certificate));
    if (!identity.key || certificate.public_key_der() != identity.key->public_key_der()) return not_of_the_key();
    SignatureWriter out;
    out.certificate_ = identity.certificate;
    out.issuers_ = identity.issuers;
    out.method_ = identity.key->kind() == KeyKind::p256 ? form::ecdsa_sha512 : form::rsa_sha512;
    append_base64(out.certificate_text_, identity.certificate);

    auto& properties = out.certificate_digest_to_mime_type_;
    properties += form::to_certificate_digest;
    append_base64(properties, sha512(identity.certificate));
    properties += form::to_issuer;
    append_text(properties, certificate.issuer());
    properties += form::to_serial;
    properties += decimal(certificate.serial());
    properties += form::to_mime_type;

    if (!identity.issuers.empty()) {
        out.issuers_text_ += form::issuers_begin;
        for (size_t i = 0; i < identity.issuers.size(); ++i) {
            out.issuers_text_ += form::issuer_begin;
            out.issuers_text_ += std::to_string(i + 1);
            out.issuers_text_ += "\">";
            append_base64(out.issuers_text_, identity.issuers[i]);
            out.issuers_text_ += form::issuer_end;
        }
        out.issuers_text_ += form::issuers_end;
    }
    return out;
}

bool SignatureWriter::serves(const BatchSigner::Identity& identity) const {
    return identity.certificate == certificate_ && identity.issuers == issuers_;
}

Result<std::string> SignatureWriter::sign(const BatchSigner::Identity& identity, std::string_view data_uri,
                                          const Digest512& data, Instant now) const {
    std::string properties;
    properties.reserve(2048);
    properties += form::to_time;
    properties += to_rfc3339(now);
    properties += certificate_digest_to_mime_type_;
    properties += data_uri == form::result_uri ? form::result_type : form::message_type;
    properties += form::signed_properties_end;
    Sha512Stream stream;
    stream.update(form::signed_properties_open_canonical);
    stream.update(properties);

    std::string info;
    info.reserve(1536);
    info += form::to_method;
    info += method_;
    info += form::to_data_uri;
    info += data_uri;
    info += form::to_data_digest;
    append_base64(info, data);
    info += form::to_properties_digest;
    append_base64(info, stream.finish());
    info += form::signed_info_end;
    stream.update(form::signed_info_open_canonical);
    stream.update(info);
    TRY(const auto value, identity.key->sign(stream.finish()));

    std::string out;
    out.reserve(form::head.size() + info.size() + properties.size() + certificate_text_.size() + issuers_text_.size() +
                (value.size() + identity.ocsp.size()) / 3 * 4 + 1024);
    for (const auto piece : {form::head, form::signed_info_open, std::string_view(info), form::to_value}) out += piece;
    append_base64(out, value);
    for (const auto piece :
         {form::to_certificate, std::string_view(certificate_text_), form::to_properties, form::signed_properties_open,
          std::string_view(properties), form::to_unsigned, std::string_view(issuers_text_), form::revocation_begin})
        out += piece;
    if (!identity.ocsp.empty()) {
        out += form::ocsp_begin;
        append_base64(out, identity.ocsp);
        out += form::ocsp_end;
    }
    out += form::revocation_end;
    out += form::tail;
    return out;
}

}  // namespace hl::exchange
