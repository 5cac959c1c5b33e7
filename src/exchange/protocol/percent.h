// Percent-encoding of identifier parts and paths (RFC 3986 section 2.1, PR-REST 4.2). Pure functions; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace hl::exchange {

/// Escapes become bytes; "+" stays. Nothing when an escape is malformed or the result is not UTF-8.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);
/// Everything but A-Z a-z 0-9 - . _ ~ as escapes, appended.
void append_percent_encoded(std::string& out, std::string_view text);
/// U+0000 to U+001F, U+007F to U+009F in UTF-8 text.
[[nodiscard]] bool has_control_characters(std::string_view utf8);

}  // namespace hl::exchange
