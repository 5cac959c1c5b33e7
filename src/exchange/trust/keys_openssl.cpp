#include "exchange/trust/keys_openssl.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "base/crypto.h"

namespace hl::exchange::openssl {

std::string reason() {
    const unsigned long code = ERR_peek_last_error();
    std::array<char, 256> text{};
    if (code != 0) ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    return code == 0 ? "no reason given" : text.data();
}

Error failed(std::string_view vietnamese, std::string_view english) {
    const std::string why = reason();
    return {ErrorKind::internal, "exchange.crypto",
            fmt::format("{} Báo quản trị hệ thống kèm dòng này: {}.", vietnamese, why),
            fmt::format("{} Tell the administrator, with this line: {}.", english, why)};
}

std::string hex_of(const ASN1_INTEGER* number) {
    if (!number) return {};
    return crypto::to_hex({reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)),
                           static_cast<size_t>(ASN1_STRING_length(number))});
}

std::optional<KeyKind> kind_of(EVP_PKEY* key) {
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
        if (EVP_PKEY_get_bits(key) == 2048) return KeyKind::rsa2048;
        if (EVP_PKEY_get_bits(key) == 3072) return KeyKind::rsa3072;
        return std::nullopt;
    }
    std::array<char, 64> group{};
    size_t size = 0;
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
        EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
        std::string_view(group.data(), size) == SN_X9_62_prime256v1)
        return KeyKind::p256;
    ERR_clear_error();
    return std::nullopt;
}

std::optional<std::string> raw_ecdsa(std::string_view der) {
    const auto signature = from_der<Owned<ECDSA_SIG, ECDSA_SIG_free>>(d2i_ECDSA_SIG, der);
    if (!signature) return std::nullopt;
    std::string out(64, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes, 32) != 32 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes + 32, 32) != 32)
        return std::nullopt;
    return out;
}

}  // namespace hl::exchange::openssl
