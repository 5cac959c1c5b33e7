#include "access/routes.h"

#include "access/displays.h"
#include "access/route_parts.h"
#include "base/json.h"
#include "base/text.h"

namespace hl::access {

namespace {

std::string_view word(AccountState state) {
    switch (state) {
        case AccountState::active:
            return "active";
        case AccountState::locked:
            return "locked";
        case AccountState::closed:
            return "closed";
    }
    throw std::logic_error("an account state has no word");
}

boost::json::array to_json(const std::vector<Grant>& grants) {
    boost::json::array list;
    for (const auto& g : grants)
        list.push_back({{"role", to_string(g.role)},
                        {"agency", text_or_null(g.agency.value)},
                        {"from", to_iso(g.from)},
                        {"to", g.to ? boost::json::value(to_iso(*g.to)) : boost::json::value()}});
    return list;
}

std::string bearer_or_cookie(const http::Request& request) {
    const std::string_view authorization = request.header("Authorization");
    if (authorization.starts_with("Bearer ")) return std::string{authorization.substr(7)};
    return session_token(request);
}

Answer signed_in_answer(const http::Request& request, const SignedIn& in, std::chrono::seconds life) {
    Answer answer;
    answer.value = boost::json::object{{"token", in.token},
                                       {"csrf", in.csrf},
                                       {"must_change_password", in.must_change_password},
                                       {"account", in.actor.account.value},
                                       {"name", in.actor.name},
                                       {"grants", to_json(in.actor.grants)}};
    answer.status = 201;
    answer.headers.push_back({"Set-Cookie", session_cookie(request, in.token, life)});
    answer.headers.push_back({"Cache-Control", "no-store"});
    return answer;
}

void add_session_routes(Api& api, const RouteContext& c) {
    api.raw("POST", "/api/v1/sessions",
            [c](const Call& call) -> Result<Answer> {
                JsonReader in(call.body);
                const std::string login = in.text("login", 100);
                const std::string password = in.secret("password");
                const auto code = in.optional_text("code", 20);
                TRY_VOID(in.finish());
                TRY(auto done, c.sessions.sign_in(login, password, code, call.request.remote));
                return signed_in_answer(call.request, done, c.sessions.policy().session_life);
            },
            {.who = Who::anyone});

    api.raw("DELETE", "/api/v1/sessions/current", [c](const Call& call) -> Result<Answer> {
        TRY_VOID(c.sessions.sign_out(bearer_or_cookie(call.request)));
        Answer answer;
        answer.status = 204;
        answer.headers.push_back({"Set-Cookie", session_cookie(call.request, "", std::chrono::seconds{0})});
        return answer;
    });

    // The locked session cannot pass the ordinary check: this route judges it by token and password itself.
    api.raw("POST", "/api/v1/sessions/unlock",
            [c](const Call& call) -> Result<Answer> {
                JsonReader in(call.body);
                const std::string token = in.secret("token");
                const std::string password = in.secret("password");
                TRY_VOID(in.finish());
                TRY_VOID(c.sessions.unlock(token, password));
                return Answer{{}, 204};
            },
            {.who = Who::anyone});

    api.raw("GET", "/api/v1/me", [c](const Call& call) -> Result<Answer> {
        TRY(auto account, c.store.read([&](store::Reader& r) -> Result<Account> {
            auto found = load_account(r, call.actor.account);
            if (!found) return unknown_login();
            return std::move(*found);
        }));
        // A page that was loaded anew asks here for what its session's commands must carry; who has no session cookie
        // (a machine's key, a bearer token) needs none.
        TRY(const auto csrf, c.sessions.csrf_of(call.request));
        auto value = to_json(account);
        value["csrf"] = text_or_null(csrf);
        // A screen on a wall tells nobody's name to who stands before it.
        value["display"] = is_display(call.actor);
        if (is_display(call.actor))
            value["name"] = "Màn hình trình chiếu", value["login"] = "", value["officer"] = nullptr;
        return Answer{std::move(value), 200, {{"Cache-Control", "private, no-store"}}};
    });
    api.raw("POST", "/api/v1/me/password", [c](const Call& call) -> Result<Answer> {
        JsonReader in(call.body);
        const std::string old_password = in.secret("old_password");
        const std::string password = in.secret("password");
        const auto code = in.optional_text("code", 20);
        TRY_VOID(in.finish());
        TRY(auto account, c.store.read([&](store::Reader& r) -> Result<Account> {
            auto found = load_account(r, call.actor.account);
            if (!found) return unknown_login();
            return std::move(*found);
        }));
        // The old password is checked as a sign-in is: guesses count towards the lock-out.
        TRY(auto proof, c.sessions.sign_in(account.login, old_password, code, call.request.remote));
        TRY_VOID(c.sessions.sign_out(proof.token));
        TRY(auto prepared, c.store.read([&](store::Reader& r) {
            return prepare_password(r, account.id, password, c.sessions.policy());
        }));
        TRY_VOID(c.store.write([&](store::Transaction& tx) {
            return store_password(tx, account.id, prepared, false, call.actor.label(), call.now);
        }));
        c.sessions.forget_cache();
        return Answer{{}, 204};
    });
    // Not commands: with an Idempotency-Key the answers, and the secrets in them, would be kept in the database.
    api.raw("POST", "/api/v1/me/factor", [c](const Call& call) -> Result<Answer> {
        TRY(auto uri, c.store.write([&](store::Transaction& tx) {
            return begin_factor(tx, call.actor.account, "Hiền Lương", c.random, call.now);
        }));
        return Answer{boost::json::object{{"uri", uri}}, 201, {{"Cache-Control", "no-store"}}};
    });
    api.raw("POST", "/api/v1/me/factor/confirmation", [c](const Call& call) -> Result<Answer> {
        JsonReader in(call.body);
        const std::string code = in.text("code", 10);
        TRY_VOID(in.finish());
        TRY(auto codes, c.store.write([&](store::Transaction& tx) {
            return confirm_factor(tx, call.actor.account, code, c.random, call.now);
        }));
        boost::json::array list;
        for (const auto& one : codes) list.emplace_back(one);
        return Answer{boost::json::object{{"recovery_codes", list}}, 200, {{"Cache-Control", "no-store"}}};
    });
}

void add_account_routes(Api& api, const RouteContext& c) {
    api.query("/api/v1/accounts", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(require_anywhere(call.actor, Right::manage_accounts, call.now));
        constexpr int page = 50;
        std::optional<AccountKind> kind;
        if (const auto asked = call.request.query_value("kind")) {
            kind = account_kind_from(*asked);
            if (!kind)
                return Error{ErrorKind::invalid, "query.kind", "Loại tài khoản là officer, machine hoặc citizen.",
                             "The kind is officer, machine or citizen.", "kind"};
        }
        const auto accounts = list_accounts(reader, call.request.query_value("cursor").value_or(""), page, kind);
        boost::json::array items;
        for (const auto& a : accounts) items.push_back(to_json(a));
        const bool more = accounts.size() == page;
        return Answer{boost::json::object{
            {"items", items}, {"next", more ? boost::json::value(accounts.back().login) : boost::json::value()}}};
    });
    api.raw("POST", "/api/v1/accounts", [c](const Call& call) -> Result<Answer> {
        TRY_VOID(require_anywhere(call.actor, Right::manage_accounts, call.now));
        JsonReader in(call.body);
        NewAccount account;
        account.login = in.text("login", 60);
        account.name = in.text("name", 200);
        account.kind = in.one_of("kind", {"officer", "machine"}, "officer") == "machine" ? AccountKind::machine
                                                                                         : AccountKind::officer;
        account.officer = OfficerId{in.optional_text("officer", 100).value_or("")};
        TRY_VOID(in.finish());
        if (account.kind == AccountKind::officer)
            account.password = crypto::to_base64url(crypto::random_bytes(c.random, 15));
        TRY(auto id, c.store.write([&](store::Transaction& tx) {
            return create_account(tx, account, c.sessions.policy(), call.actor.label(), c.random, call.now);
        }));
        return Answer{boost::json::object{{"account", id.value}, {"one_time_password", text_or_null(account.password)}},
                      201,
                      {{"Cache-Control", "no-store"}}};
    });
    api.query("/api/v1/accounts/{login}", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(require_anywhere(call.actor, Right::manage_accounts, call.now));
        TRY(auto account, account_of(reader, call));
        return Answer{to_json(account)};
    });
    const auto managed = [&](std::string pattern,
                             std::function<Result<Answer>(store::Transaction&, const Call&, const Account&)> run) {
        api.command("POST", std::move(pattern), [c, run](store::Transaction& tx, const Call& call) -> Result<Answer> {
            TRY_VOID(require_anywhere(call.actor, Right::manage_accounts, call.now));
            TRY(auto account, account_of(tx, call));
            tx.after_commit([&sessions = c.sessions] { sessions.forget_cache(); });
            return run(tx, call, account);
        });
    };
    managed("/api/v1/accounts/{login}/closing",
            [](store::Transaction& tx, const Call& call, const Account& account) -> Result<Answer> {
                JsonReader in(call.body);
                const std::string reason = in.text("reason", 500);
                TRY_VOID(in.finish());
                TRY_VOID(close_account(tx, account.id, call.actor.label(), reason, call.now));
                return Answer{{}, 204};
            });
    managed("/api/v1/accounts/{login}/reopening",
            [](store::Transaction& tx, const Call& call, const Account& account) -> Result<Answer> {
                TRY_VOID(reopen_account(tx, account.id, call.actor.label(), call.now));
                return Answer{{}, 204};
            });
    for (const bool give : {true, false}) {
        managed(give ? "/api/v1/accounts/{login}/grants" : "/api/v1/accounts/{login}/revocations",
                [give](store::Transaction& tx, const Call& call, const Account& account) -> Result<Answer> {
                    JsonReader in(call.body);
                    const auto role = role_from(in.one_of("role", {"clerk", "registrar", "handler", "approver", "head",
                                                                   "administrator", "auditor", "integrator"}));
                    const AgencyId agency{in.optional_text("agency", 100).value_or("")};
                    const Date from = in.optional_date("from").value_or(local_date(call.now));
                    const auto to = give ? in.optional_date("to") : std::nullopt;
                    TRY_VOID(in.finish());
                    if (!agency.empty() && !(call.actor.organisation && call.actor.organisation->agency(agency)))
                        return Error{ErrorKind::invalid, "agency.unknown", "Không có cơ quan này.",
                                     "There is no such agency.", "/agency"};
                    if (give)
                        TRY_VOID(grant_role(tx, account.id, {*role, agency, from, to}, call.actor.label(), call.now));
                    else
                        TRY_VOID(revoke_role(tx, account.id, *role, agency, from, call.actor.label(), call.now));
                    auto now = load_account(tx, account.id);
                    return Answer{to_json(*now)};
                });
    }
}

