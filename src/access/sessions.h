// Signing in and staying signed in. Sessions are opaque tokens stored hashed; look-ups are cached in memory for at most
// two seconds so that every request is judged on fresh rights. Sessions is safe on any thread.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "access/accounts.h"
#include "http/message.h"

namespace hl::access {

struct SignedIn {
    std::string token;  // for the cookie or the Authorization header
    std::string csrf;   // must come back in X-CSRF-Token with cookie sessions
    Actor actor;
    bool must_change_password = false;
    bool factor_needed = false;  // signed in half-way: only the factor route works
};

class Sessions {
  public:
    /// `organisation` gives the present Directory snapshot.
    Sessions(store::Store& store, AccountPolicy policy,
             std::function<std::shared_ptr<const directory::Directory>()> organisation, const Clock& clock,
             Random& random);

    /// Password (and one-time code when the account has a second factor). Failures are counted in their own
    /// transaction. Errors: access.bad_credentials (the same for unknown and wrong), access.locked, access.closed,
    /// access.code_needed.
    [[nodiscard]] Result<SignedIn> sign_in(std::string_view login, std::string_view password,
                                           std::optional<std::string> code, std::string_view remote);
    /// For OpenID Connect: an identity already proved elsewhere.
    [[nodiscard]] Result<SignedIn> sign_in_proved(const AccountId& account, std::string_view provider,
                                                  std::string_view remote);
    [[nodiscard]] Result<void> unlock(std::string_view token, std::string_view password);
    [[nodiscard]] Result<void> sign_out(std::string_view token);
    /// The actor behind a request: bearer session or API key, or the __Host-session cookie (then unsafe methods need
    /// the CSRF token). No credentials → anonymous actor. What a page asks by itself (X-Background: 1, and the feed) is
    /// no activity of a person: a session whose page stays open locks all the same. Errors: access.session_expired,
    /// access.session_locked, access.csrf.
    [[nodiscard]] Result<Actor> actor_of(const http::Request& request);
    /// The CSRF token that belongs to the request's session cookie, for forms made by the server; of an ended or locked
    /// session too, so that what was typed in its form can be told from a stranger's. Empty: no session cookie.
    [[nodiscard]] Result<std::string> csrf_of(const http::Request& request);
    /// Bearer token for a citizen who proved code and phone of one dossier (tracking), 15 minutes.
    void forget_cache();
    [[nodiscard]] const AccountPolicy& policy() const { return policy_; }

  private:
    struct Cached;
    store::Store& store_;
    AccountPolicy policy_;
    std::function<std::shared_ptr<const directory::Directory>()> organisation_;
    const Clock& clock_;
    Random& random_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<Cached>> cache_;
};

/// The token in the request's session cookie; empty when there is none.
[[nodiscard]] std::string session_token(const http::Request& request);
/// Set-Cookie of a session: `__Host-` needs TLS; plain loopback gets a cookie of another name with the same limits.
[[nodiscard]] std::string session_cookie(const http::Request& request, std::string_view token,
                                         std::chrono::seconds life);

/// An OpenID Connect provider the installation trusts.
struct OidcProvider {
    std::string name;    // "vneid"
    std::string issuer;  // discovery at issuer/.well-known/openid-configuration
    std::string client_id;
    std::string client_secret;
    std::string redirect_uri;
    std::string scope = "openid profile";
    std::string ca_file{};
};

}  // namespace hl::access
