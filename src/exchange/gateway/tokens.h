// OAuth 2.0 client credentials (RFC 6749 4.4) in front of X-Road, as Vietnamese platforms use them: a short-lived
// bearer token, sealed with a key of this run, bound to one subsystem. Any thread.
#pragma once
#include "exchange/gateway/settings.h"

namespace hl::exchange::gateway {

class Tokens {
  public:
    /// `random` is safe on any thread.
    Tokens(const std::vector<ClientSettings>& clients, const Clock& clock, Random& random);
    struct Issued {
        std::string token;
        std::chrono::seconds lives;
    };
    /// Slow on purpose (argon2id): for a worker's thread. Error exchange.oauth.
    [[nodiscard]] Result<Issued> issue(std::string_view id, std::string_view secret);
    /// The subsystem that the token was given to; nothing when it is forged or has ended.
    [[nodiscard]] std::optional<ClientId> check(std::string_view token) const;

  private:
    struct Known {
        ClientId subsystem;
        std::string secret_hash;
    };
    const Clock& clock_;
    std::string key_;
    std::map<std::string, Known, std::less<>> clients_;
    Random& random_;
    std::string decoy_;  // what an unknown client's secret is compared with, so that it takes as long
};

}  // namespace hl::exchange::gateway