/// Sent back by the provider's redirect, which is a navigation from another site: SameSite=Lax lets it through.
std::string state_cookie(const http::Request& request, std::string_view state, int seconds) {
    return fmt::format("oidc-state={}; Path=/api/v1/oidc; HttpOnly; SameSite=Lax; Max-Age={}{}", state, seconds,
                       request.secure ? "; Secure" : "");
}

void add_oidc_routes(Api& api, const RouteContext& c, const std::vector<OidcProvider>& providers,
                     const std::vector<OidcProfile>& profiles) {
    auto clients = std::make_shared<std::map<std::string, std::unique_ptr<OidcClient>, std::less<>>>();
    for (const auto& p : providers)
        (*clients)[p.name] = std::make_unique<OidcClient>(p, c.store, c.clock, c.random, profiles);
    const auto client = [clients](const Call& call) -> Result<OidcClient*> {
        const auto found = clients->find(call.param("provider"));
        if (found == clients->end())
            return Error{ErrorKind::not_found, "oidc.unknown", "Không có cách đăng nhập này.",
                         "There is no such sign-in."};
        return found->second.get();
    };
    api.raw("GET", "/api/v1/oidc/{provider}/start",
            [client](const Call& call) -> Result<Answer> {
                TRY(auto oidc, client(call));
                TRY(auto started, oidc->start(call.request.query_value("return_to").value_or("/")));
                return Answer{boost::json::object{{"location", started.url}},
                              302,
                              {{"Location", started.url},
                               {"Cache-Control", "no-store"},
                               {"Set-Cookie", state_cookie(call.request, started.state, 600)}}};
            },
            {.who = Who::anyone});
    api.raw(
        "GET", "/api/v1/oidc/{provider}/callback",
        [client, c](const Call& call) -> Result<Answer> {
            TRY(auto oidc, client(call));
            if (const auto refused = call.request.query_value("error"))
                return Error{ErrorKind::unauthenticated, "oidc.refused", "Nhà cung cấp định danh từ chối đăng nhập.",
                             "The identity provider refused: " + *refused};
            // The browser that began must be the one that comes back; else a stranger's link would sign people in
            // to the stranger's account.
            const auto state = call.request.query_value("state").value_or("");
            if (state.empty() || !crypto::equal_constant_time(call.request.cookie("oidc-state"), state))
                return Error{ErrorKind::unauthenticated, "oidc.state", "Lượt đăng nhập đã hết hạn. Hãy bắt đầu lại.",
                             "This sign-in was not begun in this browser or has expired. Start again."};
            TRY(auto done, oidc->finish(call.request.query_value("code").value_or(""), state));
            TRY(auto account, c.store.write([&](store::Transaction& tx) {
                return account_for(tx, c.vault, oidc->provider().name, done.identity, c.sessions.policy(), c.random,
                                   call.now);
            }));
            if (done.identity.person)
                TRY_VOID(c.store.write([&](store::Transaction& tx) {
                    return keep_proved(tx, c.vault, account, oidc->provider().name, *done.identity.person, call.now);
                }));
            TRY(auto in, c.sessions.sign_in_proved(account, oidc->provider().name, call.request.remote));
            auto answer = signed_in_answer(call.request, in, c.sessions.policy().session_life);
            // The token travels in the cookie alone: a page's address or history must not hold it.
            answer.value = boost::json::object{{"location", done.return_to}};
            answer.status = 303;
            answer.headers.push_back({"Location", done.return_to});
            answer.headers.push_back({"Set-Cookie", state_cookie(call.request, "", 0)});
            return answer;
        },
        {.who = Who::anyone});
    // What the provider vouched for, to the person himself: for filling forms in.
    api.query("/api/v1/me/identity",
              [c](store::Reader& reader, const Call& call) -> Result<Answer> {
                  TRY(const auto proved, proved_of(reader, c.vault, call.actor.account));
                  Answer answer{proved ? boost::json::value(*proved)
                                       : boost::json::value(boost::json::object{{"proved", false}})};
                  answer.headers = {{"Cache-Control", "no-store"}};
                  return answer;
              },
              {.who = Who::citizen_or_officer});
}

}  // namespace

