// A code that people copy from one screen to another: a prefix that says what it is, JSON in base64url, a checksum, so
// that a lost or wrong character is noticed before anything is asked with it. Spaces and line breaks do not matter.
// The checksum is no signature: whoever reads the code checks its secret. Any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace hl {

[[nodiscard]] std::string copied_code(std::string_view prefix, const json::object& value);
/// Nothing when it is longer than `longest`, of another prefix, incomplete or changed.
[[nodiscard]] std::optional<json::value> read_copied_code(std::string_view prefix, size_t longest,
                                                          std::string_view text);

}  // namespace hl
