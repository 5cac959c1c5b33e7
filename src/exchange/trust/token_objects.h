// Reading objects of a token: attributes, searches, and the public key that belongs to a private one.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "exchange/trust/token_module.h"

namespace hl::exchange {

struct TokenObjects {
    const CK_FUNCTION_LIST& functions;
    CK_SESSION_HANDLE session;

    [[nodiscard]] std::optional<std::string> attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
    /// Handles of the objects of a class with this label and id, where given; at most ten.
    [[nodiscard]] CK_RV find(CK_OBJECT_CLASS kind, const std::optional<std::string>& label,
                             const std::optional<std::string>& id, std::vector<CK_OBJECT_HANDLE>& found) const;
    /// SubjectPublicKeyInfo; empty when the token does not tell.
    [[nodiscard]] std::string public_key_of(CK_OBJECT_HANDLE private_key) const;
};

}  // namespace hl::exchange
