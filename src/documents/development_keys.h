// Keys for a demonstration: a root that nobody trusts elsewhere and a signer under it, both named as made for trials.
#pragma once
#include <filesystem>

#include "base/result.h"
#include "base/time.h"

namespace hl::documents {

/// Writes SIGNING/default.key (0600), SIGNING/default.crt and TRUST/development.pem, where there are none of them yet.
/// Errors: file.*, documents.signing_identity.
[[nodiscard]] Result<void> make_development_keys(const std::filesystem::path& signing,
                                                 const std::filesystem::path& trust, Instant now);

}  // namespace hl::documents
