#include "access/accounts.h"

#include "base/text.h"

namespace hl::access {

namespace {

constexpr std::string_view insert_account =
    "INSERT INTO account (id, login, kind, name, officer, subject, password, password_at, must_change, failures, "
    "locked_until, factor_secret, factor_pending, factor_last_step, closed_at, closed_reason, last_seen, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, '', '', 0, NULL, '', NULL, ?)";
#define HL_ACCOUNT_COLUMNS                                                                                      \
    "id, login, kind, name, officer, subject, must_change, locked_until, factor_secret, closed_at, last_seen, " \
    "password_at"
constexpr std::string_view select_columns_by_login = "SELECT " HL_ACCOUNT_COLUMNS " FROM account WHERE login = ?";
constexpr std::string_view select_columns_by_id = "SELECT " HL_ACCOUNT_COLUMNS " FROM account WHERE id = ?";
constexpr std::string_view select_page =
    "SELECT " HL_ACCOUNT_COLUMNS " FROM account WHERE login > ? ORDER BY login LIMIT ?";
constexpr std::string_view select_page_of_kind =
    "SELECT " HL_ACCOUNT_COLUMNS " FROM account WHERE kind = ? AND login > ? ORDER BY login LIMIT ?";
constexpr std::string_view select_grants =
    "SELECT role, agency, valid_from, valid_to FROM account_grant WHERE account = ? ORDER BY role, agency, valid_from";

Account read_account(const store::Row& row) {
    Account a;
    a.id = row.id<AccountId>(0);
    a.login = row.string(1);
    a.kind = account_kind_from(row.text(2)).value_or(AccountKind::officer);
    a.name = row.string(3);
    a.officer = row.id<OfficerId>(4);
    a.subject = row.id<SubjectId>(5);
    a.must_change_password = row.integer(6) != 0;
    a.state = !row.is_null(9) ? AccountState::closed : !row.is_null(7) ? AccountState::locked : AccountState::active;
    a.has_factor = !row.text(8).empty();
    a.last_seen = row.optional_instant(10);
    a.password_at = row.optional_instant(11);
    return a;
}

void load_grants(store::Reader& reader, Account& account) {
    account.grants = reader.all(select_grants, {account.id}, [](const store::Row& row) {
        Grant g;
        g.role = role_from(row.text(0)).value_or(Role::citizen);
        g.agency = row.id<AgencyId>(1);
        g.from = row.date(2);
        g.to = row.optional_date(3);
        return g;
    });
}

Error unknown_account() {
    return {ErrorKind::not_found, "account.unknown", "Không có tài khoản này.", "There is no such account."};
}

Error login_invalid() {
    return {ErrorKind::invalid, "account.login",
            "Tên đăng nhập dài 3–60 ký tự, chỉ gồm chữ thường không dấu, chữ số và . _ - @.",
            "A login has 3 to 60 characters: lower-case letters, digits and . _ - @.", "/login"};
}

bool login_well_formed(std::string_view login) {
    if (login.size() < 3 || login.size() > 60) return false;
    return std::all_of(login.begin(), login.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '@';
    });
}

/// TCVN 14423:2026 as given in the policy: long, not the login, and with a second factor a shorter one is enough.
Result<void> judge_password(std::string_view password, std::string_view login, bool has_factor,
                            const AccountPolicy& policy) {
    const size_t least = has_factor ? policy.password_length_with_factor : policy.password_length;
    if (text::length(password) < least || password.size() > 1024) {
        return Error{ErrorKind::invalid, "password.short", fmt::format("Mật khẩu cần ít nhất {} ký tự.", least),
                     fmt::format("A password needs at least {} characters.", least), "/password"};
    }
    const bool repeated = password.find_first_not_of(password.front()) == std::string_view::npos;
    if (repeated || text::lower(password).find(login) != std::string::npos) {
        return Error{ErrorKind::invalid, "password.weak",
                     "Mật khẩu không được chứa tên đăng nhập hoặc chỉ một ký tự lặp lại.",
                     "A password must not contain the login nor be one repeated character.", "/password"};
    }
    return Nothing{};
}

std::string random_word(Random& random, size_t bytes) {
    return crypto::to_base64url(crypto::random_bytes(random, bytes));
}

void append(store::Transaction& tx, std::string_view type, const AccountId& account, std::string_view actor,
            Instant now, boost::json::object data = {}) {
    data["account"] = account.value;
    tx.append({std::string{type}, 1, account.value, std::string{actor}, now, std::move(data)});
}

Result<Account> existing(store::Reader& reader, const AccountId& id) {
    auto account = load_account(reader, id);
    if (!account) return unknown_account();
    return std::move(*account);
}

}  // namespace

