// Which key a gateway believes, in a file beside its configuration: at first the one of gateway.yaml, then what it was
// led to by statements or told by a person. Replaced whole: a kill leaves the old or the new. Values; any thread.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "base/time.h"
#include "exchange/registry/key_statement.h"

namespace hl::exchange {

struct PinnedKey {
    std::string root;               // fingerprint of gateway.yaml's key: a pin that began elsewhere does not count
    std::string key;                // Ed25519 public key: configurations are taken when it signed them
    std::string previous;           // the one before: what is on disk may still be signed by it; empty: none
    std::string next;               // pinned by a person ahead of its day; its first configuration makes it the key
    std::optional<int64_t> number;  // of the statement that led to the key; none when a person pinned it
    bool by_person = false;         // what the key before it signed is no measure: numbers may begin anew
    Instant since;
    bool operator==(const PinnedKey&) const = default;

    [[nodiscard]] KeyPosition position() const { return {key_fingerprint(key), number}; }
};

[[nodiscard]] std::filesystem::path pinned_key_file(const std::filesystem::path& folder);
/// What the file says; the root itself when there is none, or when it began with another root. Error
/// exchange.pinned_key (damaged).
[[nodiscard]] Result<PinnedKey> load_pinned_key(const std::filesystem::path& folder, std::string_view root_key);
[[nodiscard]] std::optional<PinnedKey> pinned_key_from_json(std::string_view text);
[[nodiscard]] std::string pinned_key_json(const PinnedKey& pin);
[[nodiscard]] Result<void> store_pinned_key(const std::filesystem::path& folder, const PinnedKey& pin);

}  // namespace hl::exchange
