#include "exchange/gateway/pem.h"

#include <openssl/pem.h>

#include "base/files.h"

namespace hl::exchange::gateway {

namespace {

/// A key that stands in a file in the clear: for TLS alone, it signs no messages.
class PemKey final : public PrivateKey {
  public:
    explicit PemKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}
    [[nodiscard]] KeyKind kind() const override {
        if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_EC) return KeyKind::p256;
        return EVP_PKEY_get_bits(key_.get()) > 2048 ? KeyKind::rsa3072 : KeyKind::rsa2048;
    }
    [[nodiscard]] Result<std::string> sign(const Digest512&) const override {
        return Error{ErrorKind::denied, "exchange.cannot_sign", "Khoá TLS không dùng để ký thông điệp.",
                     "A TLS key signs no messages."};
    }
    [[nodiscard]] std::string public_key_der() const override {
        unsigned char* bytes = nullptr;
        const int size = i2d_PUBKEY(key_.get(), &bytes);
        std::string out = size > 0 ? std::string(reinterpret_cast<char*>(bytes), static_cast<size_t>(size)) : "";
        OPENSSL_free(bytes);
        return out;
    }
    [[nodiscard]] std::shared_ptr<void> handle() const override { return key_; }

  private:
    std::shared_ptr<EVP_PKEY> key_;
};

struct FreeBio {
    void operator()(BIO* b) const { BIO_free(b); }
};

}  // namespace

Result<TlsIdentity> read_pem_identity(const std::filesystem::path& certificates, const std::filesystem::path& key) {
    TRY(const auto text, read_file(certificates, 1u << 20));
    TRY(const auto key_text, read_file(key, 1u << 20));
    TlsIdentity out;
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
    for (size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
        const auto to = text.find(end, at);
        if (to == std::string::npos) break;
        TRY(const auto certificate, Certificate::from_pem(std::string_view(text).substr(at, to + end.size() - at)));
        out.chain.push_back(certificate.der());
    }
    const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(key_text.data(), static_cast<int>(key_text.size())));
    const auto no_password = [](char*, int, int, void*) { return 0; };
    std::shared_ptr<EVP_PKEY> parsed(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr), EVP_PKEY_free);
    if (!parsed || out.chain.empty())
        return Error{
            ErrorKind::invalid, "exchange.tls",
            fmt::format("Không đọc được chứng thư trong {} hoặc khoá trong {}.", certificates.string(), key.string()),
            fmt::format("There is no certificate in {} or no unencrypted key in {}.", certificates.string(),
                        key.string())};
    out.key = std::make_shared<PemKey>(std::move(parsed));
    return out;
}

}  // namespace hl::exchange::gateway
