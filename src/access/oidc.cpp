#include "access/oidc.h"

#include <cjose/cjose.h>

#include "base/json.h"
#include "http/client.h"

namespace hl::access {

namespace {

constexpr std::chrono::minutes login_life{10};
constexpr std::chrono::hours discovery_life{1};
constexpr std::chrono::seconds clock_skew{60};

Error token_error(std::string why) {
    return {ErrorKind::unauthenticated, "oidc.token", "Thông tin đăng nhập nhận được không hợp lệ. Hãy đăng nhập lại.",
            "The identity token is not valid: " + why + ". Sign in again."};
}

Error discovery_error(std::string why) {
    return {ErrorKind::unavailable, "oidc.discovery", "Nhà cung cấp định danh trả lời không đúng chuẩn.",
            "The identity provider's metadata is wrong: " + why};
}

std::string percent_encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (std::isalnum(u) || c == '-' || c == '.' || c == '_' || c == '~')
            out += c;
        else
            out += fmt::format("%{:02X}", u);
    }
    return out;
}

std::string form(const std::vector<std::pair<std::string_view, std::string_view>>& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out += percent_encode(name) + "=" + percent_encode(value);
    }
    return out;
}

Result<boost::json::object> fetch_object(const http::ClientRequest& request) {
    TRY(auto response, http::send(request));
    auto body = parse_json(response.body);
    if (!body.ok() || !body->is_object()) return discovery_error(request.url + " does not answer with a JSON object");
    if (response.status >= 400) {
        const auto* word = body->as_object().if_contains("error");
        return Error{
            ErrorKind::unauthenticated, "oidc.refused", "Nhà cung cấp định danh từ chối đăng nhập.",
            fmt::format("The identity provider refused: {}",
                        word && word->is_string() ? std::string{word->as_string()} : std::to_string(response.status))};
    }
    return body->as_object();
}

std::string member(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->as_string()} : std::string{};
}

bool audience_is(const boost::json::object& claims, std::string_view client) {
    const auto* aud = claims.if_contains("aud");
    if (!aud) return false;
    if (aud->is_string()) return aud->as_string() == client;
    if (!aud->is_array()) return false;
    return std::any_of(aud->as_array().begin(), aud->as_array().end(),
                       [&](const auto& a) { return a.is_string() && a.as_string() == client; });
}

struct JwkRelease {
    void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
};
struct JwsRelease {
    void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};

}  // namespace

OidcClient::OidcClient(OidcProvider provider, store::Store& store, const Clock& clock, Random& random,
                       std::vector<OidcProfile> profiles)
    : provider_(std::move(provider)),
      profiles_(std::move(profiles)),
      store_(store),
      clock_(clock),
      random_(random) {}

const OidcProfile* OidcClient::profile() const {
    return profile_of(profiles_, provider_.name, local_date(clock_.now()));
}

/// Where the endpoints are: the profile's word, or what the provider publishes.
Result<boost::json::object> OidcClient::discovery_document() {
    const auto base = provider_.issuer.ends_with('/') ? provider_.issuer.substr(0, provider_.issuer.size() - 1)
                                                      : provider_.issuer;
    if (const auto* p = profile(); p && p->has_endpoints()) {
        const auto whole = [&](const std::string& address) {
            return address.starts_with('/') ? base + address : address;
        };
        return boost::json::object{{"issuer", provider_.issuer},
                                   {"authorization_endpoint", whole(p->authorization)},
                                   {"token_endpoint", whole(p->token)},
                                   {"jwks_uri", whole(p->jwks)}};
    }
    http::ClientRequest request;
    request.ca_file = provider_.ca_file;
    request.url = base + "/.well-known/openid-configuration";
    return fetch_object(request);
}

