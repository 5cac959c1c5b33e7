#include "exchange/trust/token_objects.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "exchange/trust/keys_openssl.h"

namespace hl::exchange {

namespace {

using namespace openssl;
using BuilderHandle = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using ParametersHandle = Owned<OSSL_PARAM, OSSL_PARAM_free>;

std::string built(const char* algorithm, OSSL_PARAM_BLD* builder) {
    const ParametersHandle parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
    EVP_PKEY* made = nullptr;
    if (parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1)
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get());
    const KeyHandle key(made);
    ERR_clear_error();
    return key ? to_der(i2d_PUBKEY, key.get()) : std::string();
}

std::string rsa_key(std::string_view modulus, std::string_view exponent) {
    const NumberHandle n(BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
    const NumberHandle e(BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
    const BuilderHandle builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return built("RSA", builder.get());
}

/// `point` as PKCS#11 has it: the octets of X9.62 inside a DER OCTET STRING (some tokens leave the wrapping away).
std::string p256_key(std::string_view point) {
    if (point.size() == 67 && point.starts_with("\x04\x41")) point.remove_prefix(2);
    const BuilderHandle builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return built("EC", builder.get());
}

}  // namespace

std::optional<std::string> TokenObjects::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const {
    CK_ATTRIBUTE wanted{type, nullptr, 0};
    if (functions.C_GetAttributeValue(session, object, &wanted, 1) != CKR_OK || wanted.ulValueLen > 64 * 1024)
        return std::nullopt;
    std::string out(wanted.ulValueLen, '\0');
    wanted.pValue = out.data();
    if (functions.C_GetAttributeValue(session, object, &wanted, 1) != CKR_OK) return std::nullopt;
    out.resize(wanted.ulValueLen);
    return out;
}

CK_RV TokenObjects::find(CK_OBJECT_CLASS kind, const std::optional<std::string>& label,
                         const std::optional<std::string>& id, std::vector<CK_OBJECT_HANDLE>& found) const {
    std::vector<CK_ATTRIBUTE> wanted{{CKA_CLASS, &kind, sizeof kind}};
    if (label) wanted.push_back({CKA_LABEL, const_cast<char*>(label->data()), label->size()});
    if (id) wanted.push_back({CKA_ID, const_cast<char*>(id->data()), id->size()});
    if (const CK_RV rv = functions.C_FindObjectsInit(session, wanted.data(), wanted.size()); rv != CKR_OK) return rv;
    found.resize(10);
    CK_ULONG count = 0;
    const CK_RV rv = functions.C_FindObjects(session, found.data(), found.size(), &count);
    functions.C_FindObjectsFinal(session);
    found.resize(rv == CKR_OK ? count : 0);
    return rv;
}

std::string TokenObjects::public_key_of(CK_OBJECT_HANDLE private_key) const {
    // The public half has the same id, or else the same label; an RSA private key tells its public half itself.
    std::vector<CK_OBJECT_HANDLE> candidates{private_key};
    const auto id = attribute(private_key, CKA_ID), label = attribute(private_key, CKA_LABEL);
    std::vector<CK_OBJECT_HANDLE> found;
    if (id && !id->empty() && find(CKO_PUBLIC_KEY, std::nullopt, id, found) == CKR_OK)
        candidates.insert(candidates.end(), found.begin(), found.end());
    if (label && !label->empty() && find(CKO_PUBLIC_KEY, label, std::nullopt, found) == CKR_OK)
        candidates.insert(candidates.end(), found.begin(), found.end());
    for (const auto object : candidates) {
        const auto modulus = attribute(object, CKA_MODULUS), exponent = attribute(object, CKA_PUBLIC_EXPONENT);
        if (modulus && exponent && !exponent->empty()) return rsa_key(*modulus, *exponent);
        if (const auto point = attribute(object, CKA_EC_POINT); point && !point->empty()) return p256_key(*point);
    }
    return {};
}

}  // namespace hl::exchange
