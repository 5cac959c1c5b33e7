// Time-stamps (RFC 3161) over a signature's value: the one proof of when something was signed that comes with it.
// Private to this room.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "documents/signature_profile.h"

namespace hl::documents {

/// When it was stamped; nothing when the stamp is of something else, or of nobody that is believed.
[[nodiscard]] std::optional<Instant> time_of_stamp(const SignatureProfile::Stamp& stamp,
                                                   const std::vector<std::string>& stampers_pem);

}  // namespace hl::documents
