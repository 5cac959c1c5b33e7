// OpenID Connect relying party (authorization code with PKCE, S256): sends people to a provider and checks what comes
// back: state, nonce, issuer, audience, times and the signature of the identity token against the provider's keys.
// Signatures are checked by libcjose. Keys and discovery are fetched again after an hour or when a key is unknown.
// Safe on any thread; calls block on the network, so they run on workers.
#pragma once
#include <mutex>
#include <optional>
#include <string>

#include "access/oidc_profile.h"
#include "access/sessions.h"
#include "store/sealing.h"

namespace hl::access {

struct ProvedIdentity {
    std::string subject;  // "sub" at the provider
    boost::json::object claims;  // of the identity token; with a profile those of userinfo beside them
    std::optional<ProvedPerson> person{};  // with a profile
};

class OidcClient {
  public:
    OidcClient(OidcProvider provider, store::Store& store, const Clock& clock, Random& random,
               std::vector<OidcProfile> profiles = {});
    [[nodiscard]] const OidcProvider& provider() const { return provider_; }
    /// Where to send the browser; `return_to` is a path of ours. Errors: oidc.unreachable, oidc.discovery,
    /// oidc.return_to.
    /// The browser that starts must be the one that comes back: it keeps `state` in a cookie.
    struct Started {
        std::string url, state;
    };
    [[nodiscard]] Result<Started> start(std::string_view return_to);
    struct Finished {
        ProvedIdentity identity;
        std::string return_to;
    };
    /// Errors: oidc.state (unknown, used or older than ten minutes), oidc.refused (the provider's word), oidc.token; with a
    /// profile oidc.level, oidc.kind, oidc.claims.
    [[nodiscard]] Result<Finished> finish(std::string_view code, std::string_view state);

  private:
    struct Discovery {
        std::string authorization, token, jwks_uri;
        boost::json::array keys;
        Instant fetched;
    };
    Result<Discovery> discover(bool fresh);
    Result<boost::json::object> discovery_document();
    [[nodiscard]] const OidcProfile* profile() const;
    Result<boost::json::object> userinfo(const OidcProfile& profile, const std::string& access_token,
                                         const boost::json::object& claims);
    Result<boost::json::object> check_token(std::string_view token, std::string_view nonce);

    OidcProvider provider_;
    std::vector<OidcProfile> profiles_;  // of this provider, by date
    store::Store& store_;
    const Clock& clock_;
    Random& random_;
    std::mutex mutex_;
    std::optional<Discovery> discovery_;
};

/// The account of an identity; made on its first visit as a citizen with an opaque subject and no name.
[[nodiscard]] Result<AccountId> account_for(store::Transaction& tx, store::Vault& vault, std::string_view provider,
                                            const ProvedIdentity& identity, const AccountPolicy& policy, Random& random,
                                            Instant now);

/// Keeps what the provider vouched for, sealed with the account's subject; each sign-in replaces it.
[[nodiscard]] Result<void> keep_proved(store::Transaction& tx, store::Vault& vault, const AccountId& account,
                                       std::string_view provider, const ProvedPerson& person, Instant now);
/// {"proved": true, "provider", "at", "kind", "name", …}; nothing: he never came through a provider that has a profile.
[[nodiscard]] Result<std::optional<boost::json::object>> proved_of(store::Reader& reader, store::Vault& vault,
                                                                   const AccountId& account);

}  // namespace hl::access
