// Tracking for whoever has no account: by code and phone, with wrong guesses slowed down. Whoever shows what it gives
// logs the read first. Any thread with its own Reader.
#pragma once
#include "dossiers/queries.h"
#include "dossiers/throttle.h"

namespace hl::dossiers {

inline constexpr const char* tracking_purpose = "tra cứu hồ sơ";

/// As `track`; `code` as typed. Errors: tracking.not_found, tracking.throttled.
[[nodiscard]] Result<Tracking> track_slowly(store::Reader& reader, const Context& ctx, PhoneGuesses& guesses,
                                            std::string_view code, std::string_view phone, const std::string& remote,
                                            Instant now);
[[nodiscard]] access::PersonalRead read_of_tracking(const Tracking& found, const access::Actor& actor,
                                                    const std::string& request_id, Instant now);

}  // namespace hl::dossiers
