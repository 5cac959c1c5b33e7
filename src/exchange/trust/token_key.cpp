#include "exchange/trust/token_key.h"

#include <sodium.h>

namespace hl::exchange {

namespace {

/// The token is there and says that this cannot be done; asking again will not help.
bool final_refusal(CK_RV rv) {
    return rv == CKR_MECHANISM_INVALID || rv == CKR_MECHANISM_PARAM_INVALID || rv == CKR_KEY_TYPE_INCONSISTENT ||
           rv == CKR_KEY_FUNCTION_NOT_PERMITTED || rv == CKR_KEY_SIZE_RANGE || rv == CKR_DATA_INVALID ||
           rv == CKR_DATA_LEN_RANGE;
}

/// DigestInfo of PKCS#1 for SHA-512, before the digest itself.
constexpr std::string_view sha512_info("\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
                                       19);

class TokenKey final : public PrivateKey {
  public:
    TokenKey(std::shared_ptr<TokenKeyCore> core, std::shared_ptr<void> handle)
        : core_(std::move(core)), handle_(std::move(handle)) {}
    [[nodiscard]] KeyKind kind() const override { return core_->kind(); }
    [[nodiscard]] std::string public_key_der() const override { return core_->public_key_der(); }
    [[nodiscard]] std::shared_ptr<void> handle() const override { return handle_; }
    [[nodiscard]] Result<std::string> sign(const Digest512& digest) const override {
        // ECDSA takes the leading bits of a digest that is longer than the curve; not every token does that itself.
        if (kind() == KeyKind::p256) return core_->operate(CKM_ECDSA, view(digest).substr(0, 32));
        return core_->operate(CKM_RSA_PKCS, fmt::format("{}{}", sha512_info, view(digest)));
    }

  private:
    std::shared_ptr<TokenKeyCore> core_;
    std::shared_ptr<void> handle_;
};

}  // namespace

TokenKeyCore::TokenKeyCore(std::shared_ptr<TokenModule> module, TokenUri uri, std::string pin)
    : module_(std::move(module)), uri_(std::move(uri)), pin_(std::move(pin)) {}

TokenKeyCore::~TokenKeyCore() {
    sodium_memzero(pin_.data(), pin_.size());
}

Result<void> TokenKeyCore::open() {
    TRY(const auto first, connection(nullptr));
    kind_ = first->kind();
    public_key_ = first->public_key_der();
    return {};
}

Result<std::shared_ptr<TokenConnection>> TokenKeyCore::connect() {
    uint64_t seen = 0;
    {
        const TokenModule::Visit visit(*module_);
        seen = visit.generation();
    }
    auto made = TokenConnection::open(module_, uri_, pin_);
    if (!made.ok() && made.error().code == "exchange.token_not_available") {
        module_->restart(seen);
        made = TokenConnection::open(module_, uri_, pin_);
    }
    return made;
}

Result<std::shared_ptr<TokenConnection>> TokenKeyCore::connection(const TokenConnection* broken) {
    uint64_t seen = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (current_ && current_.get() == broken) std::exchange(current_, nullptr)->retire();
        if (current_) return current_;
        seen = attempts_;
    }
    const std::scoped_lock turn(connecting_);
    {
        const std::scoped_lock lock(mutex_);
        if (current_) return current_;
        // Somebody tried while this one waited: his answer is new enough.
        if ((attempts_ != seen && last_failure_) || pin_refused_) return *last_failure_;
    }
    auto made = connect();
    const std::scoped_lock lock(mutex_);
    ++attempts_;
    last_failure_.reset();
    // Another key under the same name must not sign in this one's place.
    if (made.ok() && !public_key_.empty() && (*made)->public_key_der() != public_key_)
        made = Error(token_not_available(uri_.token.value_or("?"), "another key is in the key's place"));
    if (made.ok()) return current_ = std::move(made).value();
    last_failure_ = made.error();
    pin_refused_ = made.error().code == "exchange.pin_incorrect";
    return *last_failure_;
}

Result<std::string> TokenKeyCore::operate(CK_MECHANISM_TYPE mechanism, std::string_view input) {
    std::shared_ptr<TokenConnection> used;
    CK_RV rv = CKR_OK;
    for (int attempt = 0; attempt < 3; ++attempt) {
        auto next = connection(used.get());
        if (!next.ok()) {
            const auto& why = next.error();
            // A token that came back without the key is as good as none; only the PIN is another matter.
            if (why.code == "exchange.token_not_available" || why.code == "exchange.pin_incorrect") return why;
            return token_not_available(uri_.token.value_or("?"), why.en);
        }
        used = std::move(next).value();
        std::string output;
        rv = used->sign(mechanism, input, output);
        if (rv == CKR_OK) return output;
        if (final_refusal(rv))
            return Error{
                ErrorKind::unsupported, "exchange.token_refused",
                fmt::format("Thiết bị từ chối phép ký này (PKCS#11 0x{:x}). Kiểm tra quyền của khoá trong thiết bị.",
                            rv),
                fmt::format("The token refuses this operation (PKCS#11 0x{:x}). Check what it lets the key do.", rv)};
    }
    return token_not_available(uri_.token.value_or("?"), fmt::format("PKCS#11 0x{:x}", rv));
}

Result<KeyPtr> open_token_key(const std::filesystem::path& module, std::string_view uri, std::string pin) {
    TRY(auto parsed, parse_token_uri(uri));
    TRY(auto loaded, TokenModule::load(module));
    auto core = std::make_shared<TokenKeyCore>(std::move(loaded), std::move(parsed), std::move(pin));
    TRY_VOID(core->open());
    auto handle = make_token_handle(core);
    if (!handle)
        return Error{ErrorKind::internal, "exchange.crypto",
                     "OpenSSL không nhận khoá của thiết bị. Báo quản trị hệ thống.",
                     "OpenSSL does not take the token's key. Tell the administrator."};
    return KeyPtr(std::make_shared<TokenKey>(std::move(core), std::move(handle)));
}

}  // namespace hl::exchange
