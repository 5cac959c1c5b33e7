// The HTTP face of drafts: /api/v1/drafts. An account sees its own; without one a draft is reached with the token that
// its first request made up (X-Draft-Token), so that no answer carries a secret. Files and filing need an account.
#pragma once
#include "access/api.h"
#include "dossiers/drafts.h"

namespace hl::dossiers {

void add_draft_routes(access::Api& api, const std::function<Context()>& context, std::shared_ptr<const Files> files);

}  // namespace hl::dossiers