boost::json::object to_json(const Account& account) {
    return {
        {"account", account.id.value},
        {"login", account.login},
        {"kind", to_string(account.kind)},
        {"state", word(account.state)},
        {"name", account.name},
        {"officer", text_or_null(account.officer.value)},
        {"second_factor", account.has_factor},
        {"must_change_password", account.must_change_password},
        {"last_seen", account.last_seen ? boost::json::value(to_rfc3339(*account.last_seen)) : boost::json::value()},
        {"grants", to_json(account.grants)}};
}

boost::json::value text_or_null(const std::string& s) {
    return s.empty() ? boost::json::value() : boost::json::value(s);
}

Error unknown_login() {
    return {ErrorKind::not_found, "account.unknown", "Không có tài khoản này.", "There is no such account."};
}

Result<Account> account_of(store::Reader& reader, const Call& call) {
    auto account = find_account(reader, call.param("login"));
    if (!account) return unknown_login();
    return std::move(*account);
}

void add_routes(Api& api, RouteContext context, const std::vector<OidcProvider>& providers,
                const std::vector<OidcProfile>& profiles) {
    add_session_routes(api, context);
    add_account_routes(api, context);
    add_key_routes(api, context);
    add_read_routes(api);
    add_display_routes(api, context);
    add_oidc_routes(api, context, providers, profiles);
}

}  // namespace hl::access
