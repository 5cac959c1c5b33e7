// Server-sent events as text. Pure, any thread. The live feed that sends them is the desk's (dossiers/feed.h).
#pragma once
#include <string>
#include <string_view>

namespace hl::http {

/// One event as it stands in the stream; an empty id or type is left out. Line breaks cannot begin a field of their
/// own.
[[nodiscard]] std::string event_frame(std::string_view id, std::string_view type, std::string_view data);

}  // namespace hl::http
