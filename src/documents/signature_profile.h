// What an edXML signature may look like, checked on the tree before any cryptography: one signature, in the header, one
// reference, to the whole message. Private to this room.
#pragma once
#include <libxml/tree.h>

#include <optional>
#include <string>

#include "base/result.h"

namespace hl::documents {

struct SignatureProfile {
    xmlNode* signature = nullptr;
    std::string algorithm;
    bool weak = false;
    /// A time-stamp over the signature's value (XAdES): what is stamped, and the token.
    struct Stamp {
        std::string stamped, token;
    };
    std::optional<Stamp> time_stamp{};
};
/// Errors: edxml.unsigned, edxml.signature_profile.
[[nodiscard]] Result<SignatureProfile> check_signature_profile(xmlDoc* document);

}  // namespace hl::documents
