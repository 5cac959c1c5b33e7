// What the directory tells the ledger. Payload member names are the wire names; a shape never changes, it gets a new
// version.
#pragma once
#include <string_view>

namespace hl::directory::events {
inline constexpr std::string_view pack_applied =
    "directory.pack_applied";  // v1 {pack, hash, units, agencies, positions, calendars}
inline constexpr std::string_view calendar_loaded =
    "directory.calendar_loaded";  // v1 {calendar, version, years[], hash}
inline constexpr std::string_view reorganised =
    "directory.reorganised";  // v1 {date, basis, successions[{from,to,kind,function,area}]}
inline constexpr std::string_view officer_assigned = "directory.officer_assigned";  // v1 {officer, position, from, to}
inline constexpr std::string_view boundaries_stored =
    "directory.boundaries_stored";  // v1 {layer, from, source, licence, date, file_hash, hash, features, points}
}  // namespace hl::directory::events
