// What this room tells the ledger. Stream = "document:KEY" (a held message: "document_held:KEY"). Codes, times,
// agencies and numbers; nobody's name, no subject. Payload member names are the wire names; a shape never changes, it
// gets a new version.
#pragma once
#include <string_view>

namespace hl::documents::events {
inline constexpr std::string_view arrived =
    "document.arrived";  // v1 {agency, channel, document_id, from, priority, business, register_by, signature}
inline constexpr std::string_view issued = "document.issued";  // v1 {agency, register, year, number, document_id, to}
inline constexpr std::string_view registered =
    "document.registered";  // v1 {agency, register, year, number, register_by, late}
inline constexpr std::string_view refused = "document.refused";    // v1 {agency}
inline constexpr std::string_view assigned = "document.assigned";  // v1 {agency, officer, due}
inline constexpr std::string_view started = "document.started";    // v1 {agency}
inline constexpr std::string_view finished = "document.finished";  // v1 {agency, due, late}
inline constexpr std::string_view sent = "document.sent";          // v1 {agency, document_id, to, content}
inline constexpr std::string_view take_back_asked =
    "document.take_back_asked";                                        // v1 {agency, document_id, by: sender | us}
inline constexpr std::string_view taken_back = "document.taken_back";  // v1 {agency, document_id}
inline constexpr std::string_view change_answered = "document.change_answered";  // v1 {agency, business, accepted}
inline constexpr std::string_view status_given =
    "document.status_given";  // v1 {agency, number, code, to, document_id}: to be told to `to`
inline constexpr std::string_view status_received = "document.status_received";  // v1 {agency, organ, code, at}
inline constexpr std::string_view held = "document.held";          // v1 {agency?, reason, document_id, of_document}
inline constexpr std::string_view released = "document.released";  // v1 {document}
}  // namespace hl::documents::events
