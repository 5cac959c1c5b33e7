// The code with which a gateway joins: where the registry is, which key signs its configurations, a secret that works
// once. A person carries it, so it has a checksum: a code that lost a letter is told from one that was refused. Values;
// any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "exchange/protocol/identifiers.h"

namespace hl::exchange {

struct JoinCode {
    std::string id;           // names the code in the registry
    std::string secret;       // base64url of 32 random bytes
    std::string url;          // of the registry
    std::string fingerprint;  // of the key that signs configurations (key_fingerprint)
    ServerId server;
    std::vector<ClientId> clients;  // subsystems that the gateway will serve
    Instant expires;
    bool operator==(const JoinCode&) const = default;
};

/// "HL1.<base64url of JSON>.<base64url of the first six bytes of its SHA-256>"
[[nodiscard]] std::string to_text(const JoinCode& code);
/// White space around and within is passed over (codes are pasted from letters). Error exchange.join_code_damaged.
[[nodiscard]] Result<JoinCode> join_code_from_text(std::string_view text);

}  // namespace hl::exchange
