// Where a gateway's own keys lie: keys.json in its keys folder. Values; any thread.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exchange/protocol/identifiers.h"

namespace hl::exchange::gateway {

/// A key in a sealed file, or in a token, and the file in which its certificate is or will be. Names of files are
/// relative to the folder; a token's module is a path of the system.
struct KeyPlace {
    std::string key{};                          // sealed file
    std::string token{}, module{}, pin_file{};  // or RFC 7512, the PKCS#11 module, the file that holds the PIN
    std::string certificate{};                  // PEM: the key's own first, then those between it and its authority
    bool operator==(const KeyPlace&) const = default;
    [[nodiscard]] const std::string& name() const { return key.empty() ? token : key; }
};

/// Of each list the last key that can be used is in use, so that a new one takes over when its certificate is there.
struct KeyPlaces {
    std::vector<KeyPlace> authentication;
    std::map<ClientId, std::vector<KeyPlace>> signing;  // by member
    bool operator==(const KeyPlaces&) const = default;
};

/// {"authentication": [{"key": "auth-1.key", "certificate": "auth-1.pem"}], "signing": {"INST/GOV/H50": [{"token":
/// "pkcs11:…", "module": "/usr/lib/…", "pin_file": "pin", "certificate": "sign-1.pem"}]}}. Error exchange.keys_file,
/// pointing into the document.
[[nodiscard]] Result<KeyPlaces> read_key_places(std::string_view json);
[[nodiscard]] std::string write_key_places(const KeyPlaces& places);

}  // namespace hl::exchange::gateway