/// The person's data, asked for with the token that came with the identity: of the same subject or not at all.
Result<boost::json::object> OidcClient::userinfo(const OidcProfile& p, const std::string& access_token,
                                                 const boost::json::object& claims) {
    auto out = claims;
    if (p.userinfo.empty()) return out;
    if (access_token.empty()) return token_error("no access token came with it");
    http::ClientRequest request;
    request.ca_file = provider_.ca_file;
    request.url = p.userinfo.starts_with('/') ? provider_.issuer + p.userinfo : p.userinfo;
    request.headers = {{"Authorization", "Bearer " + access_token}, {"Accept", "application/json"}};
    TRY(const auto info, fetch_object(request));
    if (member(info, "sub") != member(claims, "sub")) return token_error("userinfo is about somebody else");
    for (const auto& entry : info)
        // What the signature covers is not overruled by what it does not.
        if (!out.contains(entry.key())) out[entry.key()] = entry.value();
    return out;
}

Result<OidcClient::Discovery> OidcClient::discover(bool fresh) {
    const Instant now = clock_.now();
    {
        std::scoped_lock lock(mutex_);
        if (!fresh && discovery_ && discovery_->fetched + discovery_life > now) return *discovery_;
    }
    TRY(auto document, discovery_document());
    http::ClientRequest request;
    request.ca_file = provider_.ca_file;
    if (member(document, "issuer") != provider_.issuer) return discovery_error("the issuer is another");
    Discovery found{member(document, "authorization_endpoint"),
                    member(document, "token_endpoint"),
                    member(document, "jwks_uri"),
                    {},
                    now};
    if (found.authorization.empty() || found.token.empty() || found.jwks_uri.empty())
        return discovery_error("an endpoint is missing");
    request.url = found.jwks_uri;
    TRY(auto keys, fetch_object(request));
    const auto* list = keys.if_contains("keys");
    if (!list || !list->is_array()) return discovery_error("no keys");
    found.keys = list->as_array();
    std::scoped_lock lock(mutex_);
    discovery_ = found;
    return found;
}

Result<OidcClient::Started> OidcClient::start(std::string_view return_to) {
    // Only a path of ours: an open redirect would lend our name to others.
    if (!return_to.starts_with('/') || return_to.starts_with("//") || return_to.find('\\') != std::string_view::npos)
        return Error{ErrorKind::invalid, "oidc.return_to", "Địa chỉ quay lại không hợp lệ.",
                     "return_to must be a path of this site.", "return_to"};
    TRY(auto discovery, discover(false));
    const std::string state = crypto::to_base64url(crypto::random_bytes(random_, 24));
    const std::string nonce = crypto::to_base64url(crypto::random_bytes(random_, 24));
    const std::string verifier = crypto::to_base64url(crypto::random_bytes(random_, 48));
    const std::string state_hash = crypto::to_hex(crypto::sha256(state));
    TRY_VOID(store_.write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("INSERT INTO oidc_login (state, provider, nonce, verifier, return_to, at) VALUES (?, ?, ?, ?, ?, ?)",
                   {state_hash, provider_.name, nonce, verifier, return_to, clock_.now()});
        return Nothing{};
    }));
    const std::string challenge = crypto::to_base64url(crypto::view(crypto::sha256(verifier)));
    std::string more;
    if (const auto* p = profile())
        for (const auto& [name, value] : p->parameters) more += "&" + percent_encode(name) + "=" + percent_encode(value);
    return Started{discovery.authorization + (discovery.authorization.find('?') == std::string::npos ? "?" : "&") +
                       form({{"response_type", "code"},
                             {"client_id", provider_.client_id},
                             {"redirect_uri", provider_.redirect_uri},
                             {"scope", provider_.scope},
                             {"state", state},
                             {"nonce", nonce},
                             {"code_challenge", challenge},
                             {"code_challenge_method", "S256"}}) +
                       more,
                   state};
}

