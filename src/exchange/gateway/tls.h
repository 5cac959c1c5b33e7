// TLS contexts of the gateway, over OpenSSL alone: servers' and clients', with keys that may live in a token, and
// verification against what the configuration says at the moment of the handshake. A context is shared by all threads.
#pragma once
#include <openssl/ssl.h>

#include "base/time.h"
#include "exchange/registry/configuration.h"
#include "exchange/trust/keys.h"

namespace hl::exchange::gateway {

struct TlsIdentity {
    KeyPtr key;
    std::vector<std::string> chain;  // DER, own certificate first
};

/// Whom a context believes.
struct Registered {  // gateways: under an authority of the configuration, and registered in it
    std::function<std::shared_ptr<const Knowledge>()> knowledge;
};
struct Shown {};   // information systems: any certificate or none; who it is, is looked up by its fingerprint later
struct Verified {  // a provider's service: by name, under the system's anchors or one file's
    std::string ca_file;
};
struct Unverified {};  // a provider's service whose owner said so
using Belief = std::variant<Registered, Shown, Verified, Unverified>;

class TlsContext {
  public:
    enum class Role { server, client };
    /// Error exchange.tls: a key that does not fit its certificate, an unreadable file.
    [[nodiscard]] static Result<std::shared_ptr<TlsContext>> make(Role role, const TlsIdentity* identity, Belief belief,
                                                                  const Clock& clock);
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;
    /// From the next connection on. Error exchange.tls; then everything stays as it was.
    [[nodiscard]] Result<void> renew(const TlsIdentity& identity);
    /// A connection's own, on a descriptor. `host` is what a client expects (Verified) and names in SNI.
    [[nodiscard]] SSL* open(int descriptor, const std::string& host);

  private:
    TlsContext(Role role, Belief belief, const Clock& clock) : role_(role), belief_(std::move(belief)), clock_(clock) {}
    struct Free {
        void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
    };
    [[nodiscard]] Result<std::unique_ptr<SSL_CTX, Free>> build(const TlsIdentity* identity);
    static int verify(X509_STORE_CTX* store, void* self);
    [[nodiscard]] int verify_registered(X509_STORE_CTX* store, const Registered& registered);

    Role role_;
    Belief belief_;
    const Clock& clock_;
    std::mutex mutex_;  // guards what follows
    std::unique_ptr<SSL_CTX, Free> context_;
    std::shared_ptr<const Knowledge> anchors_of_;  // whose authorities `anchors_` holds
    std::shared_ptr<STACK_OF(X509)> anchors_;
};

/// SHA-256 in lower-case hex of what the peer showed; "" without a certificate.
[[nodiscard]] std::string peer_certificate(SSL* ssl);
/// The newest entry of OpenSSL's queue as text; empties it.
[[nodiscard]] std::string tls_problem();

}  // namespace hl::exchange::gateway
