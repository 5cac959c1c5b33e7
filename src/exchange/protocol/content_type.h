// Content types as MIME and HTTP write them. Pure functions on outside bytes; any thread.
#pragma once
#include <string>
#include <string_view>

namespace hl::exchange {

/// "text/xml" of " Text/XML ; charset=utf-8": lower case, without parameters.
[[nodiscard]] std::string media_type(std::string_view content_type);
/// A parameter's value, unquoted; "" when it is absent. Names compare without case.
[[nodiscard]] std::string content_type_parameter(std::string_view content_type, std::string_view name);
/// ASCII only.
[[nodiscard]] std::string lower_case(std::string_view text);
/// Without spaces and tabs at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace hl::exchange
