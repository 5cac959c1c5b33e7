// What messages that a partner does not have cost in the index of Decision 766: put together here, since connectors and
// the index do not know each other.
#pragma once
#include <boost/json.hpp>
#include <functional>
#include <string>
#include <vector>

#include "store/db.h"

namespace hl::app {

class Program;

[[nodiscard]] std::function<boost::json::value(store::Reader&, std::string_view, const std::vector<std::string>&,
                                               Instant)>
link_cost(Program& program);

}  // namespace hl::app