std::string_view to_string(AccountKind kind) {
    switch (kind) {
        case AccountKind::officer:
            return "officer";
        case AccountKind::machine:
            return "machine";
        case AccountKind::citizen:
            return "citizen";
    }
    throw std::logic_error("an account kind has no word");
}

std::optional<AccountKind> account_kind_from(std::string_view word) {
    for (const auto kind : {AccountKind::officer, AccountKind::machine, AccountKind::citizen})
        if (to_string(kind) == word) return kind;
    return std::nullopt;
}

Result<AccountId> create_account(store::Transaction& tx, const NewAccount& account, const AccountPolicy& policy,
                                 std::string_view actor, Random& random, Instant now) {
    const std::string login = text::lower(text::trim(account.login));
    if (!login_well_formed(login)) return login_invalid();
    if (find_account(tx, login)) {
        return Error{ErrorKind::conflict, "account.exists", "Tên đăng nhập này đã có người dùng.",
                     "This login is taken.", "/login"};
    }
    std::string hash;
    if (!account.password.empty()) {
        // A one-time secret that must be changed at once is made by us and long enough; people's own are judged.
        if (!account.must_change_password) TRY_VOID(judge_password(account.password, login, false, policy));
        TRY(hash, crypto::hash_password(account.password, policy.cost));
    }
    const AccountId id{make_uuid7(now, random)};
    const auto password_at = hash.empty() ? std::optional<Instant>{} : std::optional{now};
    const bool must_change = account.must_change_password && !hash.empty();
    tx.execute(insert_account, {id, login, to_string(account.kind), account.name, account.officer, account.subject,
                                hash, password_at, must_change, now});
    append(tx, "access.account_created", id, actor, now,
           {{"kind", to_string(account.kind)}, {"officer", account.officer.value}});
    return id;
}

Result<void> grant_role(store::Transaction& tx, const AccountId& account, const Grant& grant, std::string_view actor,
                        Instant now) {
    TRY(auto found, existing(tx, account));
    if (grant.to && *grant.to <= grant.from) {
        return Error{ErrorKind::invalid, "grant.dates", "Ngày kết thúc phải sau ngày bắt đầu.",
                     "The end must come after the start.", "/to"};
    }
    for (const auto& held : found.grants) {
        const bool overlaps = held.role == grant.role && held.agency == grant.agency &&
                              (!held.to || *held.to > grant.from) && (!grant.to || *grant.to > held.from);
        if (overlaps)
            return Error{ErrorKind::conflict, "grant.exists", "Tài khoản đã có vai trò này trong thời gian đó.",
                         "The account already holds this role in that time.", "/role"};
    }
    tx.execute("INSERT INTO account_grant (account, role, agency, valid_from, valid_to) VALUES (?, ?, ?, ?, ?)",
               {account, to_string(grant.role), grant.agency, grant.from, grant.to});
    append(tx, "access.role_granted", account, actor, now,
           {{"role", to_string(grant.role)},
            {"agency", grant.agency.value},
            {"from", to_iso(grant.from)},
            {"to", grant.to ? boost::json::value(to_iso(*grant.to)) : boost::json::value()}});
    return Nothing{};
}

Result<void> revoke_role(store::Transaction& tx, const AccountId& account, Role role, const AgencyId& agency, Date from,
                         std::string_view actor, Instant now) {
    // The grant ends; that it was once held stays on record. One that never began is taken back whole.
    int64_t changed =
        tx.execute("DELETE FROM account_grant WHERE account = ? AND role = ? AND agency = ? AND valid_from >= ?",
                   {account, to_string(role), agency, from});
    changed += tx.execute(
        "UPDATE account_grant SET valid_to = ? WHERE account = ? AND role = ? AND agency = ? AND valid_from < ? "
        "AND (valid_to IS NULL OR valid_to > ?)",
        {from, account, to_string(role), agency, from, from});
    if (changed == 0)
        return Error{ErrorKind::not_found, "grant.unknown", "Tài khoản không có vai trò này.",
                     "The account does not hold this role."};
    append(tx, "access.role_revoked", account, actor, now,
           {{"role", to_string(role)}, {"agency", agency.value}, {"from", to_iso(from)}});
    return Nothing{};
}

