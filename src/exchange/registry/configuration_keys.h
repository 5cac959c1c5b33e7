// Which key signs the configuration, and how one follows another without a stop: a statement is announced, the old key
// signs until its day, then the new one does and the old one is destroyed. Statements are only ever added: gateways
// that were away for months follow them from the key that they know. Functions with a Transaction or Reader run in the
// caller's; the others open their own, since they touch files.
#pragma once
#include "exchange/registry/key_statement.h"
#include "exchange/registry/registry.h"

namespace hl::exchange {

struct KeyRecord {
    KeyStatement statement;
    std::string text;  // as it is served
    std::string fingerprint, previous;
    std::string announced_by;
    std::optional<Instant> in_force;   // since when it has signed
    std::optional<Instant> destroyed;  // when the key before it was destroyed
};
/// Every statement, the first one first.
[[nodiscard]] std::vector<KeyRecord> key_records(store::Reader& reader);
[[nodiscard]] std::vector<std::string> key_statement_texts(store::Reader& reader);

struct KeyInForce {
    int64_t number = 0;  // of the statement that made it the key; 0: none did
    std::string public_key, fingerprint;
};
/// The key that signs what is issued at `now`: once one has signed, no clock leads back to the one before.
[[nodiscard]] KeyInForce key_in_force(store::Reader& reader, const Registry& registry, Instant now);
/// The key that signed last.
[[nodiscard]] KeyInForce key_of_the_last_issue(store::Reader& reader, const Registry& registry);
/// The private part of the one that signs now. Notes that it does. Error exchange.registry_key: it is not on this
/// machine.
[[nodiscard]] Result<KeyFiles::Key> key_to_sign_with(store::Transaction& tx, const Registry& registry, Instant now);

struct NewKey {
    KeyReason reason = KeyReason::planned;
    std::chrono::days overlap{7};  // 0 to 90: how long the old key goes on signing
};
/// Makes a key, announces it and issues the configuration (by the new key at once when there is no overlap). By the
/// installation's registrars. Errors: access.denied, exchange.key_overlap, exchange.key_pending (one is announced
/// already), exchange.key_chain_full, exchange.registry_key.
[[nodiscard]] Result<KeyRecord> announce_key(store::Store& store, const Registry& registry, const access::Actor& actor,
                                             const NewKey& wanted, Random& random, Instant now);

/// Are the private keys here, that of today and the announced one? Several nodes need them before the day. Error
/// exchange.registry_key.
[[nodiscard]] Result<void> require_keys_here(store::Reader& reader, const Registry& registry);

/// Before anything is issued: statements that only the copy beside the keys still knows, after an older database was
/// restored, are entered again. Error exchange.key_copy (the two contradict one another).
[[nodiscard]] Result<void> recover_keys(store::Store& store, const Registry& registry, Instant now);
/// After something was issued: the chain is copied beside the keys, and a key whose successor signs is destroyed.
[[nodiscard]] Result<void> settle_keys(store::Store& store, const Registry& registry, Instant now);

}  // namespace hl::exchange
