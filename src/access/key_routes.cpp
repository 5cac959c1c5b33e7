// API keys over HTTP: listed without their secrets, made (the secret is in that one answer), revoked.
#include "access/api_keys.h"
#include "access/route_parts.h"
#include "base/json.h"

namespace hl::access {

namespace {

constexpr int keys_on_a_page = 100;

boost::json::value instant_or_null(const std::optional<Instant>& at) {
    return at ? boost::json::value(to_rfc3339(*at)) : boost::json::value();
}

boost::json::object to_json(const ApiKey& key) {
    return {{"id", key.id},
            {"login", key.login},
            {"name", key.name},
            {"label", key.label},
            {"created_at", to_rfc3339(key.created)},
            {"expires_at", instant_or_null(key.expires)},
            {"revoked_at", instant_or_null(key.revoked)},
            {"last_used_at", instant_or_null(key.last_used)}};
}

Result<Answer> list(store::Reader& reader, const Call& call) {
    TRY_VOID(require_anywhere(call.actor, Right::manage_accounts, call.now));
    AccountId account;
    if (const auto login = call.request.query_value("login")) {
        const auto found = find_account(reader, *login);
        if (!found) return unknown_login();
        account = found->id;
    }
    TRY(const auto page,
        list_api_keys(reader, account, call.request.query_value("cursor").value_or(""), keys_on_a_page));
    boost::json::array items;
    for (const auto& key : page.items) items.push_back(to_json(key));
    return Answer{boost::json::object{{"items", std::move(items)}, {"next", text_or_null(page.next)}}};
}

}  // namespace

void add_key_routes(Api& api, const RouteContext& c) {
    api.query("/api/v1/keys", list);
    // Not a command: with an Idempotency-Key the answer, and the secret in it, would be kept in the database.
    api.raw("POST", "/api/v1/accounts/{login}/keys", [c](const Call& call) -> Result<Answer> {
        TRY_VOID(require_anywhere(call.actor, Right::manage_accounts, call.now));
        JsonReader in(call.body);
        const std::string label = in.text("label", 200);
        const auto expires = in.optional_instant("expires");
        TRY_VOID(in.finish());
        TRY(auto key, c.store.write([&](store::Transaction& tx) -> Result<std::string> {
            TRY(const auto account, account_of(tx, call));
            return create_api_key(tx, account.id, label, expires, call.actor.label(), c.random, call.now);
        }));
        return Answer{boost::json::object{{"key", key}}, 201, {{"Cache-Control", "no-store"}}};
    });
    api.command("DELETE", "/api/v1/keys/{id}", [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
        TRY_VOID(require_anywhere(call.actor, Right::manage_accounts, call.now));
        TRY_VOID(revoke_api_key(tx, call.param("id"), call.actor.label(), call.now));
        tx.after_commit([&sessions = c.sessions] { sessions.forget_cache(); });
        return Answer{{}, 204};
    });
}

}  // namespace hl::access
