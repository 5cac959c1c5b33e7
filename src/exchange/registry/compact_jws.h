// JSON Web Signatures in their compact form (RFC 7515, EdDSA of RFC 8037), as this part writes them: one header is
// right for one key and one type, so no other algorithm, key or kind of document can be talked into being used. Pure;
// any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.h"

namespace hl::exchange {

/// Lower-case hex of the SHA-256 of an Ed25519 public key: how join codes and people name it.
[[nodiscard]] std::string key_fingerprint(std::string_view public_key);

/// `type` says what is signed ("hl-configuration"); the key id is the key's fingerprint.
[[nodiscard]] std::string sign_compact(std::string_view type, std::string_view payload, const crypto::SigningKey& key);
/// The payload, once the signature of this key over this type holds. Error exchange.jws: its English says why, for a
/// caller's own error.
[[nodiscard]] Result<std::string> open_compact(std::string_view text, std::string_view type,
                                               std::string_view public_key);
/// The fingerprint that the header names. Believe nothing of it before open_compact.
[[nodiscard]] std::optional<std::string> signer_of_compact(std::string_view text, std::string_view type);
/// The payload, unverified: only to learn with which key to open it.
[[nodiscard]] std::optional<std::string> unverified_payload(std::string_view text);

}  // namespace hl::exchange
