#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/crypto.h"
#include "exchange/trust/authority_certificate.h"
#include "exchange/trust/keys.h"
#include "exchange/trust/keys_openssl.h"

namespace hl::exchange {

namespace {

using namespace openssl;

Error unreadable_certificate() {
    return {ErrorKind::invalid, "exchange.certificate",
            "Đây không phải là chứng thư X.509 đọc được. Gửi tệp chứng thư (PEM hoặc DER) do tổ chức chứng thực cấp.",
            "This is not a readable X.509 certificate. Send the certificate file (PEM or DER) that the certification "
            "authority issued."};
}

std::string digest_hex(const EVP_MD* algorithm, std::string_view bytes) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size, algorithm, nullptr);
    return crypto::to_hex(std::string_view(out).substr(0, size));
}

}  // namespace

Result<Certificate> Certificate::from_der(std::string_view der) {
    const auto x509 = openssl::from_der<X509Handle>(d2i_X509, der);
    // Bytes that are read and written differently would have two fingerprints: they are no DER.
    if (!x509 || to_der(i2d_X509, x509.get()) != der) return unreadable_certificate();
    const auto not_before = instant_of(X509_get0_notBefore(x509.get()));
    const auto not_after = instant_of(X509_get0_notAfter(x509.get()));
    if (!not_before || !not_after) return unreadable_certificate();
    Certificate out;
    out.der_ = der;
    out.subject_ = text_of(X509_get_subject_name(x509.get()));
    out.issuer_ = text_of(X509_get_issuer_name(x509.get()));
    out.serial_ = hex_of(X509_get0_serialNumber(x509.get()));
    out.public_key_ = to_der(i2d_X509_PUBKEY, X509_get_X509_PUBKEY(x509.get()));
    out.not_before_ = *not_before;
    out.not_after_ = *not_after;
    return out;
}

Result<Certificate> Certificate::from_pem(std::string_view pem) {
    const BioHandle in = reader(pem);
    const X509Handle x509(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    if (!x509) {
        ERR_clear_error();
        return unreadable_certificate();
    }
    return from_der(to_der(i2d_X509, x509.get()));
}

std::string Certificate::pem() const {
    const BioHandle out(BIO_new(BIO_s_mem()));
    PEM_write_bio(out.get(), PEM_STRING_X509, "", bytes_of(der_), static_cast<long>(der_.size()));
    return text_of(out.get());
}

std::string Certificate::sha1_hex() const {
    return digest_hex(EVP_sha1(), der_);
}
std::string Certificate::sha256_hex() const {
    return digest_hex(EVP_sha256(), der_);
}

Result<std::string> certificate_request(const PrivateKey& key, const SubjectName& name) {
    if (name.common_name.empty())
        return Error{ErrorKind::invalid, "exchange.certificate_request",
                     "Yêu cầu cấp chứng thư cần tên chung (CN). Nhập tên của máy chủ hoặc của cơ quan.",
                     "A certificate request needs a common name (CN). Give the server's or the agency's name."};
    const Owned<X509_REQ, X509_REQ_free> request(X509_REQ_new());
    TRY(const NameHandle subject, make_name(name));
    const auto handle = key.handle();
    if (X509_REQ_set_subject_name(request.get(), subject.get()) != 1 ||
        X509_REQ_set_pubkey(request.get(), pkey(handle)) != 1 ||
        X509_REQ_sign(request.get(), pkey(handle), EVP_sha256()) <= 0)
        return failed("Không ký được yêu cầu cấp chứng thư.", "The certificate request could not be signed.");
    const BioHandle out(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_X509_REQ(out.get(), request.get()) != 1)
        return failed("Không ghi được yêu cầu cấp chứng thư.", "The certificate request could not be written.");
    return text_of(out.get());
}

}  // namespace hl::exchange
