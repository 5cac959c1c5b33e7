// The parts of this room's HTTP face that stand in files of their own.
#pragma once
#include "links/portal/routes.h"

namespace hl::links::portal {

/// Citizens' questions.
void add_question_routes(access::Api& api, const RouteParts& parts);
/// Earlier answers.
void add_found_routes(access::Api& api, const RouteParts& parts);
/// May the caller give out what waits for the centre; false as well while there is no rule.
[[nodiscard]] bool gives_out(const RouteParts& parts, store::Reader& reader, const access::Call& call);
/// The national store of papers.
void add_result_routes(access::Api& api, const RouteParts& parts);

}  // namespace hl::links::portal
