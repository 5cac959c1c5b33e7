// Certificates for tests: a root, and signers under it. Made in memory.
#pragma once
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "documents/signature.h"

namespace hl::documents::test {

struct Certified {
    std::shared_ptr<EVP_PKEY> key;
    std::shared_ptr<X509> certificate;
    [[nodiscard]] std::string key_pem() const {
        return pem([&](BIO* b) { PEM_write_bio_PrivateKey(b, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }
    [[nodiscard]] std::string certificate_pem() const {
        return pem([&](BIO* b) { PEM_write_bio_X509(b, certificate.get()); });
    }
    [[nodiscard]] SigningIdentity identity() const { return {key_pem(), certificate_pem(), {}}; }

  private:
    template <class F>
    static std::string pem(F write) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
        write(out.get());
        char* data = nullptr;
        const auto size = BIO_get_mem_data(out.get(), &data);
        return {data, static_cast<size_t>(size)};
    }
};

inline std::shared_ptr<EVP_PKEY> make_key(bool rsa, unsigned bits = 2048) {
    return {rsa ? EVP_RSA_gen(bits) : EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

inline void extend(X509* to, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    if (!extension) throw std::runtime_error("extension");
    X509_add_ext(to, extension, -1);
    X509_EXTENSION_free(extension);
}

inline constexpr time_t long_ago = 1'577'836'800;  // 2020-01-01

/// Under `issuer`, or its own issuer. Valid for twenty years from 2020.
inline Certified certify(std::shared_ptr<EVP_PKEY> key, const std::string& name, const Certified* issuer,
                         bool authority, const char* usage = "digitalSignature", long days = 7300) {
    std::shared_ptr<X509> c(X509_new(), &X509_free);
    static long serial = 1000;
    X509_set_version(c.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c.get()), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(c.get()), long_ago);
    ASN1_TIME_set(X509_getm_notAfter(c.get()), long_ago + days * 86400);
    X509_set_pubkey(c.get(), key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    auto* signer = issuer ? issuer->certificate.get() : c.get();
    X509_set_issuer_name(c.get(), X509_get_subject_name(signer));
    extend(c.get(), signer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    extend(c.get(), signer, NID_key_usage, authority ? "critical,keyCertSign,cRLSign" : usage);
    X509_sign(c.get(), issuer ? issuer->key.get() : key.get(), EVP_sha256());
    return {std::move(key), std::move(c)};
}

/// Made once for a test program: keys cost time.
inline const Certified& root() {
    static const auto made = certify(make_key(false), "Goc thu nghiem", nullptr, true);
    return made;
}
inline const Certified& rsa_signer() {
    static const auto made = certify(make_key(true), "Co quan RSA", &root(), false);
    return made;
}
inline const Certified& ec_signer() {
    static const auto made = certify(make_key(false), "Co quan EC", &root(), false);
    return made;
}
inline Verifier verifier(bool accept_sha1 = false) {
    return Verifier(TrustSettings{{root().certificate_pem()}, accept_sha1});
}

}  // namespace hl::documents::test