Result<OidcClient::Finished> OidcClient::finish(std::string_view code, std::string_view state) {
    struct Begun {
        std::string nonce, verifier, return_to;
    };
    const std::string state_hash = crypto::to_hex(crypto::sha256(state));
    TRY(auto started, store_.write([&](store::Transaction& tx) -> Result<Begun> {
        auto found =
            tx.first("SELECT nonce, verifier, return_to FROM oidc_login WHERE state = ? AND provider = ? AND at > ?",
                     {state_hash, provider_.name, clock_.now() - login_life}, [](const store::Row& row) {
                         return Begun{row.string(0), row.string(1), row.string(2)};
                     });
        // Good once, whatever comes of it.
        tx.execute("DELETE FROM oidc_login WHERE state = ?", {state_hash});
        if (!found) return Begun{};
        return *found;
    }));
    if (started.nonce.empty())
        return Error{ErrorKind::unauthenticated, "oidc.state", "Lượt đăng nhập đã hết hạn. Hãy bắt đầu lại.",
                     "This sign-in has expired or was used. Start again."};
    TRY(auto discovery, discover(false));
    http::ClientRequest request;
    request.method = "POST";
    request.url = discovery.token;
    request.ca_file = provider_.ca_file;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    if (!provider_.client_secret.empty())
        request.headers.push_back(
            {"Authorization", "Basic " + crypto::to_base64(percent_encode(provider_.client_id) + ":" +
                                                           percent_encode(provider_.client_secret))});
    request.body = form({{"grant_type", "authorization_code"},
                         {"code", code},
                         {"redirect_uri", provider_.redirect_uri},
                         {"client_id", provider_.client_id},
                         {"code_verifier", started.verifier}});
    TRY(auto tokens, fetch_object(request));
    TRY(auto claims, check_token(member(tokens, "id_token"), started.nonce));
    ProvedIdentity identity{member(claims, "sub"), claims};
    if (const auto* p = profile()) {
        TRY(identity.claims, userinfo(*p, member(tokens, "access_token"), claims));
        TRY(identity.person, proved_person(*p, identity.claims));
    }
    return Finished{std::move(identity), started.return_to};
}

Result<boost::json::object> OidcClient::check_token(std::string_view token, std::string_view nonce) {
    const auto dot = token.find('.');
    const auto header_bytes =
        dot == std::string_view::npos ? std::nullopt : crypto::from_base64url(token.substr(0, dot));
    if (!header_bytes) return token_error("it is not a signed token");
    auto header = parse_json(*header_bytes);
    if (!header.ok() || !header->is_object()) return token_error("its header is not JSON");
    const std::string algorithm = member(header->as_object(), "alg");
    const std::string key_id = member(header->as_object(), "kid");
    // Never "none", never a shared-secret algorithm: the token must be signed by one of the provider's own keys.
    if (algorithm != "RS256" && algorithm != "ES256" && algorithm != "PS256")
        return token_error("algorithm '" + algorithm + "' is not accepted");

    std::string payload;
    for (const bool fresh : {false, true}) {
        TRY(auto discovery, discover(fresh));
        for (const auto& entry : discovery.keys) {
            if (!entry.is_object() || (!key_id.empty() && member(entry.as_object(), "kid") != key_id)) continue;
            const std::string text = boost::json::serialize(entry);
            cjose_err error{};
            const std::unique_ptr<cjose_jwk_t, JwkRelease> key(cjose_jwk_import(text.data(), text.size(), &error));
            const std::unique_ptr<cjose_jws_t, JwsRelease> jws(cjose_jws_import(token.data(), token.size(), &error));
            if (!key || !jws || !cjose_jws_verify(jws.get(), key.get(), &error)) continue;
            uint8_t* bytes = nullptr;
            size_t size = 0;
            if (cjose_jws_get_plaintext(jws.get(), &bytes, &size, &error))
                payload.assign(reinterpret_cast<const char*>(bytes), size);
            break;
        }
        if (!payload.empty()) break;
    }
    if (payload.empty()) return token_error("no key of the provider signed it");
    auto parsed = parse_json(payload);
    if (!parsed.ok() || !parsed->is_object()) return token_error("its payload is not JSON");
    auto claims = parsed->as_object();
    const auto seconds = [&](std::string_view name) -> std::optional<Instant> {
        const auto* v = claims.if_contains(name);
        if (!v || !v->is_int64()) return std::nullopt;
        return Instant{std::chrono::seconds{v->as_int64()}};
    };
    const Instant now = clock_.now();
    const auto expires = seconds("exp"), issued = seconds("iat");
    if (member(claims, "iss") != provider_.issuer) return token_error("another issuer");
    if (!audience_is(claims, provider_.client_id)) return token_error("meant for another client");
    if (!expires || *expires + clock_skew < now) return token_error("expired");
    if (!issued || *issued - clock_skew > now) return token_error("issued in the future");
    if (!crypto::equal_constant_time(member(claims, "nonce"), nonce)) return token_error("another nonce");
    if (member(claims, "sub").empty()) return token_error("no subject");
    return claims;
}

