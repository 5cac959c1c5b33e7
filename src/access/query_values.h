// Values of a call's query, for the rooms' routes. Any thread.
#pragma once
#include "access/api.h"

namespace hl::access {

/// The number of that name; `otherwise` when it is not given. Error query.number: no number, or not from min to max.
[[nodiscard]] Result<int64_t> number_in_query(const Call& call, std::string_view name, int64_t otherwise, int64_t min,
                                              int64_t max);
/// The version that If-Match names: `"5"`, `W/"5"`; nothing when it is not given or `*`. Error http.if_match.
[[nodiscard]] Result<std::optional<int64_t>> version_in_if_match(const Call& call);

}  // namespace hl::access
