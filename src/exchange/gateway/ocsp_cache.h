// The OCSP responses for the gateway's own certificates, kept fresh in the background: each signature carries one, and
// a peer refuses a stale one. While a responder is down the last response serves for as long as it is fresh; what is
// kept on disk survives a restart. Any thread.
#pragma once
#include <boost/json.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "base/ticker.h"
#include "exchange/gateway/identity.h"
#include "exchange/registry/configuration.h"

namespace hl::exchange::gateway {

/// A certificate whose state is asked for, and whom.
struct OcspSubject {
    Certificate certificate, issuer;
    std::vector<std::string> urls;
    std::vector<std::string> responders;  // DER, named beforehand by the authority
};
/// Of a gateway's keys in use and those to come; the addresses are the authorities' in the configuration, else the
/// certificate's own. A certificate under no authority of the configuration is not among them.
[[nodiscard]] std::vector<OcspSubject> ocsp_subjects(const IdentitySnapshot& identity,
                                                     const Configuration& configuration, Instant now);

struct OcspTerms {
    std::chrono::seconds freshness{3600};
    std::chrono::seconds ask_again{1200};  // a response of this age is replaced while it still serves
    std::chrono::seconds retry{30};        // after a failure
    std::chrono::milliseconds timeout{10'000};
};

class OcspCache {
  public:
    /// `folder` keeps responses over restarts (made when missing).
    OcspCache(std::function<std::vector<OcspSubject>()> subjects, std::function<OcspTerms()> terms,
              std::filesystem::path folder, const Clock& clock);
    ~OcspCache();
    void start();
    void wake();  // after keys changed
    void stop();
    /// Asks for what is due, on the calling thread; gives how long until something is due again.
    std::chrono::milliseconds refresh();

    /// DER of a fresh response. Error exchange.ocsp: none, stale (says since when nobody answers), revoked.
    [[nodiscard]] Result<std::string> response(const std::string& certificate_sha256) const;
    /// All fresh ones.
    [[nodiscard]] std::vector<std::string> responses() const;
    /// {"status": "ok", "warning" or "failing", "certificates": [{…"fresh_until", "down_since"}], "problems": […]}.
    [[nodiscard]] boost::json::object health() const;

  private:
    struct Entry {
        std::string subject;   // of the certificate
        std::string response;  // DER; empty: none
        Instant this_update{};
        std::optional<Instant> next_update;
        std::optional<Instant> down_since;  // when asking began to fail
        std::optional<Error> problem;       // of the last asking
        bool refused = false;               // its authority says that it is not good
        Instant due{};
    };
    [[nodiscard]] Result<std::string> ask(const OcspSubject& subject, const OcspTerms& terms, Entry& entry) const;
    void take(Entry& entry, const OcspSubject& subject, const std::string& response, const OcspTerms& terms,
              Instant now) const;
    void ask_about(const OcspSubject& subject, Entry& entry, const OcspTerms& terms);
    [[nodiscard]] std::optional<Instant> fresh_until(const Entry& entry) const;
    [[nodiscard]] std::filesystem::path file_of(const std::string& sha256) const {
        return folder_ / (sha256 + ".ocsp");
    }

    std::function<std::vector<OcspSubject>()> subjects_;
    std::function<OcspTerms()> terms_;
    std::filesystem::path folder_;
    const Clock& clock_;
    std::mutex refreshing_;
    mutable std::mutex mutex_;  // guards entries_ and freshness_
    std::map<std::string, Entry> entries_;
    std::chrono::seconds freshness_{3600};
    Ticker ticker_;
};

/// A member's key for BatchSigner with a fresh OCSP response, unless the configuration asks for none. Errors:
/// exchange.no_key, exchange.ocsp.
[[nodiscard]] Result<BatchSigner::Identity> signing_identity(const Identity& identity, const OcspCache& cache,
                                                             const ClientId& member, bool require_ocsp);

}  // namespace hl::exchange::gateway
