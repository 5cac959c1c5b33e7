// The protocol's enumerations as tables. Private to the room.
#pragma once
#include <array>

#include "ioc/warnings/cap.h"

namespace hl::warnings::words {

inline constexpr std::array<std::string_view, 5> status{"Actual", "Exercise", "System", "Test", "Draft"};
inline constexpr std::array<std::string_view, 5> type{"Alert", "Update", "Cancel", "Ack", "Error"};
inline constexpr std::array<std::string_view, 3> scope{"Public", "Restricted", "Private"};
inline constexpr std::array<std::string_view, 12> category{"Geo",    "Met", "Safety",    "Security", "Rescue", "Fire",
                                                           "Health", "Env", "Transport", "Infra",    "CBRNE",  "Other"};
inline constexpr std::array<std::string_view, 9> response{"Shelter", "Evacuate", "Prepare",  "Execute", "Avoid",
                                                          "Monitor", "Assess",   "AllClear", "None"};
inline constexpr std::array<std::string_view, 5> urgency{"Immediate", "Expected", "Future", "Past", "Unknown"};
inline constexpr std::array<std::string_view, 5> severity{"Extreme", "Severe", "Moderate", "Minor", "Unknown"};
inline constexpr std::array<std::string_view, 5> certainty{"Observed", "Likely", "Possible", "Unlikely", "Unknown"};

template <class E>
constexpr const auto& table() {
    if constexpr (std::is_same_v<E, Status>)
        return status;
    else if constexpr (std::is_same_v<E, MessageType>)
        return type;
    else if constexpr (std::is_same_v<E, Scope>)
        return scope;
    else if constexpr (std::is_same_v<E, Category>)
        return category;
    else if constexpr (std::is_same_v<E, Response>)
        return response;
    else if constexpr (std::is_same_v<E, Urgency>)
        return urgency;
    else if constexpr (std::is_same_v<E, Severity>)
        return severity;
    else
        return certainty;
}

}  // namespace hl::warnings::words
