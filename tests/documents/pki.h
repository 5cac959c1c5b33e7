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
/// A list of revoked certificates by `authority`, in DER; each with the second at which it was revoked.
inline std::string revoked_by(const Certified& authority, const std::vector<std::pair<const Certified*, time_t>>& all,
                              time_t from = long_ago, time_t to = long_ago + 7000L * 86400, int extension = 0,
                              const Certified* signer = nullptr) {
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list(X509_CRL_new(), &X509_CRL_free);
    const auto at = [](time_t seconds) {
        return std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)>(ASN1_TIME_set(nullptr, seconds), &ASN1_TIME_free);
    };
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.certificate.get()));
    X509_CRL_set1_lastUpdate(list.get(), at(from).get());
    if (to != 0) X509_CRL_set1_nextUpdate(list.get(), at(to).get());
    for (const auto& [certified, when] : all) {
        auto* entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certified->certificate.get()));
        X509_REVOKED_set_revocationDate(entry, at(when).get());
        X509_CRL_add0_revoked(list.get(), entry);
    }
    if (extension != 0) {
        const std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> one(ASN1_INTEGER_new(), &ASN1_INTEGER_free);
        ASN1_INTEGER_set(one.get(), 1);
        X509_CRL_add1_ext_i2d(list.get(), extension, one.get(), 1, 0);
    }
    X509_CRL_sort(list.get());
    X509_CRL_sign(list.get(), (signer ? signer : &authority)->key.get(), EVP_sha256());
    unsigned char* der = nullptr;
    const int size = i2d_X509_CRL(list.get(), &der);
    std::string out{reinterpret_cast<const char*>(der), static_cast<size_t>(size)};
    OPENSSL_free(der);
    return out;
}
inline Verifier verifier(bool accept_sha1 = false) {
    return Verifier(TrustSettings{{root().certificate_pem()}, accept_sha1});
}

}  // namespace hl::documents::test
