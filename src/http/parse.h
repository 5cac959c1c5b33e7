// Taking apart what a request line and its headers carry. Pure functions on outside bytes; any thread.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace hl::http {

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

struct Target {
    std::string path;
    std::vector<std::pair<std::string, std::string>> query;
};
/// Decodes once and refuses what could mean two things: dot segments, empty segments, encoded slashes, zero bytes,
/// broken escapes, invalid UTF-8. Errors: http.target.
[[nodiscard]] Result<Target> parse_target(std::string_view target);
/// Does a head, as it comes from the wire, go on with a field in a line that begins with a space or a tab (obs-fold,
/// RFC 9112 §5.2)? Programs disagree on what such a line means, so it is refused. What stands after the head does not
/// count; `bytes` may begin at any line of the head and need not hold the rest of it.
[[nodiscard]] bool has_folded_line(std::string_view bytes);
/// Does the list of an Accept-Encoding header take `coding` (q > 0).
[[nodiscard]] bool accepts(std::string_view accept_encoding, std::string_view coding);
/// Is `tag` in an If-None-Match list ("*" matches all; weak comparison).
[[nodiscard]] bool etag_matches(std::string_view if_none_match, std::string_view tag);
/// A request id from outside is kept when it is 8–64 characters of [A-Za-z0-9._-].
[[nodiscard]] bool good_request_id(std::string_view id);

}  // namespace hl::http
