// What the ledger is told of warnings. Member names are the wire names; a shape never changes, it gets a new version.
#pragma once
#include <string_view>

namespace hl::warnings::events {
/// v1 {id, identifier, sender, agency, type, status, severity, urgency, certainty, communes[], expires, hash,
/// references[]}; `hash` is the SHA-256 of the XML, instants are milliseconds, what is empty is left out. The stream is
/// "ioc:warning:<id>".
inline constexpr std::string_view issued = "ioc.warning_issued";
inline constexpr std::string_view updated = "ioc.warning_updated";
inline constexpr std::string_view cancelled = "ioc.warning_cancelled";
/// The same of a message that somebody else issued; `agency` is left out.
inline constexpr std::string_view received = "ioc.warning_received";
}  // namespace hl::warnings::events
