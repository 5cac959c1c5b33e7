#include "access/api_keys.h"

#include <charconv>

namespace hl::access {

namespace {

constexpr std::string_view insert_key =
    "INSERT INTO api_key (id, account, secret, label, created_at, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, "
    "NULL)";
constexpr std::string_view select_owner = "SELECT account FROM api_key WHERE id = ?";
constexpr std::string_view end_key = "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";
constexpr std::string_view select_keys =
    "SELECT k.id, k.account, a.login, a.name, k.label, k.created_at, k.expires_at, k.revoked_at, k.last_used_at "
    "FROM api_key k JOIN account a ON a.id = k.account WHERE (? = '' OR k.account = ?) AND (k.created_at < ? OR "
    "(k.created_at = ? AND k.id < ?)) ORDER BY k.created_at DESC, k.id DESC LIMIT ?";

ApiKey read_key(const store::Row& row) {
    ApiKey key;
    key.id = row.string(0);
    key.account = row.id<AccountId>(1);
    key.login = row.string(2);
    key.name = row.string(3);
    key.label = row.string(4);
    key.created = row.instant(5);
    key.expires = row.optional_instant(6);
    key.revoked = row.optional_instant(7);
    key.last_used = row.optional_instant(8);
    return key;
}

void append(store::Transaction& tx, std::string_view type, const AccountId& account, std::string_view key,
            std::string_view actor, Instant now) {
    tx.append(
        {std::string{type}, 1, account.value, std::string{actor}, now, {{"account", account.value}, {"key", key}}});
}

}  // namespace

Result<std::string> create_api_key(store::Transaction& tx, const AccountId& machine, std::string_view label,
                                   std::optional<Instant> expires, std::string_view actor, Random& random,
                                   Instant now) {
    const auto found = load_account(tx, machine);
    if (!found)
        return Error{ErrorKind::not_found, "account.unknown", "Không có tài khoản này.", "There is no such account."};
    if (found->kind != AccountKind::machine)
        return Error{ErrorKind::invalid, "api_key.not_machine", "Chỉ tài khoản máy mới có khoá API.",
                     "Only machine accounts have API keys."};
    if (found->state == AccountState::closed)
        return Error{ErrorKind::conflict, "account.closed", "Tài khoản đã đóng. Hãy mở lại trước khi tạo khoá.",
                     "The account is closed. Reopen it before making a key."};
    if (expires && *expires <= now)
        return Error{ErrorKind::invalid, "api_key.expiry", "Ngày hết hạn phải sau hôm nay.",
                     "The key must end after today.", "/expires"};
    const std::string id = crypto::to_hex(crypto::random_bytes(random, 6));
    const std::string secret = crypto::to_base64url(crypto::random_bytes(random, 32));
    const std::string hash = crypto::to_hex(crypto::sha256(secret));
    tx.execute(insert_key, {id, machine, hash, label, now, expires});
    append(tx, "access.api_key_created", machine, id, actor, now);
    return "hlk_" + id + "_" + secret;
}

Result<void> revoke_api_key(store::Transaction& tx, std::string_view key_id, std::string_view actor, Instant now) {
    const auto account = tx.first(select_owner, {key_id}, [](const store::Row& row) { return row.id<AccountId>(0); });
    if (!account)
        return Error{ErrorKind::not_found, "api_key.unknown", "Không có khoá API này.", "There is no such API key."};
    if (tx.execute(end_key, {now, key_id}) > 0) append(tx, "access.api_key_revoked", *account, key_id, actor, now);
    return Nothing{};
}

Result<ApiKeyPage> list_api_keys(store::Reader& reader, const AccountId& account, std::string_view cursor, int limit) {
    int64_t before = std::numeric_limits<int64_t>::max();
    std::string_view before_id;
    if (!cursor.empty()) {
        const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), before);
        if (error != std::errc{} || end == cursor.data() + cursor.size() || *end != '.')
            return Error{ErrorKind::invalid, "page.cursor", "Con trỏ trang không hợp lệ.",
                         "The page cursor is not valid.", "cursor"};
        before_id = cursor.substr(static_cast<size_t>(end - cursor.data()) + 1);
    }
    ApiKeyPage page;
    page.items = reader.all(select_keys, {account, account, before, before, before_id, limit}, read_key);
    if (std::ssize(page.items) == limit)
        page.next = fmt::format("{}.{}", to_ms(page.items.back().created), page.items.back().id);
    return page;
}

}  // namespace hl::access
