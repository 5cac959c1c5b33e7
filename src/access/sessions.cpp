#include "access/sessions.h"

#include "access/displays.h"
#include "base/log.h"
#include "base/text.h"

namespace hl::access {

namespace {

constexpr std::chrono::seconds cache_time{2};      // how old rights may be
constexpr std::chrono::seconds seen_interval{60};  // how often "last seen" is written
constexpr size_t cache_limit = 20'000;
constexpr std::string_view cookie_name = "__Host-session";
constexpr std::string_view loopback_cookie_name = "session";  // __Host- cookies need TLS; loopback has none

constexpr std::string_view select_login =
    "SELECT id, password, failures, locked_until, factor_secret, factor_last_step, closed_at, must_change, "
    "password_at, kind "
    "FROM account WHERE login = ?";
constexpr std::string_view insert_session =
    "INSERT INTO session (token, id, account, csrf, remote, provider, factor_needed, created_at, expires_at, seen_at, "
    "ended_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)";
constexpr std::string_view select_session =
    "SELECT id, account, csrf, expires_at, seen_at, ended_at, provider FROM session WHERE token = ?";
constexpr std::string_view select_api_key =
    "SELECT account, secret, expires_at, revoked_at, last_used_at FROM api_key WHERE id = ?";
constexpr std::string_view session_seen = "UPDATE session SET seen_at = ? WHERE token = ? AND seen_at < ?";
constexpr std::string_view key_used =
    "UPDATE api_key SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)";
constexpr std::string_view account_seen = "UPDATE account SET last_seen = ? WHERE id = ?";

struct Login {
    AccountId id;
    std::string password;
    int64_t failures = 0;
    std::optional<Instant> locked_until;
    std::string factor_secret;
    int64_t factor_last_step = 0;
    bool closed = false, must_change = false;
    std::optional<Instant> password_at;
    bool person = true;
};

Error bad_credentials() {
    return {ErrorKind::unauthenticated, "access.bad_credentials", "Tên đăng nhập hoặc mật khẩu không đúng.",
            "Wrong login or password."};
}
Error closed() {
    return {ErrorKind::unauthenticated, "access.closed", "Tài khoản đã đóng. Hãy liên hệ quản trị viên để mở lại.",
            "The account is closed. Ask an administrator to reopen it."};
}
Error locked_out(Instant until) {
    return {ErrorKind::unauthenticated, "access.locked",
            fmt::format("Tài khoản tạm khoá vì nhập sai nhiều lần. Thử lại sau {}.", to_vietnamese(until)),
            fmt::format("Locked after repeated failures. Try again after {}.", to_rfc3339_local(until))};
}
Error expired() {
    return {ErrorKind::unauthenticated, "access.session_expired", "Phiên làm việc đã hết hạn. Hãy đăng nhập lại.",
            "The session has ended. Sign in again."};
}
Error password_due() {
    return {ErrorKind::denied, "access.password_due",
            "Mật khẩu này chỉ dùng để đăng nhập lần đầu hoặc đã quá hạn. Hãy đổi mật khẩu rồi làm tiếp.",
            "This password is for one sign-in only, or too old. Change it, then go on."};
}
/// What somebody may still do whose password has to be changed first.
bool serves_password_change(std::string_view path) {
    return path == "/api/v1/me" || path == "/api/v1/me/password" || path.starts_with("/api/v1/sessions");
}
Error session_locked() {
    return {ErrorKind::unauthenticated, "access.session_locked",
            "Phiên đã khoá vì không thao tác. Nhập mật khẩu để tiếp tục.",
            "The session is locked after inactivity. Type the password to go on."};
}
Error not_for_displays() {
    return {ErrorKind::denied, "access.display", "Màn hình trình chiếu chỉ xem số liệu của trung tâm điều hành.",
            "A display only looks at the operations centre's figures."};
}
Error csrf_missing() {
    return {ErrorKind::denied, "access.csrf", "Yêu cầu thiếu mã chống giả mạo. Tải lại trang rồi thử lại.",
            "The request lacks its X-CSRF-Token. Reload the page and try again."};
}

Actor to_actor(const Account& account, std::string session, std::shared_ptr<const directory::Directory> organisation,
               Instant now) {
    Actor actor;
    actor.kind = account.kind == AccountKind::machine   ? ActorKind::machine
                 : account.kind == AccountKind::citizen ? ActorKind::citizen
                                                        : ActorKind::officer;
    actor.account = account.id;
    actor.officer = account.officer;
    actor.subject = account.subject;
    actor.name = account.name;
    actor.grants = account.grants;
    actor.session = std::move(session);
    actor.organisation = std::move(organisation);
    if (actor.organisation && !account.officer.empty()) {
        if (const auto* officer = actor.organisation->officer(account.officer)) {
            const Date today = local_date(now);
            std::optional<PositionId> single;
            int held = 0;
            for (const auto& holding : officer->holdings)
                if (holding.valid.covers(today)) {
                    single = holding.position;
                    ++held;
                }
            if (held == 1) actor.position = single;
        }
    }
    return actor;
}

/// Asked by the page, not by the person before it.
bool is_background(const http::Request& request) {
    return request.header("X-Background") == "1" || request.path == "/api/v1/feed" ||
           request.path == "/api/v1/ioc/feed";
}

bool is_safe(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

std::string token_hash(std::string_view token) {
    return crypto::to_hex(crypto::sha256(token));
}

bool is_administrator(const Account& account) {
    return std::any_of(account.grants.begin(), account.grants.end(),
                       [](const Grant& g) { return g.role == Role::administrator; });
}
/// A one-time password, or an administrator's that is too old.
bool must_change(const Account& account, const AccountPolicy& policy, Instant now) {
    if (account.must_change_password) return true;
    return is_administrator(account) && account.password_at && *account.password_at + policy.admin_password_days < now;
}

}  // namespace

struct Sessions::Cached {
    Actor actor;
    std::string csrf;  // empty for API keys
    std::string key;   // the API key's id; empty for sessions
    Instant loaded, expires, seen;
    Instant seen_written;
    std::chrono::minutes lock{0};  // 0 = never
    bool password_due = false;     // to be changed before anything else
    bool display = false;          // a screen on a wall: never locks, reads little
};

Sessions::Sessions(store::Store& store, AccountPolicy policy,
                   std::function<std::shared_ptr<const directory::Directory>()> organisation, const Clock& clock,
                   Random& random)
    : store_(store), policy_(policy), organisation_(std::move(organisation)), clock_(clock), random_(random) {}

Result<SignedIn> Sessions::sign_in(std::string_view login, std::string_view password, std::optional<std::string> code,
                                   std::string_view remote) {
    const Instant now = clock_.now();
    const std::string lower = text::lower(text::trim(login));
    auto found = store_.read([&](store::Reader& reader) -> Result<std::optional<Login>> {
        return reader.first(select_login, {lower}, [](const store::Row& row) {
            Login l;
            l.id = row.id<AccountId>(0);
            l.password = row.string(1);
            l.failures = row.integer(2);
            l.locked_until = row.optional_instant(3);
            l.factor_secret = row.string(4);
            l.factor_last_step = row.integer(5);
            l.closed = !row.is_null(6);
            l.must_change = row.integer(7) != 0;
            l.password_at = row.optional_instant(8);
            l.person = row.text(9) != "machine";
            return l;
        });
    });
    if (!found.ok()) return std::move(found).error();
    // An unknown login costs the same time as a known one, so that logins cannot be fished for.
    if (!*found || (*found)->password.empty()) {
        (void)crypto::hash_password(password, policy_.cost);
        return bad_credentials();
    }
    const Login account = **found;
    if (account.locked_until && *account.locked_until > now) return locked_out(*account.locked_until);

    const bool right = crypto::check_password(password, account.password);
    const int64_t step = to_ms(now) / 30'000;
    bool factor_right = true;
    std::string recovery;
    int64_t used_step = 0;
    if (right && !account.factor_secret.empty()) {
        if (!code)
            return Error{ErrorKind::unauthenticated, "access.code_needed", "Nhập mã 6 số trong ứng dụng xác thực.",
                         "Type the 6-digit code of the authenticator."};
        const auto secret = crypto::from_base32(account.factor_secret);
        factor_right = false;
        for (int64_t s = step - 1; s <= step + 1 && secret; ++s) {
            // A code is good once: a step already used is refused.
            if (s > account.factor_last_step &&
                crypto::equal_constant_time(crypto::totp(*secret, from_ms(s * 30'000)), *code)) {
                factor_right = true;
                used_step = s;
            }
        }
        if (!factor_right) recovery = crypto::to_hex(crypto::sha256(text::lower(text::trim(*code))));
    }

    const std::string token = crypto::to_base64url(crypto::random_bytes(random_, 32));
    const std::string csrf = crypto::to_base64url(crypto::random_bytes(random_, 18));
    const std::string session_id = crypto::to_hex(crypto::random_bytes(random_, 8));
    struct Outcome {
        std::optional<Error> refused;
        std::optional<Account> account;
    };
    // A failure must be counted, so it commits too: the refusal travels as a value.
    auto outcome = store_.write([&](store::Transaction& tx) -> Result<Outcome> {
        bool passed = right && factor_right;
        if (right && !passed && !recovery.empty())
            passed =
                tx.execute("UPDATE recovery_code SET used_at = ? WHERE account = ? AND code = ? AND used_at IS NULL",
                           {now, account.id, recovery}) == 1;
        if (!passed) {
            tx.execute("UPDATE account SET failures = failures + 1 WHERE id = ?", {account.id});
            const auto failures = tx.first("SELECT failures FROM account WHERE id = ?", {account.id},
                                           [](const store::Row& row) { return row.integer(0); });
            Outcome refused{bad_credentials(), std::nullopt};
            if (failures && *failures >= policy_.lockout_failures) {
                const Instant until = now + policy_.lockout_time;
                tx.execute("UPDATE account SET locked_until = ?, failures = 0 WHERE id = ?", {until, account.id});
                tx.append({"access.locked_out",
                           1,
                           account.id.value,
                           "system:access",
                           now,
                           {{"account", account.id.value}, {"until", to_rfc3339(until)}}});
                refused.refused = locked_out(until);
            }
            return refused;
        }
        if (account.closed) return Outcome{closed(), std::nullopt};
        const Instant expires = now + policy_.session_life;
        const std::string hash = token_hash(token);
        tx.execute(insert_session, {hash, session_id, account.id, csrf, remote, "", 0, now, expires, now});
        tx.execute(
            "UPDATE account SET failures = 0, locked_until = NULL, last_seen = ?, factor_last_step = CASE WHEN "
            "factor_last_step < ? "
            "THEN ? ELSE factor_last_step END WHERE id = ?",
            {now, used_step, used_step, account.id});
        tx.append(
            {"access.signed_in", 1, account.id.value, "account:" + account.id.value, now, {{"session", session_id}}});
        return Outcome{std::nullopt, load_account(tx, account.id)};
    });
    if (!outcome.ok()) return std::move(outcome).error();
    if (outcome->refused) return *outcome->refused;
    const Account& who = *outcome->account;
    SignedIn in;
    in.token = token;
    in.csrf = csrf;
    in.actor = to_actor(who, session_id, organisation_(), now);
    in.must_change_password = must_change(who, policy_, now);
    return in;
}

Result<SignedIn> Sessions::sign_in_proved(const AccountId& id, std::string_view provider, std::string_view remote) {
    const Instant now = clock_.now();
    const std::string token = crypto::to_base64url(crypto::random_bytes(random_, 32));
    const std::string csrf = crypto::to_base64url(crypto::random_bytes(random_, 18));
    const std::string session_id = crypto::to_hex(crypto::random_bytes(random_, 8));
    auto account = store_.write([&](store::Transaction& tx) -> Result<Account> {
        auto found = load_account(tx, id);
        if (!found) return bad_credentials();
        if (found->state == AccountState::closed) return closed();
        const std::string hash = token_hash(token);
        tx.execute(insert_session,
                   {hash, session_id, id, csrf, remote, provider, 0, now, now + policy_.session_life, now});
        tx.execute("UPDATE account SET last_seen = ? WHERE id = ?", {now, id});
        tx.append({"access.signed_in",
                   1,
                   id.value,
                   "account:" + id.value,
                   now,
                   {{"session", session_id}, {"provider", provider}}});
        return std::move(*found);
    });
    if (!account.ok()) return std::move(account).error();
    return SignedIn{token, csrf, to_actor(*account, session_id, organisation_(), now), false, false};
}

Result<void> Sessions::unlock(std::string_view token, std::string_view password) {
    const Instant now = clock_.now();
    const std::string hash = token_hash(token);
    auto login = store_.read([&](store::Reader& reader) -> Result<std::optional<std::string>> {
        return reader.first(
            "SELECT a.login FROM session s JOIN account a ON a.id = s.account WHERE s.token = ? AND s.ended_at IS NULL "
            "AND s.expires_at > ?",
            {hash, now}, [](const store::Row& row) { return row.string(0); });
    });
    if (!login.ok()) return std::move(login).error();
    if (!*login) return expired();
    // Through sign_in, so that guesses at the lock screen count towards the lock-out; the extra session ends at once.
    auto in = sign_in(**login, password, std::nullopt, "unlock");
    if (!in.ok() && in.error().code != "access.code_needed") return std::move(in).error();
    if (in.ok()) TRY_VOID(sign_out(in->token));
    auto done = store_.write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("UPDATE session SET seen_at = ? WHERE token = ?", {now, hash});
        return Nothing{};
    });
    forget_cache();
    return done;
}

Result<void> Sessions::sign_out(std::string_view token) {
    const Instant now = clock_.now();
    const std::string hash = token_hash(token);
    auto done = store_.write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("UPDATE session SET ended_at = ? WHERE token = ? AND ended_at IS NULL", {now, hash});
        return Nothing{};
    });
    std::scoped_lock lock(mutex_);
    cache_.erase(hash);
    return done;
}

void Sessions::forget_cache() {
    std::scoped_lock lock(mutex_);
    cache_.clear();
}

Result<Actor> Sessions::actor_of(const http::Request& request) {
    std::string_view token;
    bool by_cookie = false;
    const std::string_view authorization = request.header("Authorization");
    if (authorization.starts_with("Bearer ")) {
        token = authorization.substr(7);
    } else if (!authorization.empty()) {
        return Error{ErrorKind::unauthenticated, "access.scheme", "Chỉ nhận «Authorization: Bearer …».",
                     "Only 'Authorization: Bearer …' is accepted."};
    } else {
        token = request.cookie(request.secure ? cookie_name : loopback_cookie_name);
        by_cookie = true;
    }
    // A screen begins anew whatever ended session its cookie still names; the code is what counts.
    if (token.empty() || request.path == display_pairing) {
        Actor anonymous;
        anonymous.organisation = organisation_();
        return anonymous;
    }

    const Instant now = clock_.now();
    const std::string hash = token_hash(token);
    std::shared_ptr<Cached> cached;
    {
        std::scoped_lock lock(mutex_);
        if (auto it = cache_.find(hash);
            it != cache_.end() && it->second->loaded + cache_time > now && it->second->loaded <= now)
            cached = it->second;
    }
    if (!cached) {
        auto loaded = store_.read([&](store::Reader& reader) -> Result<std::shared_ptr<Cached>> {
            auto entry = std::make_shared<Cached>();
            AccountId account;
            std::string session;
            if (token.starts_with("hlk_")) {
                const auto cut = token.find('_', 4);
                if (cut == std::string_view::npos) return bad_credentials();
                const std::string_view id = token.substr(4, cut - 4);
                const std::string secret = crypto::to_hex(crypto::sha256(token.substr(cut + 1)));
                bool good = false;
                reader.query(select_api_key, {id}, [&](const store::Row& row) {
                    account = row.id<AccountId>(0);
                    good = crypto::equal_constant_time(row.text(1), secret) && row.is_null(3) &&
                           (row.is_null(2) || row.instant(2) > now);
                    entry->seen = row.is_null(4) ? Instant{} : row.instant(4);
                });
                if (!good) return bad_credentials();
                session = "key:" + std::string{id};
                entry->key = id;
                entry->expires = now + cache_time;
            } else {
                bool live = false;
                reader.query(select_session, {hash}, [&](const store::Row& row) {
                    session = row.string(0);
                    account = row.id<AccountId>(1);
                    entry->csrf = row.string(2);
                    entry->expires = row.instant(3);
                    entry->seen = row.instant(4);
                    live = row.is_null(5) && entry->expires > now;
                    entry->display = row.text(6) == display_provider;
                });
                if (!live) return expired();
            }
            auto who = load_account(reader, account);
            if (!who || who->state == AccountState::closed) return closed();
            if (!entry->csrf.empty() && !entry->display) {
                entry->lock = is_administrator(*who) ? policy_.session_lock_admin : policy_.session_lock;
                entry->password_due = must_change(*who, policy_, now);
            }
            entry->actor = to_actor(*who, session, organisation_(), now);
            entry->loaded = now;
            entry->seen_written = entry->seen;
            return entry;
        });
        if (!loaded.ok()) return std::move(loaded).error();
        cached = *loaded;
        std::scoped_lock lock(mutex_);
        if (cache_.size() >= cache_limit) cache_.clear();
        if (auto it = cache_.find(hash); it != cache_.end()) {
            // Activity of the last seconds may not be on disk yet.
            cached->seen = std::max(cached->seen, it->second->seen);
            cached->seen_written = std::max(cached->seen_written, it->second->seen_written);
        }
        cache_[hash] = cached;
    }

    bool write_seen = false;
    {
        std::scoped_lock lock(mutex_);
        if (cached->lock.count() > 0 && now > cached->seen + cached->lock) return session_locked();
        if (cached->expires <= now) return expired();
        if (!is_background(request) || cached->display) {
            cached->seen = std::max(cached->seen, now);
            if (now >= cached->seen_written + seen_interval) {
                cached->seen_written = now;
                write_seen = true;
            }
        }
    }
    if (by_cookie && !is_safe(request.method) &&
        !crypto::equal_constant_time(request.header("X-CSRF-Token"), cached->csrf))
        return csrf_missing();
    if (cached->display && request.path.starts_with("/api/") && !serves_display(request.method, request.path))
        return not_for_displays();
    if (cached->password_due && !serves_password_change(request.path)) return password_due();
    if (write_seen) {
        store_.write_async(
            [hash, now, account = cached->actor.account,
             key = cached->key](store::Transaction& tx) -> Result<boost::json::value> {
                if (key.empty())
                    tx.execute(session_seen, {now, hash, now});
                else
                    tx.execute(key_used, {now, key, now});
                tx.execute(account_seen, {now, account});
                return boost::json::value{};
            },
            [](Result<boost::json::value> done) {
                if (!done.ok()) log::warning("access", "last seen not written", {{"code", done.error().code}});
            });
    }
    return cached->actor;
}

Result<std::string> Sessions::csrf_of(const http::Request& request) {
    const auto token = session_token(request);
    if (token.empty()) return std::string{};
    const auto hash = token_hash(token);
    {
        std::scoped_lock lock(mutex_);  // a session's mark never changes
        if (const auto known = cache_.find(hash); known != cache_.end()) return known->second->csrf;
    }
    return store_.read([&](store::Reader& reader) -> Result<std::string> {
        return reader
            .first("SELECT csrf FROM session WHERE token = ?", {hash},
                   [](const store::Row& row) { return row.string(0); })
            .value_or("");
    });
}

std::string session_token(const http::Request& request) {
    return std::string{request.cookie(request.secure ? cookie_name : loopback_cookie_name)};
}

std::string session_cookie(const http::Request& request, std::string_view token, std::chrono::seconds life) {
    return fmt::format("{}={}; Path=/; {}HttpOnly; SameSite=Lax; Max-Age={}",
                       request.secure ? cookie_name : loopback_cookie_name, token, request.secure ? "Secure; " : "",
                       life.count());
}

}  // namespace hl::access
