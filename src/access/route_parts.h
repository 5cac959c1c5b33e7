// The parts that routes.cpp is put together from, and what they share. Private to this room.
#pragma once
#include "access/routes.h"

namespace hl::access {

void add_key_routes(Api& api, const RouteContext& context);
void add_read_routes(Api& api);
void add_display_routes(Api& api, const RouteContext& context);

[[nodiscard]] boost::json::value text_or_null(const std::string& s);
[[nodiscard]] Error unknown_login();
/// The account that the path names.
[[nodiscard]] Result<Account> account_of(store::Reader& reader, const Call& call);

}  // namespace hl::access
