// What the simulated portal finds wrong with a record: unknown fields, dates that are none, what a status needs,
// statuses out of order. Throws Wrong with the portal's own code and sentence.
#pragma once
#include "module.h"

namespace sim::portal {

inline constexpr int ok = 0, exists = 3, unknown_key = 4, out_of_order = 5, wrong_field = 6, no_session = -2,
                     bad_request = 1;

struct Wrong {
    int code;
    std::string message;
};

/// The member as text; empty when it is not there.
[[nodiscard]] std::string text(const json::object& o, std::string_view field);
void check_dossier(const json::object& o);
void check_order(const std::string& before, const std::string& after);
void check_progress(const json::object& o);

}  // namespace sim::portal