Result<PreparedPassword> prepare_password(store::Reader& reader, const AccountId& account, std::string_view password,
                                          const AccountPolicy& policy) {
    TRY(auto found, existing(reader, account));
    TRY_VOID(judge_password(password, found.login, found.has_factor, policy));
    const auto used = reader.all(
        "SELECT password FROM (SELECT password, at FROM password_history WHERE account = ? ORDER BY at DESC LIMIT ?) "
        "AS earlier "
        "UNION SELECT password FROM account WHERE id = ? AND password <> ''",
        {account, policy.password_history, account}, [](const store::Row& row) { return row.string(0); });
    for (const auto& hash : used)
        if (crypto::check_password(password, hash))
            return Error{ErrorKind::invalid, "password.reused",
                         fmt::format("Không dùng lại mật khẩu của {} lần gần nhất.", policy.password_history),
                         fmt::format("Do not reuse one of the last {} passwords.", policy.password_history),
                         "/password"};
    TRY(auto hash, crypto::hash_password(password, policy.cost));
    return PreparedPassword{std::move(hash)};
}

Result<void> store_password(store::Transaction& tx, const AccountId& account, const PreparedPassword& password,
                            bool must_change, std::string_view actor, Instant now) {
    TRY_VOID(existing(tx, account));
    tx.execute(
        "UPDATE account SET password = ?, password_at = ?, must_change = ?, failures = 0, locked_until = NULL WHERE id "
        "= ?",
        {password.hash, now, must_change, account});
    tx.execute(
        "INSERT INTO password_history (account, at, password) VALUES (?, ?, ?) ON CONFLICT (account, at) DO NOTHING",
        {account, now, password.hash});
    append(tx, "access.password_set", account, actor, now);
    return Nothing{};
}

Result<void> close_account(store::Transaction& tx, const AccountId& account, std::string_view actor,
                           std::string_view reason, Instant now) {
    TRY(auto found, existing(tx, account));
    if (found.state == AccountState::closed) return Nothing{};
    tx.execute("UPDATE account SET closed_at = ?, closed_reason = ? WHERE id = ?", {now, reason, account});
    tx.execute("UPDATE session SET ended_at = ? WHERE account = ? AND ended_at IS NULL", {now, account});
    tx.execute("UPDATE api_key SET revoked_at = ? WHERE account = ? AND revoked_at IS NULL", {now, account});
    append(tx, "access.account_closed", account, actor, now, {{"reason", reason}});
    return Nothing{};
}

Result<void> reopen_account(store::Transaction& tx, const AccountId& account, std::string_view actor, Instant now) {
    TRY_VOID(existing(tx, account));
    tx.execute(
        "UPDATE account SET closed_at = NULL, closed_reason = '', failures = 0, locked_until = NULL, last_seen = ? "
        "WHERE id = ?",
        {now, account});
    append(tx, "access.account_reopened", account, actor, now);
    return Nothing{};
}

Result<std::vector<std::string>> close_idle_accounts(store::Transaction& tx, const AccountPolicy& policy, Instant now) {
    const Instant limit = now - policy.idle_days;
    // Machines are closed by hand: a connector that is quiet for a season must not fail on its first day back.
    const auto idle = tx.all(
        "SELECT id, login FROM account WHERE closed_at IS NULL AND kind <> 'machine' AND COALESCE(last_seen, "
        "created_at) < ?",
        {limit}, [](const store::Row& row) {
            return std::pair{row.id<AccountId>(0), row.string(1)};
        });
    std::vector<std::string> logins;
    for (const auto& [id, login] : idle) {
        TRY_VOID(
            close_account(tx, id, "system:access", fmt::format("idle for {} days", policy.idle_days.count()), now));
        logins.push_back(login);
    }
    return logins;
}

Result<std::string> begin_factor(store::Transaction& tx, const AccountId& account, std::string_view issuer,
                                 Random& random, Instant now) {
    TRY(auto found, existing(tx, account));
    if (found.has_factor)
        return Error{ErrorKind::conflict, "factor.exists", "Tài khoản đã có lớp bảo vệ thứ hai.",
                     "The account already has a second factor."};
    const std::string secret = crypto::to_base32(crypto::random_bytes(random, 20));
    tx.execute("UPDATE account SET factor_pending = ? WHERE id = ?", {secret, account});
    append(tx, "access.factor_begun", account, "account:" + account.value, now);
    return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period=30", issuer,
                       found.login, secret, issuer);
}

