#include "exchange/trust/verifier_steps.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "exchange/trust/keys_openssl.h"
#include "exchange/trust/xades_form.h"

namespace hl::exchange {

namespace {

using namespace openssl;

/// Fetched once, as in digest.cpp.
const EVP_MD* algorithm(DigestKind kind) {
    static const std::array<const EVP_MD*, 3> fetched{EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                      EVP_MD_fetch(nullptr, "SHA384", nullptr),
                                                      EVP_MD_fetch(nullptr, "SHA512", nullptr)};
    return fetched.at(static_cast<size_t>(kind));
}

/// XML-DSig's r||s as the DER that OpenSSL verifies; empty when it cannot be that of such a key.
std::string ecdsa_der(std::string_view raw, EVP_PKEY* key) {
    const auto half = static_cast<size_t>((EVP_PKEY_get_bits(key) + 7) / 8);
    if (raw.size() != 2 * half) return {};
    const Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(bytes_of(raw), static_cast<int>(half), nullptr);
    BIGNUM* s = BN_bin2bn(bytes_of(raw) + half, static_cast<int>(half), nullptr);
    if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return {};
    }
    return to_der(i2d_ECDSA_SIG, signature.get());
}

bool signed_by(EVP_PKEY* key, const SignatureParts& signature) {
    const bool elliptic = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
    if (elliptic != signature.elliptic || (!elliptic && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)) return false;
    const std::string value = elliptic ? ecdsa_der(signature.value, key) : signature.value;
    if (value.empty()) return false;
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    const bool good =
        context &&
        EVP_DigestVerifyInit(context.get(), nullptr, algorithm(signature.method_digest), nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(value), value.size(), bytes_of(signature.signed_info),
                         signature.signed_info.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace

Error invalid_signature(std::string_view why_vi, std::string_view why_en) {
    return {
        ErrorKind::invalid, "exchange.invalid_signature",
        fmt::format("Chữ ký không đúng: {}. Không dùng nội dung này; đề nghị bên gửi gửi lại.", why_vi),
        fmt::format("The signature is wrong: {}. Do not use the content; ask the sender to send it again.", why_en)};
}

Result<PublicKey> public_key_of(const SignatureParts& signature) {
    const auto x509 = from_der<X509Handle>(d2i_X509, signature.certificate);
    EVP_PKEY* key = x509 ? X509_get_pubkey(x509.get()) : nullptr;
    if (key) return PublicKey(key, [](void* k) { EVP_PKEY_free(static_cast<EVP_PKEY*>(k)); });
    ERR_clear_error();
    return dom::malformed(dom::signature_document, "its certificate cannot be read");
}

Result<void> check_signature_value(const SignatureParts& signature, const PublicKey& key) {
    if (!signature.properties.fits(signature.signed_properties))
        return invalid_signature("thời điểm ký hoặc chứng thư ghi trong chữ ký đã bị sửa",
                                 "the time or the certificate that it names was changed");
    if (!signature.certificate_digest.fits(signature.certificate))
        return invalid_signature("chứng thư đi kèm không phải là chứng thư đã ký",
                                 "the certificate that comes with it is not the one that was signed with");
    if (!signed_by(pkey(key), signature))
        return invalid_signature("giá trị chữ ký không khớp với khoá của chứng thư",
                                 "its value does not fit the certificate's key");
    return {};
}

Result<void> check_chain_result_reference(const SignatureParts& signature, std::string_view chain_result) {
    if (signature.data_uri != form::result_uri)
        return dom::malformed(dom::signature_document, "it comes with a hash chain result that it does not refer to");
    if (!signature.data.fits(chain_result))
        return invalid_signature("kết quả chuỗi băm đã bị sửa", "the hash chain result was changed");
    return {};
}

Result<void> check_single(const SignatureParts& signature, const std::vector<SignedPart>& parts) {
    if (signature.data_uri != form::message_uri)
        return dom::malformed(dom::signature_document, "it does not refer to /message.xml");
    if (parts.size() != 1)
        return invalid_signature("chữ ký không bao gồm các tệp đính kèm", "it does not cover the attachments");
    if (signature.data.kind != DigestKind::sha512 || signature.data.value != view(parts[0].digest))
        return invalid_signature("thông điệp đã bị sửa sau khi ký", "the message was changed after it was signed");
    return {};
}

Result<CertificatePath> check_path(const SignatureParts& signature, const TrustAnchors& anchors, Instant at) {
    TRY(auto certificate, Certificate::from_der(signature.certificate));
    TRY(const auto chain, anchors.chain_of(certificate, signature.issuers, at, CertificateUse::signing));
    // A certificate that is itself an anchor vouches for nobody's revocation but its own.
    TRY(auto issuer, Certificate::from_der(chain.size() > 1 ? chain[1] : chain[0]));
    Instant from = certificate.not_before(), until = certificate.not_after();
    for (size_t i = 1; i < chain.size(); ++i) {
        TRY(const auto above, Certificate::from_der(chain[i]));
        from = std::max(from, above.not_before());
        until = std::min(until, above.not_after());
    }
    return CertificatePath{std::move(certificate), std::move(issuer), from, until};
}

Result<OcspStatus> check_embedded_ocsp(const SignatureParts& signature, const CertificatePath& path,
                                       std::chrono::seconds freshness, Instant at) {
    if (signature.ocsp.empty())
        return Error{
            ErrorKind::invalid, "exchange.ocsp",
            "Chữ ký không kèm trả lời OCSP về chứng thư của bên ký. Bên gửi cần bật lấy trả lời OCSP cho "
            "chứng thư ký rồi gửi lại.",
            "The signature carries no OCSP response about its certificate. The sender must have OCSP responses "
            "fetched for its signing certificate and send again."};
    std::optional<Error> first;
    for (const auto& response : signature.ocsp) {
        auto status = check_ocsp(response, path.certificate, path.issuer, freshness, at);
        if (status.ok() && status->good) return status;
        if (!status.ok() && !first) first = status.error();
    }
    if (first) return *std::move(first);
    return Error{ErrorKind::denied, "exchange.ocsp",
                 "Chứng thư của bên ký đã bị thu hồi. Không dùng nội dung này; liên hệ cơ quan gửi.",
                 "The signer's certificate was revoked. Do not use the content; contact the sending agency."};
}

}  // namespace hl::exchange
