// What the operations centre tells the ledger. Payload member names are the wire names; a shape never changes, it gets
// a new version.
#pragma once
#include <string_view>

namespace hl::ioc::events {
inline constexpr std::string_view indicators_applied = "ioc.indicators_applied";  // v1 {indicators, version, hash}
inline constexpr std::string_view values_supplied =
    "ioc.values_supplied";  // v1 {batch, source, values[{key,indicator,period,kind,agency,unit,value,replaced}]}
inline constexpr std::string_view alert_raised =
    "ioc.alert_raised";  // v1 {rule, indicator, agency, period, value, limit, critical, position}
inline constexpr std::string_view alert_cleared =
    "ioc.alert_cleared";  // v1 {rule, indicator, agency, period, value, limit, position}
}  // namespace hl::ioc::events
