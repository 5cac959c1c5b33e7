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
inline constexpr std::string_view signature_judged =
    "document.signature_judged";  // v1 {agency, document_id, before, signature, reasons}: looked at again
inline constexpr std::string_view signature_overruled =
    "document.signature_overruled";  // v1 {agency, document_id, signature}: registered though it is not sure
// Stream = "document_signer:ID".
inline constexpr std::string_view signer_proposed =
    "document.signer_proposed";  // v1 {organ, rule, certificate, from, to}
inline constexpr std::string_view signer_approved = "document.signer_approved";        // v1 {organ}
inline constexpr std::string_view signer_turned_down = "document.signer_turned_down";  // v1 {organ}
inline constexpr std::string_view signer_ended = "document.signer_ended";              // v1 {organ, to}
inline constexpr std::string_view held = "document.held";          // v1 {agency?, reason, document_id, of_document}
inline constexpr std::string_view released = "document.released";  // v1 {document}
}  // namespace hl::documents::events
