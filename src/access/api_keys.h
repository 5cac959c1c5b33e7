// API keys of machine accounts: "hlk_ID_SECRET", the secret stored hashed and shown once. Commands run in the caller's
// transaction, questions on its Reader; any thread. Who signs in with one is found by Sessions.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "access/accounts.h"

namespace hl::access {

struct ApiKey {
    std::string id;
    AccountId account;
    std::string login, name;  // of the account
    std::string label;
    Instant created;
    std::optional<Instant> expires, revoked;
    std::optional<Instant> last_used;  // to the minute; nothing: never
};

/// Errors: account.unknown, account.closed, api_key.not_machine, api_key.expiry (not in the future).
[[nodiscard]] Result<std::string> create_api_key(store::Transaction& tx, const AccountId& machine,
                                                 std::string_view label, std::optional<Instant> expires,
                                                 std::string_view actor, Random& random, Instant now);
/// Again for a revoked key changes nothing. Errors: api_key.unknown.
[[nodiscard]] Result<void> revoke_api_key(store::Transaction& tx, std::string_view key_id, std::string_view actor,
                                          Instant now);
/// Newest first; of one account, or of all when it is empty. The cursor is the last key's, empty at first.
struct ApiKeyPage {
    std::vector<ApiKey> items;
    std::string next;  // empty: that was the last
};
/// Errors: page.cursor.
[[nodiscard]] Result<ApiKeyPage> list_api_keys(store::Reader& reader, const AccountId& account, std::string_view cursor,
                                               int limit);

}  // namespace hl::access
