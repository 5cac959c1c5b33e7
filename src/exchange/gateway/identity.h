// Who a gateway is: its key towards other gateways, and the signing keys of the members that it speaks for, from one
// folder. Keys are renewed while it runs: a new one takes over once its certificate is there, and nobody waits. What is
// in use is a snapshot that never changes; any thread.
#pragma once
#include <boost/json.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "exchange/gateway/identity_places.h"
#include "exchange/gateway/tls.h"
#include "exchange/trust/signature.h"

namespace hl::exchange::gateway {

/// A key in use.
struct OwnKey {
    std::string name;  // its file, or its address in a token
    KeyPtr key;
    Certificate certificate;
    std::vector<std::string> issuers;  // DER, between the certificate and its authority
};
using OwnKeyPtr = std::shared_ptr<const OwnKey>;

struct KeyProblem {
    std::string key;       // its name; empty when it is about the folder
    bool failing = false;  // something does not work now; else: it will not, unless somebody acts
    std::string vi, en;
};

struct IdentitySnapshot {
    OwnKeyPtr authentication;               // null: none can be used
    std::map<ClientId, OwnKeyPtr> signing;  // members with a usable key
    struct Waiting {
        std::string key;
        std::optional<ClientId> member;  // none: authentication
    };
    std::vector<Waiting> waiting;  // keys whose certificate is not here yet
    /// Keys that would be in use if they were ready (see use_when).
    std::vector<std::pair<OwnKeyPtr, std::optional<ClientId>>> coming;
    std::vector<KeyProblem> problems;  // as of when it was made
};

class Identity {
  public:
    /// Reads keys.json of the folder; a folder without one has no keys yet. A key that cannot be had now (its token is
    /// away) is a problem told by health, not an error. Errors: exchange.keys_file, file.*.
    [[nodiscard]] static Result<std::unique_ptr<Identity>> open(std::filesystem::path folder, std::string master_key,
                                                                const Clock& clock, Random& random);
    ~Identity();
    [[nodiscard]] std::shared_ptr<const IdentitySnapshot> current() const;

    /// Reads the folder again; true when other keys are in use now. To be called about once a minute, and after
    /// changes. A folder that cannot be read leaves what is in use and becomes a problem.
    bool refresh();
    /// A new key takes an old one's place only when it is ready too: when its certificate is registered, say, and has
    /// an OCSP response. Nobody is left without a key for that: with none that is ready, the newest is used.
    using Ready = std::function<bool(const Certificate& certificate, const std::optional<ClientId>& member)>;
    void use_when(Ready ready);
    /// Called after each change of keys in use, on the thread that noticed it.
    void on_change(std::function<void()> changed);

    /// Makes a key in a sealed file and enters it into keys.json; gives its PKCS#10 request. `member` for signing keys.
    [[nodiscard]] Result<std::string> make_key(std::optional<ClientId> member, KeyKind kind, const SubjectName& name);
    /// The request anew, for a key by its name. Error exchange.key_not_found.
    [[nodiscard]] Result<std::string> request(std::string_view key, const SubjectName& name);
    /// Takes an authority's answer in (its certificate first, intermediates after it) beside the key that it belongs
    /// to, and uses it. Gives the key's name. Errors: exchange.certificate (belongs to no key here, has ended, was
    /// issued for something else).
    [[nodiscard]] Result<std::string> take_certificate(std::string_view pem_or_der);

    /// What TLS needs. Error exchange.no_key.
    [[nodiscard]] Result<TlsIdentity> tls() const;
    /// What a member signs with, without an OCSP response (see OcspCache). Error exchange.no_key.
    [[nodiscard]] Result<BatchSigner::Identity> signer(const ClientId& member) const;

    /// {"status": "ok", "warning" or "failing", "keys": […days_left…], "waiting": […], "problems": […]}.
    [[nodiscard]] boost::json::object health() const;

  private:
    struct State;
    explicit Identity(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hl::exchange::gateway
