// The directory as JSON lists for the API. Pure functions over a snapshot; any thread. Dates are ISO texts, an open end
// is null.
#pragma once
#include <boost/json.hpp>

#include "directory/calendar.h"
#include "directory/directory.h"

namespace hl::directory {

[[nodiscard]] boost::json::object view(const Unit& unit, Date d);  // as on `d`, or its last version when it has ended
[[nodiscard]] boost::json::object view(const Agency& agency, Date d);
[[nodiscard]] boost::json::object view(const Position& position);
[[nodiscard]] boost::json::object view(const Succession& succession);

[[nodiscard]] boost::json::array units_view(const Directory& directory, Date d, std::optional<UnitLevel> level = {});
/// Units whose present or former name has these words (diacritics do not matter), each with the unit that continues it.
[[nodiscard]] boost::json::array search_view(const Directory& directory, std::string_view words, Date d,
                                             size_t limit = 20);
[[nodiscard]] boost::json::array agencies_view(const Directory& directory, Date d, std::optional<AgencyKind> kind = {});
/// One agency whole: versions, positions on `d` and the departments they stand in, whom it succeeded and who succeeded
/// it.
[[nodiscard]] boost::json::object agency_view(const Directory& directory, const Agency& agency, Date d);
/// Which agencies became this one, step by step, and which it became: every succession on the way with the names of
/// that day, in order of time.
[[nodiscard]] boost::json::array lineage_view(const Directory& directory, const Agency& agency);
/// Days [from, to): date, kind, whether worked, reason and notice where there are some, provisional. At most 800 days.
[[nodiscard]] boost::json::object calendar_view(const Calendar& calendar, Date from, Date to);

}  // namespace hl::directory
