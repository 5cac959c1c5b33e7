#include "exchange/registry/certificate_request.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace hl::exchange {

namespace {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};
using BioOwner = std::unique_ptr<BIO, Free<BIO_free_all>>;
using RequestOwner = std::unique_ptr<X509_REQ, Free<X509_REQ_free>>;

Error refused() {
    return {ErrorKind::invalid, "exchange.certificate_request",
            "Yêu cầu PKCS#10 không đọc được hoặc chữ ký của nó không đúng. Hãy tạo lại từ khoá của cổng kết nối.",
            "The PKCS#10 request cannot be read, or its signature is wrong. Make it again from the gateway's key."};
}

std::string subject_of(const X509_REQ* request) {
    const BioOwner out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), X509_REQ_get_subject_name(request), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    const char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<size_t>(size)};
}

}  // namespace

Result<CertificateRequest> read_certificate_request(std::string_view pem) {
    if (pem.size() > largest_certificate_request) return refused();
    const BioOwner in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const RequestOwner request(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
    EVP_PKEY* key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
    const bool sound = key != nullptr && X509_REQ_verify(request.get(), key) == 1;
    ERR_clear_error();
    if (!sound) return refused();
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    if (size <= 0) return refused();
    CertificateRequest out{subject_of(request.get()), {reinterpret_cast<const char*>(der), static_cast<size_t>(size)}};
    OPENSSL_free(der);
    return out;
}

}  // namespace hl::exchange
