// A calendar as JSON: how it is stored and how lists show it. Pure, any thread. calendar_from_json reads what
// calendar_to_json wrote and throws (boost::system::system_error) on anything else: a damaged row is a fault, not
// input.
#pragma once
#include <boost/json.hpp>

#include "directory/calendar.h"

namespace hl::directory {

[[nodiscard]] boost::json::object calendar_to_json(const CalendarData& calendar);
[[nodiscard]] CalendarData calendar_from_json(const boost::json::value& value);

}  // namespace hl::directory