Result<std::vector<std::string>> confirm_factor(store::Transaction& tx, const AccountId& account, std::string_view code,
                                                Random& random, Instant now) {
    auto pending = tx.first("SELECT factor_pending FROM account WHERE id = ?", {account},
                            [](const store::Row& row) { return row.string(0); });
    if (!pending || pending->empty())
        return Error{ErrorKind::conflict, "factor.not_begun", "Hãy bắt đầu thiết lập lớp bảo vệ thứ hai trước.",
                     "Begin the second factor first."};
    const auto secret = crypto::from_base32(*pending);
    const bool right =
        secret && (crypto::equal_constant_time(crypto::totp(*secret, now), code) ||
                   crypto::equal_constant_time(crypto::totp(*secret, now - std::chrono::seconds{30}), code));
    if (!right)
        return Error{ErrorKind::invalid, "factor.code", "Mã không đúng. Kiểm tra đồng hồ điện thoại rồi nhập mã mới.",
                     "The code is wrong. Check the phone's clock and type a new one.", "/code"};
    tx.execute("UPDATE account SET factor_secret = factor_pending, factor_pending = '' WHERE id = ?", {account});
    tx.execute("DELETE FROM recovery_code WHERE account = ?", {account});
    std::vector<std::string> codes;
    for (int i = 0; i < 10; ++i) {
        codes.push_back(text::lower(crypto::to_base32(crypto::random_bytes(random, 10))));
        tx.execute("INSERT INTO recovery_code (account, code, used_at) VALUES (?, ?, NULL)",
                   {account, crypto::to_hex(crypto::sha256(codes.back()))});
    }
    append(tx, "access.factor_set", account, "account:" + account.value, now);
    return codes;
}

std::optional<Account> find_account(store::Reader& reader, std::string_view login) {
    const std::string lower = text::lower(text::trim(login));
    auto account = reader.first(select_columns_by_login, {lower}, read_account);
    if (account) load_grants(reader, *account);
    return account;
}

std::optional<Account> load_account(store::Reader& reader, const AccountId& id) {
    auto account = reader.first(select_columns_by_id, {id}, read_account);
    if (account) load_grants(reader, *account);
    return account;
}

std::vector<Account> list_accounts(store::Reader& reader, std::string_view after_login, int limit,
                                   std::optional<AccountKind> kind) {
    auto accounts = kind ? reader.all(select_page_of_kind, {to_string(*kind), after_login, limit}, read_account)
                         : reader.all(select_page, {after_login, limit}, read_account);
    for (auto& account : accounts) load_grants(reader, account);
    return accounts;
}

Result<int> give_clerks_their_documents(store::Transaction& tx, Instant now) {
    struct Held {
        AccountId account;
        Grant grant;
    };
    const auto all = tx.all("SELECT account, agency, valid_from, valid_to FROM grant_to_split ORDER BY account, agency",
                            {}, [](const store::Row& row) {
                                return Held{row.id<AccountId>(0),
                                            {Role::registrar, row.id<AgencyId>(1), row.date(2), row.optional_date(3)}};
                            });
    int given = 0;
    for (const auto& held : all) {
        // Two nodes that start at once: who takes the line gives the role.
        if (tx.execute("DELETE FROM grant_to_split WHERE account = ? AND agency = ? AND valid_from = ?",
                       {held.account, held.grant.agency, held.grant.from}) != 1)
            continue;
        if (held.grant.to && *held.grant.to <= local_date(now)) continue;  // ended, and stays so
        const auto done = grant_role(tx, held.account, held.grant, "system:access", now);
        if (!done.ok() && done.error().code != "grant.exists") return Error{done.error()};
        given += done.ok() ? 1 : 0;
    }
    return given;
}

namespace {
constexpr std::string_view select_officers_at =
    "SELECT a.officer, a.name, g.role, g.valid_from, g.valid_to FROM account_grant g JOIN account a ON a.id = "
    "g.account "
    "WHERE g.agency = ? AND a.officer <> '' AND a.closed_at IS NULL ORDER BY a.officer, g.role";
}

std::vector<OfficerAccount> officers_at(store::Reader& reader, const AgencyId& agency, Date day) {
    std::vector<OfficerAccount> out;
    reader.query(select_officers_at, {agency}, [&](const store::Row& row) {
        const auto role = role_from(row.text(2));
        const auto to = row.optional_date(4);
        if (!role || row.date(3) > day || (to && *to <= day)) return;
        if (*role != Role::clerk && *role != Role::handler && *role != Role::approver && *role != Role::head) return;
        if (out.empty() || out.back().officer.value != row.text(0))
            out.push_back({row.id<OfficerId>(0), row.string(1), {}});
        out.back().roles.push_back(*role);
    });
    return out;
}

Result<std::optional<std::string>> first_administrator(store::Transaction& tx, const AccountPolicy& policy,
                                                       Random& random, Instant now) {
    const auto any =
        tx.first("SELECT id FROM account LIMIT 1", {}, [](const store::Row& row) { return row.string(0); });
    if (any) return std::optional<std::string>{};
    const std::string secret = random_word(random, 15);
    TRY(auto id, create_account(tx, {"admin", "Quản trị viên", AccountKind::officer, {}, {}, secret, true}, policy,
                                "system:access", random, now));
    TRY_VOID(
        grant_role(tx, id, {Role::administrator, AgencyId{}, local_date(now), std::nullopt}, "system:access", now));
    return std::optional{secret};
}

}  // namespace hl::access
