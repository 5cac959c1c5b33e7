// Lists of revoked certificates (RFC 5280): read, held against the authority that made them, asked about a certificate.
// What no list in force speaks about is unknown, and unknown is not good. Immutable once made; any thread.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "documents/certificate.h"

namespace hl::documents {

/// One list as it was fetched: what it says of itself. `der` are its bytes.
struct RevocationList {
    std::string issuer;  // RFC 2253
    Instant this_update, next_update;
    int64_t entries = 0;
    bool verified = false;  // by an authority of the trust store; otherwise its issuer must come with the signature
    std::string der;
};

inline constexpr size_t largest_revocation_list = 32u << 20;

/// DER or PEM. Errors: documents.revocation_list (no list, a delta, no nextUpdate, a wrong signature).
[[nodiscard]] Result<RevocationList> read_revocation_list(std::string_view bytes,
                                                          const std::vector<std::string>& anchors_pem);

struct Revocation {
    enum class State { good, revoked, unknown };
    State state = State::unknown;
    std::optional<Instant> revoked_at;  // the earlier of the day of revocation and the day since when it is invalid
    std::optional<Instant> as_of;       // of the newest list of the signer's issuer
    std::string why;                    // when unknown: "no_list", "stale", "not_yet", "wrong"
};

class RevocationLists {
  public:
    explicit RevocationLists(std::vector<RevocationList> lists = {});
    ~RevocationLists();
    RevocationLists(const RevocationLists&) = delete;
    RevocationLists& operator=(const RevocationLists&) = delete;
    /// Of the certificate and every authority between it and its anchor, by the lists that are in force at `now`.
    [[nodiscard]] Revocation judge(const Certificate& certificate, const std::vector<std::string>& anchors_pem,
                                   Instant now) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hl::documents
