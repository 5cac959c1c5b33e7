// How one key that signs configurations follows another. A statement names the new key; the key before it signs it, and
// the new one has signed it first, so that its possession is proved. Statements make a chain that a gateway follows
// from the key that it has pinned, however long it was away. Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/time.h"
#include "exchange/registry/compact_jws.h"

namespace hl::exchange {

/// Why a key was changed. After a suspected compromise nothing that the old key signs proves anything: no gateway
/// follows such a statement, people pin the new key by its fingerprint.
enum class KeyReason { planned, compromise };
[[nodiscard]] std::string_view to_string(KeyReason reason);
[[nodiscard]] std::optional<KeyReason> key_reason_from(std::string_view word);

struct KeyStatement {
    int64_t number = 0;  // from 1, without gaps
    std::string instance;
    std::string key, previous;  // Ed25519 public keys, 32 bytes
    Instant issued;
    Instant valid_from;  // from then on the new key signs
    KeyReason reason = KeyReason::planned;
    bool operator==(const KeyStatement&) const = default;
};

[[nodiscard]] std::string sign_key_statement(const KeyStatement& statement, const crypto::SigningKey& previous,
                                             const crypto::SigningKey& key);
/// Both signatures hold for the keys that it names; whether these are to be believed is for `follow_keys` to say.
/// Errors: exchange.key_statement (malformed), exchange.key_statement_signature,
/// exchange.key_statement_countersignature.
[[nodiscard]] Result<KeyStatement> read_key_statement(std::string_view text);

/// Every statement of an instance, the first one first.
struct KeyChain {
    std::string instance;
    std::vector<KeyStatement> statements;
};
inline constexpr size_t most_key_statements = 10'000, largest_key_chain = 24u << 20;

/// {"instance", "statements": [texts]}, as it is served.
[[nodiscard]] std::string key_chain_json(std::string_view instance, const std::vector<std::string>& statements);
/// Whole and in itself right: numbers without a gap, each key the successor of the one before and of no other, dates
/// that do not go back. Errors: those of read_key_statement, exchange.key_chain (malformed), exchange.key_chain_gap,
/// exchange.key_chain_fork, exchange.key_chain_rolled_back, exchange.key_chain_instance.
[[nodiscard]] Result<KeyChain> read_key_chain(std::string_view json);
/// The texts alone, not judged.
[[nodiscard]] Result<std::vector<std::string>> texts_of_key_chain(std::string_view json);

/// Where somebody stands on a chain.
struct KeyPosition {
    std::string fingerprint;
    std::optional<int64_t> number;  // of the statement that led here; not known when a person pinned the key
};
struct FollowedKey {
    std::string public_key;
    int64_t number = 0;
};
/// From the key that is believed to the one with the fingerprint `to`. Clocks may differ by `clock_tolerance`.
/// Errors: exchange.key_chain_unknown (the believed key is not in it), exchange.key_chain_short (the wanted one is
/// not), exchange.key_chain_rolled_back, exchange.key_chain_fork, exchange.key_chain_future, exchange.key_compromised.
[[nodiscard]] Result<FollowedKey> follow_keys(const KeyChain& chain, const KeyPosition& from, std::string_view to,
                                              Instant now);
inline constexpr std::chrono::minutes clock_tolerance{5};

}  // namespace hl::exchange
