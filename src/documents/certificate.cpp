#include "documents/certificate.h"

#include "base/crypto.h"
#include "base/text.h"
#include "documents/certificate_parts.h"

namespace hl::documents {

namespace openssl {

CertificateHandle read_pem(std::string_view pem) {
    const auto in = reader(pem);
    return CertificateHandle(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
}

std::string pem_of(X509* certificate) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    if (!out || PEM_write_bio_X509(out.get(), certificate) < 0) return {};
    return text_of(out.get());
}

std::string digest_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &size);
    return crypto::to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string key_digest_of(X509* certificate) {
    const auto der = to_der(i2d_X509_PUBKEY, X509_get_X509_PUBKEY(certificate));
    return der.empty() ? std::string{} : crypto::to_hex(crypto::sha256(der));
}

std::string number_of(const ASN1_INTEGER* number) {
    const Owned<BIGNUM, BN_free> big(ASN1_INTEGER_to_BN(number, nullptr));
    char* hex = big ? BN_bn2hex(big.get()) : nullptr;
    std::string out = hex ? text::lower(hex) : "";
    OPENSSL_free(hex);
    return out;
}

time_t seconds_of(Instant at) {
    return static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count());
}

std::vector<NamePart> parts_of(const X509_NAME* name) {
    std::vector<NamePart> out;
    for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
        const auto* entry = X509_NAME_get_entry(name, i);
        const auto* object = X509_NAME_ENTRY_get_object(entry);
        const int nid = OBJ_obj2nid(object);
        std::array<char, 128> numbers{};
        if (nid == NID_undef) OBJ_obj2txt(numbers.data(), numbers.size(), object, 1);
        unsigned char* bytes = nullptr;
        const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry));
        if (size < 0) continue;
        out.push_back({nid == NID_undef ? std::string{numbers.data()} : std::string{OBJ_nid2sn(nid)},
                       {reinterpret_cast<const char*>(bytes), static_cast<size_t>(size)}});
        OPENSSL_free(bytes);
    }
    return out;
}

documents::Certificate describe(X509* certificate, X509* issuer) {
    documents::Certificate out;
    out.sha256 = digest_of(certificate);
    out.subject = text_of(X509_get_subject_name(certificate));
    out.issuer = text_of(X509_get_issuer_name(certificate));
    out.serial = number_of(X509_get0_serialNumber(certificate));
    if (issuer) out.issuer_key = key_digest_of(issuer);
    out.names = parts_of(X509_get_subject_name(certificate));
    out.not_before = instant_of(X509_get0_notBefore(certificate)).value_or(Instant{});
    out.not_after = instant_of(X509_get0_notAfter(certificate)).value_or(Instant{});
    out.pem = pem_of(certificate);
    return out;
}

CertificateStack stack_of(const std::vector<std::string>& all_pem) {
    CertificateStack out(sk_X509_new_null());
    for (const auto& pem : all_pem)
        if (auto one = read_pem(pem); one && sk_X509_push(out.get(), one.get()) > 0) (void)one.release();
    return out;
}

Store store_of(const std::vector<std::string>& anchors_pem) {
    Store out(X509_STORE_new());
    for (const auto& pem : anchors_pem)
        if (const auto one = read_pem(pem)) X509_STORE_add_cert(out.get(), one.get());
    return out;
}

CertificateStack chain_of(X509* leaf, STACK_OF(X509) * untrusted, const std::vector<std::string>& anchors_pem,
                          Instant at) {
    const auto store = store_of(anchors_pem);
    const StoreContext context(X509_STORE_CTX_new());
    if (!store || !context || X509_STORE_CTX_init(context.get(), store.get(), leaf, untrusted) != 1) return nullptr;
    auto* terms = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(terms, seconds_of(at));
    X509_VERIFY_PARAM_set_flags(terms, X509_V_FLAG_PARTIAL_CHAIN);
    if (X509_verify_cert(context.get()) != 1) return nullptr;
    return CertificateStack(X509_STORE_CTX_get1_chain(context.get()));
}

}  // namespace openssl

std::vector<std::string> certificates_in(std::string_view pem) {
    std::vector<std::string> out;
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
    for (size_t at = 0; (at = pem.find(begin, at)) != std::string_view::npos;) {
        const auto stop = pem.find(end, at);
        if (stop == std::string_view::npos) break;
        out.emplace_back(pem.substr(at, stop + end.size() - at));
        out.back() += '\n';
        at = stop;
    }
    return out;
}

Result<Certificate> read_certificate(std::string_view pem, const std::vector<std::string>& authorities_pem) {
    const auto certificate = openssl::read_pem(pem);
    if (!certificate)
        return Error{ErrorKind::invalid, "documents.certificate",
                     "Đây không phải chứng thư số dạng PEM. Dán cả đoạn từ BEGIN CERTIFICATE đến END CERTIFICATE.",
                     "This is no certificate in PEM. Paste it whole, from BEGIN CERTIFICATE to END CERTIFICATE."}
            .pointing("/certificate");
    for (const auto& authority : authorities_pem) {
        const auto issuer = openssl::read_pem(authority);
        if (issuer && X509_check_issued(issuer.get(), certificate.get()) == X509_V_OK &&
            X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())) == 1)
            return openssl::describe(certificate.get(), issuer.get());
    }
    return openssl::describe(certificate.get(), nullptr);
}

Result<std::vector<NamePart>> read_name_rule(std::string_view rule) {
    std::vector<NamePart> out;
    for (const auto& part : text::split(rule, ';')) {
        const auto trimmed = text::trim(part);
        if (trimmed.empty()) continue;
        const auto stroke = trimmed.find('=');
        NamePart one;
        if (stroke != std::string_view::npos) {
            one.type = text::trim(trimmed.substr(0, stroke));
            one.value = text::normalise(std::string{trimmed.substr(stroke + 1)});
        }
        if (one.type.empty() || one.value.empty()) {
            out.clear();
            break;
        }
        out.push_back(std::move(one));
    }
    if (out.empty())
        return Error{ErrorKind::invalid, "documents.signer_rule",
                     "Quy tắc chủ thể phải như «O=Sở Nội vụ; CN=Văn thư»: mỗi phần có tên và giá trị đúng như trên "
                     "chứng thư.",
                     "The rule over the subject must be like \"O=Sở Nội vụ; CN=Văn thư\": each part with its name and "
                     "its value as they stand in the certificate."}
            .pointing("/subject");
    return out;
}

std::string write_name_rule(const std::vector<NamePart>& parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : "; ") + part.type + "=" + part.value;
    return out;
}

}  // namespace hl::documents
