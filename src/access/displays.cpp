#include "access/displays.h"

#include "base/text.h"

namespace hl::access {

namespace {

constexpr std::string_view select_displays =
    "SELECT d.id, d.name, d.account, a.name, d.made_at, d.expires_at, d.code_until, d.paired_at, s.seen_at, "
    "d.revoked_at, d.remote, s.ended_at FROM display d JOIN account a ON a.id = d.account LEFT JOIN session s ON "
    "s.token = d.session AND d.session <> ''";

std::string hash_of(std::string_view secret) {
    return crypto::to_hex(crypto::sha256(secret));
}

/// Leaders and administrators; who only audits puts nothing on a wall.
Result<void> may_make(const Actor& actor, Instant now) {
    TRY_VOID(require_anywhere(actor, Right::view_ioc, now));
    const Date today = local_date(now);
    for (const auto& g : actor.grants)
        if ((g.role == Role::head || g.role == Role::administrator) && g.from <= today && (!g.to || today < *g.to) &&
            !is_display(actor))
            return Nothing{};
    return Error{ErrorKind::denied, "access.denied",
                 "Chỉ lãnh đạo cơ quan và quản trị viên được mở màn hình trình chiếu.",
                 "Only heads of agencies and administrators make displays."};
}
bool sees_all(const Actor& actor, Instant now) {
    return require_anywhere(actor, Right::manage_accounts, now).ok();
}

Display from_row(const store::Row& r) {
    Display d;
    d.id = r.string(0), d.name = r.string(1);
    d.account = r.id<AccountId>(2);
    d.maker = r.string(3);
    d.made = r.instant(4), d.expires = r.instant(5);
    d.paired = r.optional_instant(7);
    if (!d.paired) d.code_until = r.optional_instant(6);
    d.seen = r.optional_instant(8);
    d.revoked = r.optional_instant(9);
    d.remote = r.string(10);
    // Ended otherwise: signed out on the screen, or with the account.
    if (!d.revoked) d.revoked = r.optional_instant(11);
    return d;
}

}  // namespace

Result<DisplayMade> make_display(store::Transaction& tx, const Actor& actor, std::string_view name, int64_t days,
                                 Random& random, Instant now) {
    TRY_VOID(may_make(actor, now));
    if (days < 1 || days > display_days_most)
        return Error{ErrorKind::invalid, "display.days", fmt::format("Số ngày phải từ 1 đến {}.", display_days_most),
                     fmt::format("The days must be from 1 to {}.", display_days_most), "/days"};
    DisplayMade out;
    out.id = crypto::to_hex(crypto::random_bytes(random, 8));
    out.code = crypto::to_base64url(crypto::random_bytes(random, 24));
    out.code_until = now + display_code_life;
    out.expires = now + std::chrono::days{days};
    tx.execute(
        "INSERT INTO display (id, name, account, code, code_until, made_at, expires_at, session, remote) VALUES (?, ?, "
        "?, ?, ?, ?, ?, '', '')",
        {out.id, name, actor.account, hash_of(out.code), out.code_until, now, out.expires});
    tx.append({"access.display_made",
               1,
               actor.account.value,
               actor.label(),
               now,
               {{"display", out.id}, {"expires", to_rfc3339(out.expires)}}});
    return out;
}

Result<DisplayPaired> pair_display(store::Transaction& tx, std::string_view code, std::string_view remote,
                                   Random& random, Instant now) {
    struct Waiting {
        std::string id;
        AccountId account;
        Instant expires;
    };
    const auto hash = hash_of(code);
    const auto found = tx.first(
        "SELECT id, account, expires_at FROM display WHERE code = ? AND code_until > ? AND paired_at IS NULL AND "
        "revoked_at IS NULL AND expires_at > ?",
        {hash, now, now}, [](const store::Row& r) {
            return Waiting{r.string(0), r.id<AccountId>(1), r.instant(2)};
        });
    if (!found)
        return Error{ErrorKind::unauthenticated, "display.code",
                     "Liên kết màn hình không đúng, đã dùng hoặc đã hết hạn. Hãy tạo liên kết mới.",
                     "The display's link is wrong, used or too old. Make a new one."};
    DisplayPaired out{crypto::to_base64url(crypto::random_bytes(random, 32)), found->expires};
    const auto token = hash_of(out.token), csrf = crypto::to_base64url(crypto::random_bytes(random, 18));
    if (tx.execute("UPDATE display SET paired_at = ?, session = ?, remote = ?, code = '' WHERE id = ? AND paired_at IS "
                   "NULL",
                   {now, token, remote, found->id}) != 1)
        tx.run_again();
    tx.execute(
        "INSERT INTO session (token, id, account, csrf, remote, provider, factor_needed, created_at, expires_at, "
        "seen_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, NULL)",
        {token, "display:" + found->id, found->account, csrf, remote, display_provider, now, found->expires, now});
    tx.append(
        {"access.display_paired", 1, found->account.value, "display:" + found->id, now, {{"display", found->id}}});
    return out;
}

Result<std::vector<Display>> list_displays(store::Reader& reader, const Actor& actor, Instant now) {
    TRY_VOID(may_make(actor, now));
    std::vector<Display> out;
    const bool all = sees_all(actor, now);
    reader.query(fmt::format("{}{} ORDER BY d.made_at DESC, d.id LIMIT 500", select_displays,
                             all ? " WHERE d.account <> ?" : " WHERE d.account = ?"),
                 {all ? std::string_view{} : std::string_view{actor.account.value}},
                 [&](const store::Row& r) { out.push_back(from_row(r)); });
    return out;
}

Result<void> revoke_display(store::Transaction& tx, const Actor& actor, std::string_view id, Instant now) {
    TRY_VOID(may_make(actor, now));
    struct Kept {
        std::string account, session;
    };
    const auto found = tx.first("SELECT account, session FROM display WHERE id = ?", {id}, [](const store::Row& r) {
        return Kept{r.string(0), r.string(1)};
    });
    if (!found || (found->account != actor.account.value && !sees_all(actor, now)))
        return Error{ErrorKind::not_found, "display.unknown", "Không có màn hình này.", "There is no such display."};
    if (tx.execute("UPDATE display SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", {now, id}) == 0)
        return Nothing{};
    tx.execute("UPDATE session SET ended_at = ? WHERE token = ? AND ended_at IS NULL", {now, found->session});
    tx.append({"access.display_revoked", 1, found->account, actor.label(), now, {{"display", id}}});
    return Nothing{};
}

bool serves_display(std::string_view method, std::string_view path) {
    if (path == "/api/v1/sessions/current") return method == "DELETE";  // the screen's own end
    if (method != "GET" && method != "HEAD") return false;
    constexpr std::string_view whole[] = {"/api/v1/me",
                                          "/api/v1/units",
                                          "/api/v1/agencies",
                                          "/api/v1/boundaries",
                                          "/api/v1/procedures",
                                          "/api/v1/ioc/feed",
                                          "/api/v1/ioc/alerts",
                                          "/api/v1/ioc/index766",
                                          "/api/v1/ioc/index766/agencies",
                                          "/api/v1/ioc/indicators"};
    for (const auto one : whole)
        if (path == one) return true;
    if (path.starts_with("/api/v1/boundaries/") || path.starts_with("/api/v1/ioc/components/")) return true;
    // Of an indicator its definition and figures: what is behind them are dossiers and those who handed in.
    constexpr std::string_view indicators = "/api/v1/ioc/indicators/";
    if (!path.starts_with(indicators)) return false;
    const auto rest = path.substr(indicators.size());
    const auto cut = rest.find('/');
    return cut == std::string_view::npos || rest.substr(cut) == "/figures";
}

}  // namespace hl::access
