// Keys for a demonstration: a root that nobody trusts elsewhere and a signer under it, both named as made for trials.
#pragma once
#include <filesystem>

#include "base/result.h"
#include "base/time.h"

namespace hl::documents {

/// Writes SIGNING/default.key (0600), SIGNING/default.crt, TRUST/development.pem and an empty list of revoked
/// certificates, where there are none of them yet. Errors: file.*, documents.signing_identity.
[[nodiscard]] Result<void> make_development_keys(const std::filesystem::path& signing,
                                                 const std::filesystem::path& trust,
                                                 const std::filesystem::path& revocation, Instant now);

}  // namespace hl::documents