Result<AccountId> account_for(store::Transaction& tx, store::Vault& vault, std::string_view provider,
                              const ProvedIdentity& identity, const AccountPolicy& policy, Random& random,
                              Instant now) {
    // The provider's subject may be a person's number: only its blinded form is kept.
    const std::string sub = vault.blind("oidc", std::string{provider} + "\n" + identity.subject);
    auto known = tx.first("SELECT account FROM oidc_identity WHERE provider = ? AND sub = ?", {provider, sub},
                          [](const store::Row& row) { return row.id<AccountId>(0); });
    if (known) return *known;
    NewAccount account;
    account.login = std::string{provider} + "-" + sub;
    account.kind = AccountKind::citizen;
    account.subject = vault.create_subject(tx, now);
    account.must_change_password = false;
    TRY(auto id, create_account(tx, account, policy, "system:oidc", random, now));
    TRY_VOID(grant_role(tx, id, {Role::citizen, AgencyId{}, local_date(now), std::nullopt}, "system:oidc", now));
    tx.execute("INSERT INTO oidc_identity (provider, sub, account) VALUES (?, ?, ?)", {provider, sub, id});
    return id;
}

Result<void> keep_proved(store::Transaction& tx, store::Vault& vault, const AccountId& account,
                         std::string_view provider, const ProvedPerson& person, Instant now) {
    const auto subject = tx.first("SELECT subject FROM account WHERE id = ?", {account},
                                  [](const store::Row& row) { return row.id<SubjectId>(0); });
    if (!subject || subject->empty()) return Nothing{};  // an officer's: his data is the directory's
    TRY(const auto sealed, vault.seal(tx, *subject, "oidc.person", canonical_json(to_json(person))));
    tx.execute(
        "INSERT INTO oidc_person (account, provider, person, at) VALUES (?, ?, ?, ?) ON CONFLICT (account) DO UPDATE SET "
        "provider = excluded.provider, person = excluded.person, at = excluded.at",
        {account, provider, store::Blob{sealed}, now});
    return Nothing{};
}

Result<std::optional<boost::json::object>> proved_of(store::Reader& reader, store::Vault& vault,
                                                     const AccountId& account) {
    struct Row {
        SubjectId subject;
        std::string provider, person;
        Instant at;
    };
    const auto row = reader.first(
        "SELECT a.subject, p.provider, p.person, p.at FROM oidc_person p JOIN account a ON a.id = p.account WHERE "
        "p.account = ?",
        {account}, [](const store::Row& r) {
            return Row{r.id<SubjectId>(0), r.string(1), r.string(2), r.instant(3)};
        });
    if (!row) return std::optional<boost::json::object>{};
    TRY(const auto plain, vault.unseal(reader, row->subject, "oidc.person", row->person));
    TRY(const auto parsed, parse_json(plain));
    auto out = parsed.as_object();
    out["proved"] = true;
    out["provider"] = row->provider;
    out["at"] = to_rfc3339(row->at);
    return std::optional{std::move(out)};
}

}  // namespace hl::access
