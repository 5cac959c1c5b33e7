#include "exchange/trust/keys.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include "base/crypto.h"
#include "base/files.h"
#include "exchange/trust/keys_openssl.h"

namespace hl::exchange {

namespace {

using namespace openssl;

const EVP_MD* sha512_algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    return fetched;
}

/// A key in this process's memory. Contexts for signing are kept: setting one up looks algorithms up, signing with one
/// that is set up does not, and neither copies the key.
class MemoryKey final : public PrivateKey {
  public:
    MemoryKey(KeyHandle key, KeyKind kind)
        : key_(key.release(), EVP_PKEY_free), kind_(kind), public_(to_der(i2d_PUBKEY, key_.get())) {}

    [[nodiscard]] KeyKind kind() const override { return kind_; }
    [[nodiscard]] bool quick() const override { return kind_ == KeyKind::p256; }
    [[nodiscard]] std::string public_key_der() const override { return public_; }
    [[nodiscard]] std::shared_ptr<void> handle() const override { return key_; }

    [[nodiscard]] Result<std::string> sign(const Digest512& digest) const override {
        KeyContext context = take();
        if (!context) return failed("Không chuẩn bị được việc ký.", "Signing could not be set up.");
        std::string out(512, '\0');
        size_t size = out.size();
        if (EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, digest.data(),
                          digest.size()) != 1)
            return failed("Không ký được.", "Signing failed.");
        out.resize(size);
        give_back(std::move(context));
        if (kind_ != KeyKind::p256) return out;
        auto raw = raw_ecdsa(out);
        if (!raw) return failed("Không ký được.", "Signing failed.");
        return *std::move(raw);
    }

  private:
    [[nodiscard]] KeyContext take() const {
        {
            const std::scoped_lock lock(mutex_);
            if (!idle_.empty()) {
                KeyContext context = std::move(idle_.back());
                idle_.pop_back();
                return context;
            }
        }
        KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
        const bool ready =
            context && EVP_PKEY_sign_init(context.get()) == 1 &&
            (kind_ == KeyKind::p256 || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1) &&
            EVP_PKEY_CTX_set_signature_md(context.get(), sha512_algorithm()) == 1;
        return ready ? std::move(context) : nullptr;
    }
    void give_back(KeyContext context) const {
        const std::scoped_lock lock(mutex_);
        if (idle_.size() < 64) idle_.push_back(std::move(context));
    }

    std::shared_ptr<EVP_PKEY> key_;
    KeyKind kind_;
    std::string public_;
    mutable std::mutex mutex_;
    mutable std::vector<KeyContext> idle_;
};

constexpr std::string_view file_mark = "hienluong key 1\n";

std::string sealing_context(std::string_view label) {
    return fmt::format("exchange key {}", label);
}

Result<void> check_master_key(std::string_view master_key) {
    if (master_key.size() == crypto::key_size) return {};
    return Error{ErrorKind::internal, "exchange.master_key",
                 "Khoá chủ phải dài 32 byte. Kiểm tra tệp khoá chủ trong cấu hình.",
                 "The master key must have 32 bytes. Check the master key file that the settings name."};
}

Error unreadable_key(const std::filesystem::path& file) {
    return {
        ErrorKind::internal, "exchange.key_unreadable",
        fmt::format("Không đọc được khoá {}: tệp hỏng, sai khoá chủ hoặc sai tên khoá. Phục hồi tệp từ bản sao lưu, "
                    "hoặc tạo khoá mới và xin chứng thư mới.",
                    file.string()),
        fmt::format("The key {} cannot be read: the file is damaged, or the master key or the key's name is another. "
                    "Restore the file from a backup, or make a new key and request a certificate for it.",
                    file.string())};
}

/// The bytes of a private key, wiped when they are done with.
struct Secret {
    std::string bytes;
    ~Secret() { sodium_memzero(bytes.data(), bytes.size()); }
};

}  // namespace

Result<KeyPtr> make_key(KeyKind kind) {
    KeyHandle key(kind == KeyKind::p256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(kind == KeyKind::rsa2048 ? 2048U : 3072U));
    if (!key) return failed("Không tạo được khoá.", "A key could not be made.");
    return KeyPtr(std::make_shared<MemoryKey>(std::move(key), kind));
}

Result<void> save_key(const std::filesystem::path& file, const PrivateKey& key, std::string_view label,
                      std::string_view master_key, Random& random) {
    TRY_VOID(check_master_key(master_key));
    const auto handle = key.handle();
    const Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(EVP_PKEY2PKCS8(pkey(handle)));
    const Secret plain{info ? to_der(i2d_PKCS8_PRIV_KEY_INFO, info.get()) : std::string()};
    if (plain.bytes.empty()) {
        ERR_clear_error();
        return Error{
            ErrorKind::unsupported, "exchange.key_in_token",
            "Khoá này nằm trong thiết bị và không xuất ra tệp được. Dùng thẳng thiết bị qua PKCS#11.",
            "This key lives in a token and cannot be written to a file. Use the token itself, through PKCS#11."};
    }
    return write_file_durably(
        file, fmt::format("{}{}", file_mark, crypto::seal(plain.bytes, master_key, sealing_context(label), random)),
        0600);
}

Result<KeyPtr> load_key(const std::filesystem::path& file, std::string_view label, std::string_view master_key) {
    TRY_VOID(check_master_key(master_key));
    TRY(const std::string bytes, read_file(file, 64 * 1024));
    if (!bytes.starts_with(file_mark)) return unreadable_key(file);
    auto unsealed =
        crypto::unseal(std::string_view(bytes).substr(file_mark.size()), master_key, sealing_context(label));
    if (!unsealed.ok()) return unreadable_key(file);
    const Secret plain{std::move(unsealed).value()};
    const auto info =
        from_der<Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>>(d2i_PKCS8_PRIV_KEY_INFO, plain.bytes);
    KeyHandle key(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
    if (!key) return unreadable_key(file);
    const auto kind = kind_of(key.get());
    if (!kind) return unreadable_key(file);
    return KeyPtr(std::make_shared<MemoryKey>(std::move(key), *kind));
}

}  // namespace hl::exchange
