// Accounts of officers, machines and citizens: passwords (argon2id), lock-out, idle closing, second factor, roles by
// agency and date; API keys are in api_keys.h. Commands run in the caller's transaction; personal reads are logged by
// the caller. Level-3 duties (Decree 331/2026/NĐ-CP, TCVN 14423:2026) are AccountPolicy's defaults.
#pragma once
#include <string>
#include <vector>

#include "access/access.h"
#include "base/crypto.h"
#include "store/store.h"

namespace hl::access {

struct AccountPolicy {
    int lockout_failures = 5;
    std::chrono::minutes lockout_time{15};
    std::chrono::days idle_days{45};
    std::chrono::minutes session_lock{15};  // idle session asks for the password again
    std::chrono::minutes session_lock_admin{5};
    std::chrono::hours session_life{12};
    size_t password_length = 14;  // without a second factor
    size_t password_length_with_factor = 8;
    int password_history = 10;
    std::chrono::days admin_password_days{60};
    bool admin_needs_factor = true;
    crypto::PasswordCost cost{};
};

enum class AccountKind { officer, machine, citizen };
[[nodiscard]] std::string_view to_string(AccountKind kind);
[[nodiscard]] std::optional<AccountKind> account_kind_from(std::string_view word);
enum class AccountState { active, locked, closed };

struct Account {
    AccountId id;
    std::string login;  // lower case
    AccountKind kind = AccountKind::officer;
    AccountState state = AccountState::active;
    std::string name;
    OfficerId officer;
    SubjectId subject;
    bool has_factor = false;
    bool must_change_password = false;
    std::optional<Instant> password_at;  // nothing: it has none
    std::optional<Instant> last_seen;
    std::vector<Grant> grants;
};

struct NewAccount {
    std::string login, name;
    AccountKind kind = AccountKind::officer;
    OfficerId officer{};
    SubjectId subject{};
    std::string password;  // empty: none (OpenID Connect or API key only)
    bool must_change_password = true;
};

[[nodiscard]] Result<AccountId> create_account(store::Transaction& tx, const NewAccount& account,
                                               const AccountPolicy& policy, std::string_view actor, Random& random,
                                               Instant now);
[[nodiscard]] Result<void> grant_role(store::Transaction& tx, const AccountId& account, const Grant& grant,
                                      std::string_view actor, Instant now);
[[nodiscard]] Result<void> revoke_role(store::Transaction& tx, const AccountId& account, Role role,
                                       const AgencyId& agency, Date from, std::string_view actor, Instant now);
/// A judged and hashed password. Hashing takes long on purpose, so it is done outside the write.
struct PreparedPassword {
    std::string hash;
};
/// Errors: password.short, password.weak, password.reused.
[[nodiscard]] Result<PreparedPassword> prepare_password(store::Reader& reader, const AccountId& account,
                                                        std::string_view password, const AccountPolicy& policy);
[[nodiscard]] Result<void> store_password(store::Transaction& tx, const AccountId& account,
                                          const PreparedPassword& password, bool must_change, std::string_view actor,
                                          Instant now);
[[nodiscard]] Result<void> close_account(store::Transaction& tx, const AccountId& account, std::string_view actor,
                                         std::string_view reason, Instant now);
[[nodiscard]] Result<void> reopen_account(store::Transaction& tx, const AccountId& account, std::string_view actor,
                                          Instant now);
/// Closes accounts idle for longer than the policy allows; returns their logins.
[[nodiscard]] Result<std::vector<std::string>> close_idle_accounts(store::Transaction& tx, const AccountPolicy& policy,
                                                                   Instant now);
/// Starts the second factor: secret + otpauth URI; active after `confirm_factor` with a right code.
[[nodiscard]] Result<std::string> begin_factor(store::Transaction& tx, const AccountId& account,
                                               std::string_view issuer, Random& random, Instant now);
[[nodiscard]] Result<std::vector<std::string>> confirm_factor(store::Transaction& tx, const AccountId& account,
                                                              std::string_view code, Random& random,
                                                              Instant now);  // ten one-time recovery codes
[[nodiscard]] std::optional<Account> find_account(store::Reader& reader, std::string_view login);
[[nodiscard]] std::optional<Account> load_account(store::Reader& reader, const AccountId& id);
[[nodiscard]] std::vector<Account> list_accounts(store::Reader& reader, std::string_view after_login, int limit,
                                                 std::optional<AccountKind> kind = {});
/// Once, after documents got a role of their own: who held the one-stop's and with it an agency's documents holds both.
/// Gives how many roles were given; 0 ever after.
[[nodiscard]] Result<int> give_clerks_their_documents(store::Transaction& tx, Instant now);
/// Who can be given work at an agency: open accounts of officers with a working role there on `day`.
struct OfficerAccount {
    OfficerId officer;
    std::string name;
    std::vector<Role> roles;
};
[[nodiscard]] std::vector<OfficerAccount> officers_at(store::Reader& reader, const AgencyId& agency, Date day);
/// The administrator of a first start with a one-time password, or nothing when accounts exist already.
[[nodiscard]] Result<std::optional<std::string>> first_administrator(store::Transaction& tx,
                                                                     const AccountPolicy& policy, Random& random,
                                                                     Instant now);

}  // namespace hl::access
