// The token's key as OpenSSL sees it, for TLS handshakes and requests: a key whose private operations are handed to the
// token. OpenSSL 3 calls these methods old and has nothing else for keys outside of a provider.
#define OPENSSL_API_COMPAT 0x10100000L
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "exchange/trust/keys_openssl.h"
#include "exchange/trust/token_key.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace hl::exchange {

namespace {

using namespace openssl;
using Core = std::shared_ptr<TokenKeyCore>;

/// The key's owner goes with OpenSSL's object, whoever keeps that alive (an SSL_CTX does).
void free_core(void*, void* core, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<Core*>(core);
}

int rsa_index() {
    static const int index = RSA_get_ex_new_index(0, nullptr, nullptr, nullptr, free_core);
    return index;
}
int ec_index() {
    static const int index = EC_KEY_get_ex_new_index(0, nullptr, nullptr, nullptr, free_core);
    return index;
}

int rsa_private(int size, const unsigned char* from, unsigned char* to, RSA* rsa, int padding) {
    const auto* core = static_cast<Core*>(RSA_get_ex_data(rsa, rsa_index()));
    if (!core || (padding != RSA_PKCS1_PADDING && padding != RSA_NO_PADDING)) return -1;
    const auto out = (*core)->operate(padding == RSA_PKCS1_PADDING ? CKM_RSA_PKCS : CKM_RSA_X_509,
                                      {reinterpret_cast<const char*>(from), static_cast<size_t>(size)});
    if (!out.ok() || out->size() > static_cast<size_t>(RSA_size(rsa))) {
        ERR_raise_data(ERR_LIB_RSA, ERR_R_INTERNAL_ERROR, "%s", out.ok() ? "length" : out.error().en.c_str());
        return -1;
    }
    std::copy(out->begin(), out->end(), to);
    return static_cast<int>(out->size());
}

ECDSA_SIG* ec_sign(const unsigned char* digest, int size, const BIGNUM*, const BIGNUM*, EC_KEY* ec) {
    const auto* core = static_cast<Core*>(EC_KEY_get_ex_data(ec, ec_index()));
    if (!core) return nullptr;
    const auto out = (*core)->operate(
        CKM_ECDSA, {reinterpret_cast<const char*>(digest), std::min<size_t>(static_cast<size_t>(size), 32)});
    if (!out.ok() || out->size() != 64) {
        ERR_raise_data(ERR_LIB_EC, ERR_R_INTERNAL_ERROR, "%s", out.ok() ? "length" : out.error().en.c_str());
        return nullptr;
    }
    Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
    NumberHandle r(BN_bin2bn(bytes_of(*out), 32, nullptr)), s(BN_bin2bn(bytes_of(*out) + 32, 32, nullptr));
    if (ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return nullptr;
    r.release();
    s.release();
    return signature.release();
}

const RSA_METHOD* rsa_method() {
    static const RSA_METHOD* const method = [] {
        RSA_METHOD* made = RSA_meth_dup(RSA_PKCS1_OpenSSL());
        RSA_meth_set1_name(made, "token");
        RSA_meth_set_priv_enc(made, rsa_private);
        return made;
    }();
    return method;
}

const EC_KEY_METHOD* ec_method() {
    static const EC_KEY_METHOD* const method = [] {
        EC_KEY_METHOD* made = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
        int (*sign)(int, const unsigned char*, int, unsigned char*, unsigned int*, const BIGNUM*, const BIGNUM*,
                    EC_KEY*) = nullptr;
        int (*setup)(EC_KEY*, BN_CTX*, BIGNUM**, BIGNUM**) = nullptr;
        EC_KEY_METHOD_get_sign(made, &sign, &setup, nullptr);
        EC_KEY_METHOD_set_sign(made, sign, setup, ec_sign);
        return made;
    }();
    return method;
}

}  // namespace

std::shared_ptr<void> make_token_handle(const std::shared_ptr<TokenKeyCore>& core) {
    const std::string& der = core->public_key_der();
    const auto* at = bytes_of(der);
    const KeyHandle key(EVP_PKEY_new());
    auto mine = std::make_unique<Core>(core);
    bool made = false;
    // The method must be set before the key goes into its EVP_PKEY: that is when OpenSSL looks whose it is.
    if (core->kind() == KeyKind::p256) {
        Owned<EC_KEY, EC_KEY_free> ec(d2i_EC_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
        made = ec && EC_KEY_set_method(ec.get(), ec_method()) == 1 &&
               EC_KEY_set_ex_data(ec.get(), ec_index(), mine.get()) == 1 && mine.release() &&
               EVP_PKEY_assign_EC_KEY(key.get(), ec.get()) == 1 && ec.release();
    } else {
        Owned<RSA, RSA_free> rsa(d2i_RSA_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
        made = rsa && RSA_set_method(rsa.get(), rsa_method()) == 1 &&
               RSA_set_ex_data(rsa.get(), rsa_index(), mine.get()) == 1 && mine.release() &&
               EVP_PKEY_assign_RSA(key.get(), rsa.get()) == 1 && rsa.release();
    }
    ERR_clear_error();
    if (!made) return nullptr;
    EVP_PKEY_up_ref(key.get());
    return {key.get(), [](void* handle) { EVP_PKEY_free(static_cast<EVP_PKEY*>(handle)); }};
}

}  // namespace hl::exchange
