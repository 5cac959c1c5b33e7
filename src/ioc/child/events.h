// What the line between operations centres tells the ledger. Payload member names are the wire names; a shape never
// changes, it gets a new version.
#pragma once
#include <string_view>

namespace hl::ioc::child::events {
// At the parent; the stream is "ioc:child:ID".
inline constexpr std::string_view code_made = "ioc.child_code_made";  // v1 {child, code, name, agencies[], expires}
inline constexpr std::string_view enrolled = "ioc.child_enrolled";    // v1 {child, code, key, again}
inline constexpr std::string_view batch_taken =
    "ioc.child_batch_taken";  // v1 {child, number, hash, from, to, messages, not_understood}
inline constexpr std::string_view batch_refused = "ioc.child_batch_refused";  // v1 {child, number, hash, reason}
inline constexpr std::string_view held = "ioc.child_held";                    // v1 {child, reason}
inline constexpr std::string_view released = "ioc.child_released";            // v1 {child}
inline constexpr std::string_view resume_seen =
    "ioc.child_resume_seen";                                          // v1 {child, number, common, adopted, abandoned}
inline constexpr std::string_view told_down = "ioc.child_told_down";  // v1 {child, series, number, hash, message, kind}
inline constexpr std::string_view down_restarted =
    "ioc.child_down_restarted";  // v1 {child, before{series, number}, series}
// At the child; the stream is "ioc:line".
inline constexpr std::string_view line_opened = "ioc.line_opened";  // v1 {child, parent, key}
inline constexpr std::string_view line_parted =
    "ioc.line_parted";  // v1 {how: behind|forked, own{number, hash}, parent{number, hash}}
inline constexpr std::string_view line_resumed =
    "ioc.line_resumed";  // v1 {common, adopted, abandoned, parent{number, hash}}
inline constexpr std::string_view parent_went_back =
    "ioc.line_parent_went_back";                                   // v1 {acknowledged, parent{number, hash}}
inline constexpr std::string_view received = "ioc.line_received";  // v1 {series, number, hash, messages}
}  // namespace hl::ioc::child::events
