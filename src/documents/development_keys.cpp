#include "documents/development_keys.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

#include "base/files.h"

namespace hl::documents {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr std::chrono::days life{3650};

template <class F>
std::string pem(F write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
    write(out.get());
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<size_t>(size)};
}

bool extend(X509* to, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> made(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value), &X509_EXTENSION_free);
    return made && X509_add_ext(to, made.get(), -1) == 1;
}

Certificate certify(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* issuer_key, Instant now) {
    Certificate c(X509_new(), &X509_free);
    const auto from = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() - 86'400;
    uint32_t serial = 1;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    X509_set_version(c.get(), 2);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(c.get()), serial);
    ASN1_TIME_set(X509_getm_notBefore(c.get()), from);
    ASN1_TIME_set(X509_getm_notAfter(c.get()), from + std::chrono::seconds{life}.count());
    X509_set_pubkey(c.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    auto* by = issuer ? issuer : c.get();
    X509_set_issuer_name(c.get(), X509_get_subject_name(by));
    const bool done =
        extend(c.get(), by, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE") &&
        extend(c.get(), by, NID_key_usage, issuer ? "digitalSignature" : "critical,keyCertSign,cRLSign") &&
        X509_sign(c.get(), issuer_key, EVP_sha256()) > 0;
    return done ? std::move(c) : Certificate(nullptr, &X509_free);
}

/// The trial authority's list: empty, and in force as long as its certificates are, for its key is not kept.
std::string empty_list(X509* authority, EVP_PKEY* key, Instant now) {
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list(X509_CRL_new(), &X509_CRL_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> from(ASN1_TIME_new(), &ASN1_TIME_free),
        to(ASN1_TIME_new(), &ASN1_TIME_free);
    const auto at = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() - 86'400;
    ASN1_TIME_set(from.get(), at);
    ASN1_TIME_set(to.get(), at + std::chrono::seconds{life}.count());
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority));
    X509_CRL_set1_lastUpdate(list.get(), from.get());
    X509_CRL_set1_nextUpdate(list.get(), to.get());
    if (X509_CRL_sign(list.get(), key, EVP_sha256()) <= 0) return {};
    return pem([&](BIO* b) { PEM_write_bio_X509_CRL(b, list.get()); });
}

}  // namespace

Result<void> make_development_keys(const std::filesystem::path& signing, const std::filesystem::path& trust,
                                   const std::filesystem::path& revocation, Instant now) {
    std::error_code ec;
    if (std::filesystem::exists(signing / "default.key", ec) || std::filesystem::exists(trust / "development.pem", ec))
        return Nothing{};
    const Key root(EVP_EC_gen("P-256"), &EVP_PKEY_free), signer(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const auto anchor = certify(root.get(), "Hiền Lương: gốc thử nghiệm", nullptr, root.get(), now);
    const auto own = anchor ? certify(signer.get(), "Hiền Lương: cơ quan thử nghiệm", anchor.get(), root.get(), now)
                            : Certificate(nullptr, &X509_free);
    if (!own)
        return Error{ErrorKind::internal, "documents.signing_identity", "Không tạo được khóa ký thử nghiệm.",
                     "The keys for the demonstration cannot be made."};
    std::filesystem::create_directories(signing, ec);
    std::filesystem::create_directories(trust, ec);
    std::filesystem::create_directories(revocation, ec);
    TRY_VOID(write_file_durably(revocation / "development.crl", empty_list(anchor.get(), root.get(), now)));
    const auto certificate = pem([&](BIO* b) { PEM_write_bio_X509(b, own.get()); });
    TRY_VOID(write_file_durably(trust / "development.pem", pem([&](BIO* b) { PEM_write_bio_X509(b, anchor.get()); })));
    TRY_VOID(write_file_durably(signing / "default.crt", certificate));
    // The key last: with it the set is whole.
    return write_file_durably(
        signing / "default.key",
        pem([&](BIO* b) { PEM_write_bio_PrivateKey(b, signer.get(), nullptr, nullptr, 0, nullptr, nullptr); }), 0600);
}

}  // namespace hl::documents
