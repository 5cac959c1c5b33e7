#include "exchange/trust/authority_certificate.h"

#include <openssl/x509v3.h>

#include "base/crypto.h"

namespace hl::exchange {

namespace {

using namespace openssl;

struct Extension {
    int id;
    const char* value;
};

std::vector<Extension> extensions_of(CertificateRole role) {
    switch (role) {
        case CertificateRole::root:
            return {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                    {NID_key_usage, "critical,keyCertSign,cRLSign"}};
        case CertificateRole::ocsp_responder:
            // Nobody can ask the responder about itself: its certificate says so (RFC 6960 §4.2.2.2.1).
            return {{NID_basic_constraints, "critical,CA:FALSE"},
                    {NID_key_usage, "critical,digitalSignature"},
                    {NID_ext_key_usage, "OCSPSigning"},
                    {NID_id_pkix_OCSP_noCheck, "ignored"}};
        case CertificateRole::time_stamper:
            return {{NID_basic_constraints, "critical,CA:FALSE"},
                    {NID_key_usage, "critical,digitalSignature"},
                    {NID_ext_key_usage, "critical,timeStamping"}};
        case CertificateRole::signing:
            return {{NID_basic_constraints, "critical,CA:FALSE"}, {NID_key_usage, "critical,nonRepudiation"}};
        case CertificateRole::authentication:
            return {{NID_basic_constraints, "critical,CA:FALSE"},
                    {NID_key_usage, "critical,digitalSignature,keyEncipherment"},
                    {NID_ext_key_usage, "clientAuth,serverAuth"}};
    }
    return {};
}

bool set_time(ASN1_TIME* time, Instant at) {
    return ASN1_TIME_set(time, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()) != nullptr;
}

bool extend(X509* x509, const X509* issuer, CertificateRole role) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, const_cast<X509*>(issuer ? issuer : x509), x509, nullptr, nullptr, 0);
    X509V3_set_ctx_nodb(&context);
    auto wanted = extensions_of(role);
    wanted.push_back({NID_subject_key_identifier, "hash"});
    if (issuer) wanted.push_back({NID_authority_key_identifier, "keyid:always"});
    for (const auto& [id, value] : wanted) {
        const Owned<X509_EXTENSION, X509_EXTENSION_free> one(X509V3_EXT_conf_nid(nullptr, &context, id, value));
        if (!one || X509_add_ext(x509, one.get(), -1) != 1) return false;
    }
    return true;
}

}  // namespace

Result<NameHandle> make_name(const SubjectName& name) {
    NameHandle out(X509_NAME_new());
    const std::array<std::pair<const char*, const std::string*>, 4> parts{{{"C", &name.country},
                                                                           {"O", &name.organisation},
                                                                           {"CN", &name.common_name},
                                                                           {"serialNumber", &name.serial_number}}};
    for (const auto& [type, value] : parts)
        if (!value->empty() && X509_NAME_add_entry_by_txt(out.get(), type, MBSTRING_UTF8, bytes_of(*value),
                                                          static_cast<int>(value->size()), -1, 0) != 1) {
            ERR_clear_error();
            return Error{
                ErrorKind::invalid, "exchange.certificate_request",
                fmt::format("Giá trị “{}” của trường {} không dùng được trong chứng thư. Rút ngắn hoặc sửa lại.",
                            *value, type),
                fmt::format("The value “{}” of {} cannot stand in a certificate. Shorten or correct it.", *value,
                            type)};
        }
    return out;
}

std::string make_serial(Random& random) {
    std::string out = crypto::random_bytes(random, 16);
    out[0] = static_cast<char>((static_cast<unsigned char>(out[0]) & 0x3F) | 0x40);
    return out;
}

Result<Certificate> make_certificate(const CertificateTemplate& what) {
    const X509Handle x509(X509_new());
    const NumberHandle serial(BN_bin2bn(bytes_of(what.serial), static_cast<int>(what.serial.size()), nullptr));
    const X509_NAME* issuer = what.issuer ? X509_get_subject_name(what.issuer) : what.subject;
    const bool made =
        X509_set_version(x509.get(), X509_VERSION_3) == 1 &&
        BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(x509.get())) &&
        set_time(X509_getm_notBefore(x509.get()), what.not_before) &&
        set_time(X509_getm_notAfter(x509.get()), what.not_after) &&
        X509_set_subject_name(x509.get(), what.subject) == 1 && X509_set_issuer_name(x509.get(), issuer) == 1 &&
        X509_set_pubkey(x509.get(), what.subject_key) == 1 && extend(x509.get(), what.issuer, what.role) &&
        X509_sign(x509.get(), what.issuer_key, EVP_sha256()) > 0;
    if (!made) return failed("Không tạo được chứng thư.", "The certificate could not be made.");
    return Certificate::from_der(to_der(i2d_X509, x509.get()));
}

}  // namespace hl::exchange
