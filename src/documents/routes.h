// HTTP face of documents.
#pragma once
#include "access/api.h"
#include "documents/axis.h"

namespace hl::documents {

/// The axis outlives the routes; null: the installation has none, and every route says so.
void add_routes(access::Api& api, const Axis* axis);

}  // namespace hl::documents
