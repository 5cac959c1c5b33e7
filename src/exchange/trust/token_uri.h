// Names of keys in tokens: RFC 7512 ("pkcs11:token=Cong%201;object=signing;id=%01"). Values; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl::exchange {

/// What is absent matches anything. A PIN has no place in it: addresses are written into logs.
struct TokenUri {
    std::optional<std::string> token, serial, manufacturer, model;  // of the token
    std::optional<std::string> object, id;                          // of the key
};
/// Error exchange.token_uri.
[[nodiscard]] Result<TokenUri> parse_token_uri(std::string_view uri);

}  // namespace hl::exchange
