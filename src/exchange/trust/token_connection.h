// A key in a token while the token is there: sessions, login, the key's handle. It is thrown away at the first sign
// that the token went, and another is made. Any thread.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exchange/trust/keys.h"
#include "exchange/trust/token_module.h"
#include "exchange/trust/token_uri.h"

namespace hl::exchange {

[[nodiscard]] Error token_not_available(std::string_view token, std::string_view why);

class TokenConnection {
  public:
    /// Errors: exchange.token_not_available; exchange.pin_incorrect (not to be tried again: the token counts);
    /// exchange.key_not_found; exchange.token_uri (several keys match).
    [[nodiscard]] static Result<std::shared_ptr<TokenConnection>> open(std::shared_ptr<TokenModule> module,
                                                                       const TokenUri& uri, const std::string& pin);
    ~TokenConnection();
    TokenConnection(const TokenConnection&) = delete;
    TokenConnection& operator=(const TokenConnection&) = delete;

    [[nodiscard]] KeyKind kind() const { return kind_; }
    [[nodiscard]] const std::string& public_key_der() const { return public_key_; }
    /// What the token computes from `input`; anything but CKR_OK is the token's refusal.
    [[nodiscard]] CK_RV sign(CK_MECHANISM_TYPE mechanism, std::string_view input, std::string& output);
    /// It works no longer: the module may be started anew without asking after it.
    void retire();

  private:
    TokenConnection(std::shared_ptr<TokenModule> module, std::string pin)
        : module_(std::move(module)), pin_(std::move(pin)) {}
    [[nodiscard]] Result<void> find_slot(const TokenUri& uri, const TokenModule::Visit& visit);
    [[nodiscard]] Result<void> log_in(const TokenModule::Visit& visit);
    [[nodiscard]] Result<void> find_key(const TokenUri& uri, const TokenModule::Visit& visit);
    [[nodiscard]] Result<void> read_public_key(const TokenModule::Visit& visit);
    [[nodiscard]] CK_RV take_session(const TokenModule::Visit& visit, CK_SESSION_HANDLE& session);
    void give_back(const TokenModule::Visit& visit, CK_SESSION_HANDLE session, bool sound);

    std::shared_ptr<TokenModule> module_;
    std::string pin_, token_;
    uint64_t generation_ = 0;
    CK_SLOT_ID slot_ = 0;
    CK_SESSION_HANDLE first_ = CK_INVALID_HANDLE;  // stays open: the login lasts as long as some session
    CK_OBJECT_HANDLE key_ = CK_INVALID_HANDLE;
    bool each_time_ = false;  // the PIN is wanted for each signature
    KeyKind kind_ = KeyKind::rsa2048;
    std::string public_key_;

    std::atomic<bool> counted_ = false;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<CK_SESSION_HANDLE> idle_;
    int open_ = 0;
    bool full_ = false;  // the token has no more sessions to give
};

}  // namespace hl::exchange
