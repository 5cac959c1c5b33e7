// A key in a token as the program has it for as long as it runs: it survives the token's absence. Any thread.
#pragma once
#include <memory>
#include <string>

#include "exchange/trust/keys.h"
#include "exchange/trust/token_connection.h"

namespace hl::exchange {

/// What a token key and its EVP_PKEY share.
class TokenKeyCore {
  public:
    TokenKeyCore(std::shared_ptr<TokenModule> module, TokenUri uri, std::string pin);
    ~TokenKeyCore();
    /// Connects for the first time.
    [[nodiscard]] Result<void> open();
    /// The token's answer; connects again when the token went and is back. Error exchange.token_not_available.
    [[nodiscard]] Result<std::string> operate(CK_MECHANISM_TYPE mechanism, std::string_view input);
    [[nodiscard]] KeyKind kind() const { return kind_; }
    [[nodiscard]] const std::string& public_key_der() const { return public_key_; }

  private:
    [[nodiscard]] Result<std::shared_ptr<TokenConnection>> connection(const TokenConnection* broken);
    [[nodiscard]] Result<std::shared_ptr<TokenConnection>> connect();

    std::shared_ptr<TokenModule> module_;
    TokenUri uri_;
    std::string pin_;
    KeyKind kind_ = KeyKind::rsa2048;
    std::string public_key_;

    std::mutex mutex_;  // guards current_, attempts_ and the last failure
    std::shared_ptr<TokenConnection> current_;
    std::mutex connecting_;  // one at a time; those who waited take over what came of it
    uint64_t attempts_ = 0;
    std::optional<Error> last_failure_;
    bool pin_refused_ = false;
};

/// An EVP_PKEY whose private operations are the token's. Null when OpenSSL will not have it.
[[nodiscard]] std::shared_ptr<void> make_token_handle(const std::shared_ptr<TokenKeyCore>& core);

}  // namespace hl::exchange
